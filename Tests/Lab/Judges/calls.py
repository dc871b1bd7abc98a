"""Stands up what davit's calls are made to in a moto server, and tells with boto3 what became of it.

    calls.py URL KEY SECRET stand
    calls.py URL KEY SECRET read
    calls.py URL KEY SECRET put NAME VALUE
    calls.py URL KEY SECRET secret NAME VALUE

`stand` makes a table, a topic with a queue behind it, parameters and secrets; `read` tells the table's items and the
queue's messages, which are gone then; `put` writes a parameter and `secret` a secret.
"""
import json
import sys

import boto3

URL, KEY, SECRET, TASK = sys.argv[1:5]
KEYS = '{"access_key_id": "%s", "secret_access_key": "%s"}' % (KEY, SECRET)
QUEUE = "davit-notices"


def client(name):
    return boto3.client(
        name, endpoint_url=URL, region_name="eu-west-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET)


def put(name, value, kind="SecureString"):
    client("ssm").put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)


def secret(name, value):
    client("secretsmanager").create_secret(Name=name, SecretString=value)


def stand():
    client("dynamodb").create_table(
        TableName="records", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "Image", "KeyType": "HASH"}, {"AttributeName": "Tag", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "Image", "AttributeType": "S"}, {"AttributeName": "Tag", "AttributeType": "S"}])
    topic = client("sns").create_topic(Name="notices")["TopicArn"]
    url = client("sqs").create_queue(QueueName=QUEUE)["QueueUrl"]
    arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    put("drh-credentials", KEYS)
    put("images", "team/app:1, team/other", "String")
    secret("text", KEYS)
    client("secretsmanager").create_secret(Name="bytes", SecretBinary=KEYS.encode())
    print(json.dumps({"topic": topic}))


def read():
    items = client("dynamodb").scan(TableName="records", ConsistentRead=True)["Items"]
    url = client("sqs").get_queue_url(QueueName=QUEUE)["QueueUrl"]
    messages = []
    while found := client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            body = json.loads(message["Body"])
            messages.append({"subject": body["Subject"], "message": body["Message"]})
            client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    print(json.dumps({
        "items": [{name: str(list(value.values())[0]) for name, value in item.items()} for item in items],
        "messages": messages}))


{"stand": stand, "read": read, "put": put, "secret": secret}[TASK](*sys.argv[5:])
