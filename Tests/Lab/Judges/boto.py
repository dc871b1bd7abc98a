"""Calls AWS's API with boto3, and tells each answer as a line of JSON.

    boto.py CALLS.json

A call names the service, the region, the URL, the keys, the action and its members; with `page`, all pages of that size
are asked for and joined. An error is told as {"error": CODE, "message": TEXT}. With `raw`, which boto3
takes, the members are sent in its place, whatever boto3 would think of them.
"""
import datetime
import json
import sys

import boto3
import botocore.exceptions
from botocore.config import Config

clients = {}


def client(call):
    facts = tuple(call.get(name) for name in ("service", "region", "url", "id", "secret", "token"))
    if facts not in clients:
        service, region, url, identity, secret, token = facts
        clients[facts] = boto3.client(
            service, region_name=region, endpoint_url=url, aws_access_key_id=identity, aws_secret_access_key=secret,
            aws_session_token=token, config=Config(retries={"total_max_attempts": 1}))
    return clients[facts]


def answer(call):
    try:
        ask = client(call)
        if call.get("raw"):
            def replace(params, **_):
                params["body"] = json.dumps(call["members"]).encode()
            ask.meta.events.register_last("before-call.*", replace, unique_id="raw")
            return getattr(ask, call["action"])(**call["raw"])
        if call.get("page"):
            pages = ask.get_paginator(call["action"]).paginate(
                **call["members"], PaginationConfig={"PageSize": call["page"]})
            names, joined = [key.expression for key in pages.result_keys], {"pages": 0}
            for page in pages:
                joined["pages"] += 1
                for name in names:
                    joined.setdefault(name, []).extend(page.get(name, []))
            return joined
        found = getattr(ask, call["action"])(**call["members"])
        found.pop("ResponseMetadata", None)
        return found
    except botocore.exceptions.ClientError as error:
        return {"error": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}


def plain(value):
    return value.timestamp() if isinstance(value, datetime.datetime) else str(value)


with open(sys.argv[1], encoding="utf-8") as file:
    for call in json.load(file):
        print(json.dumps(answer(call), default=plain))
