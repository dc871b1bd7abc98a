"""Tells what the template's roles may do under given parameters, and which of their actions botocore does not know.

    roles.py TEMPLATE CASES.json

A case has a region and parameters. The answer: for each case and role its statements, one action a line.
"""
import json
import sys

import botocore.session

import template

# Services whose actions carry another name than botocore's own.
NAMED = {"states": "stepfunctions"}
# Rights that are no calls: they are asked for by services on somebody's behalf.
NO_CALLS = {
    "iam:PassRole", "sts:GetServiceBearerToken", "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:GetLogDelivery",
    "logs:ListLogDeliveries", "logs:UpdateLogDelivery", "xray:GetSamplingRules",
}


def listed(value):
    return value if isinstance(value, list) else [value]


def unknown(actions):
    session, models, found = botocore.session.get_session(), {}, []
    for action in sorted(actions - NO_CALLS):
        prefix, name = action.split(":")
        service = NAMED.get(prefix, prefix)
        if service not in models:
            models[service] = set(session.get_service_model(service).operation_names)
        if name not in models[service]:
            found.append(action)
    return found


def main():
    document = template.load(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        cases = json.load(file)
    roles = [name for name, resource in document["Resources"].items() if resource["Type"] == "AWS::IAM::Role"]
    actions, answers = set(), []
    for case in cases:
        stack = template.Stack(document, case.get("parameters", {}), case.get("region", "us-east-1"))
        answer = {}
        for role in roles:
            rights = [
                {"action": action, "resource": resource, "condition": json.dumps(statement.get("Condition", {}), sort_keys=True)}
                for statement in stack.statements(role)
                for action in listed(statement["Action"]) for resource in listed(statement["Resource"])]
            actions |= {right["action"] for right in rights}
            answer[role] = rights
        answers.append(answer)
    print(json.dumps({"unknown": unknown(actions), "cases": answers}))


main()
