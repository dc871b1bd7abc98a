"""Finds keys with botocore in made surroundings, and says where they are others than ours.

    chain.py CASES.json

A case names the environment's variables (the two files of profiles among them), a profile or none, and what we found:
`id|secret|token`, `none` or `error`. Services are stood in for: a role's keys are named for the role, how it was
taken on and the keys that it was taken on with; containers and instances have keys of one name each.
"""
import json
import os
import sys

import botocore.credentials
import botocore.session
import botocore.utils

EXPIRY = "2027-01-16T00:00:00Z"


class Service:
    """Stands in for STS."""

    def __init__(self, source):
        self.source = source

    def assume_role(self, **arguments):
        return self.answer(arguments, self.source)

    def assume_role_with_web_identity(self, **arguments):
        return self.answer(arguments, arguments["WebIdentityToken"].strip())

    @staticmethod
    def answer(arguments, source):
        session = arguments["RoleSessionName"]
        parts = [
            arguments["RoleArn"], arguments.get("ExternalId", ""), str(arguments.get("DurationSeconds", "")),
            "" if session.startswith("botocore-session-") else session, source,
        ]
        return {
            "Credentials": {
                "AccessKeyId": "<" + "|".join(parts) + ">", "SecretAccessKey": "role-secret",
                "SessionToken": "role-token", "Expiration": EXPIRY,
            }
        }


def stand_in():
    def create_client(self, service, **arguments):
        return Service(arguments.get("aws_access_key_id"))

    def container(self, url, headers=None):
        self._validate_allowed_url(url)
        return {"AccessKeyId": "CONTAINER", "SecretAccessKey": "s", "Token": "t", "Expiration": EXPIRY}

    def instance(self):
        if self._disabled:
            return {}
        return {
            "role_name": "r", "access_key": "INSTANCE", "secret_key": "s", "token": "t", "expiry_time": EXPIRY,
        }

    botocore.session.Session.create_client = create_client
    botocore.utils.ContainerMetadataFetcher.retrieve_full_uri = container
    botocore.utils.InstanceMetadataFetcher.retrieve_iam_role_credentials = instance


def find(case):
    os.environ.clear()
    os.environ.update(case["variables"])
    try:
        session = botocore.session.Session(profile=case.get("profile"))
        credentials = session.get_credentials()
        if credentials is None:
            return "none"
        keys = credentials.get_frozen_credentials()
        return f"{keys.access_key}|{keys.secret_key}|{keys.token or ''}"
    except Exception as error:  # whatever it is, it is not keys
        return "error", repr(error)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    stand_in()
    wrong, kinds = 0, {}
    for case in cases:
        wanted = find(case)
        reason = ""
        if isinstance(wanted, tuple):
            wanted, reason = wanted
        kind = wanted if wanted in ("none", "error") else "found"
        kinds[kind] = kinds.get(kind, 0) + 1
        if wanted != case["found"]:
            wrong += 1
            if wrong <= 4:
                print(json.dumps(case, indent=1), f"botocore: {wanted} {reason}", sep="\n", file=sys.stderr)
                for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
                    if os.path.exists(case["variables"][name]):
                        with open(case["variables"][name], encoding="utf-8") as file:
                            print(f"--- {name}", file.read(), sep="\n", file=sys.stderr)
    print(f"{len(cases)} surroundings, {wrong} differ")
    print(kinds, file=sys.stderr)
    # Surroundings that hold nothing would prove nothing.
    sys.exit(1 if wrong or min(kinds.get(kind, 0) for kind in ("none", "error", "found")) < 50 else 0)


main()
