"""Tells which of some words are operations of the services that davit calls, as botocore knows them.

    operations.py WORDS.json
"""
import json
import sys

import botocore.session

SERVICES = ["dynamodb", "ecr", "ecr-public", "secretsmanager", "sns", "ssm", "sts"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        words = json.load(file)
    session = botocore.session.get_session()
    known = {service: set(session.get_service_model(service).operation_names) for service in SERVICES}
    found = {word: [service for service in SERVICES if word in known[service]] for word in words}
    print(json.dumps({word: services for word, services in found.items() if services}))


main()
