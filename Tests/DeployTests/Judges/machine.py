"""Runs the template's state machine in moto's interpreter, with a stub in place of the task, and tells what was seen.

    machine.py TEMPLATE RUNS.json

A run says how many shards there are, what becomes of their tasks, try after try (`troubles`: shard -> list; `-` is a
try that ends well), and whether there is a topic. The definition is the template's, placeholders filled from the
template's own substitutions. Of its states the task alone is replaced: by one that publishes the parameters which
RunTask would have got, and then fails as the run says. Waits are written down, and not waited for.
"""
import json
import os
import socket
import sys
import time
from types import SimpleNamespace
from unittest.mock import patch
from urllib.request import Request, urlopen

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]
os.environ["MOTO_PORT"] = str(PORT)  # where the interpreter's own calls go
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]  # another endpoint, another region

import boto3  # noqa: E402
import botocore.session  # noqa: E402
import moto.stepfunctions.parser.asl.component.common.retry.retrier_decl as retrier  # noqa: E402
from botocore.validate import ParamValidator  # noqa: E402
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction  # noqa: E402

import template  # noqa: E402

REGION = "us-east-1"
MAP, TASK, MESSAGE = "Shards", "Reconcile", "Notify"


def client(service):
    return boto3.client(
        service, endpoint_url=f"http://127.0.0.1:{PORT}", region_name=REGION,
        aws_access_key_id="none", aws_secret_access_key="none")


def filled(machine, topic):
    """The definition with its placeholders filled; one without a value is a fault."""
    substitutions = dict(machine["DefinitionSubstitutions"], Topic=topic)
    text = json.dumps(machine["Definition"])
    for name, value in substitutions.items():
        text = text.replace("${%s}" % name, value)
    if "${" in text:
        raise ValueError("a placeholder is left: " + text[text.index("${"):][:40])
    return json.loads(text)


def named(self, error_name):
    """As the interpreter does it, but AWS's own names are taken too: a stub fails as a task does."""
    super(CustomErrorName, self).__init__(error_name=error_name)


def stub(task, troubles, topic):
    """In the task's place: the same way in and the same ways out."""
    choices, failures = [], {}
    for shard, tries in troubles.items():
        for number, trouble in enumerate(tries):
            if trouble == "-":
                continue
            name = f"{shard} at {number}"
            failures[name] = {"Type": "Fail", "Error": trouble["error"], "Cause": trouble["cause"]}
            choices.append({
                "And": [
                    {"Variable": "$.index", "NumericEquals": int(shard)},
                    {"Variable": "$.again.tries", "NumericEquals": number}],
                "Next": name})
    publish = {
        "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "ResultPath": None,
        "Parameters": {"TopicArn": topic, "Message": task["Parameters"]},
        **({"Next": "What then"} if choices else {"End": True})}
    states = {"Publish": publish, **failures}
    if choices:
        states["What then"] = {"Type": "Choice", "Choices": choices, "Default": "Well"}
        states["Well"] = {"Type": "Pass", "End": True}
    same = {key: task[key] for key in task if key not in ("Type", "Resource", "Parameters", "TimeoutSeconds")}
    return {"Type": "Parallel", "Branches": [{"StartAt": "Publish", "States": states}], **same}


def faults(request):
    """What botocore's model of RunTask has against a request in Step Functions' spelling."""
    shape = botocore.session.get_session().get_service_model("ecs").operation_model("RunTask").input_shape
    found = []

    def spelt(value, shape, path):
        if shape.type_name == "structure":
            members = {name[:1].upper() + name[1:]: name for name in shape.members}
            found.extend(f"{path}.{key} is not known" for key in value if key not in members)
            return {
                members[key]: spelt(part, shape.members[members[key]], f"{path}.{key}")
                for key, part in value.items() if key in members}
        if shape.type_name == "list":
            return [spelt(part, shape.member, path) for part in value]
        if getattr(shape, "enum", None) and value not in shape.enum:
            found.append(f"{path} may not be {value}")
        return value

    report = ParamValidator().validate(spelt(request, shape, ""), shape)
    return found + ([report.generate_report()] if report.has_errors() else [])


def received(queue):
    sqs, told = client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            body = json.loads(message["Body"])
            told.append({"subject": body.get("Subject"), "message": json.loads(body["Message"])})
    return told


def topic_and_queue(name):
    sns, sqs = client("sns"), client("sqs")
    topic = sns.create_topic(Name=name)["TopicArn"]
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return topic, queue


def run(document, plan):
    stack = template.Stack(document, {"shards": plan["shards"]}, REGION)
    tasks, task_queue = topic_and_queue("tasks")
    topic, queue = topic_and_queue("notices")
    definition = filled(stack.properties("Run"), topic if plan.get("topic", True) else topic + "-gone")
    inside = definition["States"][MAP]["ItemProcessor"]["States"]
    inside[TASK] = stub(inside[TASK], plan.get("troubles", {}), tasks)
    states, waits, retries = client("stepfunctions"), [], []
    machine = states.create_state_machine(
        name="run", definition=json.dumps(definition), roleArn=f"arn:aws:iam::{template.ACCOUNT}:role/run")
    with patch.object(WaitFunction, "_wait_interval", lambda self, env, wait_seconds: waits.append(wait_seconds)), \
            patch.object(retrier, "time", SimpleNamespace(sleep=retries.append)), \
            patch.object(CustomErrorName, "__init__", named):
        execution = states.start_execution(stateMachineArn=machine["stateMachineArn"], input="{}")["executionArn"]
        end = time.monotonic() + 120
        while (told := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            if time.monotonic() > end:
                raise TimeoutError("the run does not end")
            time.sleep(0.05)
    ran = [message["message"] for message in received(task_queue)]
    return {
        "status": told["status"], "error": told.get("error"),
        "commands": sorted(" ".join(request["Overrides"]["ContainerOverrides"][0]["Command"]) for request in ran),
        "faults": sorted({fault for request in ran for fault in faults(request)}),
        "request": ran[0] if ran else None,
        "waits": sorted(waits), "retries": retries, "notices": received(queue),
    }


def post(path, body):
    urlopen(Request(
        f"http://127.0.0.1:{PORT}/moto-api/{path}", data=body, headers={"Content-Type": "application/json"}), timeout=30)


def main():
    document = template.load(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        plans = json.load(file)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=PORT, verbose=False)
    server.start()
    done = []
    for plan in plans:
        # A second execution is not taken without this.
        post("reset", b"")
        post("config", b'{"stepfunctions": {"execute_state_machine": true}}')
        done.append(run(document, plan))
    server.stop()
    print(json.dumps(done))


main()
