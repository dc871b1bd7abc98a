"""The actions of STS that matter here."""
import re

from model import Fault

ACTIONS = {}


def action(function):
    ACTIONS["".join(word.capitalize() for word in function.__name__.split("_"))] = function
    return function


@action
def get_caller_identity(call):
    return {"UserId": call.keys.user_id, "Account": call.keys.account, "Arn": call.keys.arn}


@action
def assume_role(call):
    arn = call.get("RoleArn")
    found = re.fullmatch("arn:aws[a-z-]*:iam::([0-9]{12}):role/(?:.*/)?([^/]+)", arn)
    wanted = call.world.roles.get(arn)
    refused = f"User: {call.keys.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    if not found or found[1] not in call.world.accounts:
        raise Fault("AccessDenied", refused)
    if wanted is not None and wanted.get("externalId") != call.get("ExternalId"):
        raise Fault("AccessDenied", refused)
    if call.world.roles and wanted is None:
        raise Fault("AccessDenied", refused)
    name = call.get("RoleSessionName")
    keys = call.world.add_session(found[1], found[2], name, call.get("DurationSeconds", 3600))
    return {
        "Credentials": {"AccessKeyId": keys.id, "SecretAccessKey": keys.secret, "SessionToken": keys.token,
                        "Expiration": keys.expiry},
        "AssumedRoleUser": {"AssumedRoleId": keys.user_id, "Arn": keys.arn}}
