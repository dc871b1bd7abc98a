"""Reads a CloudFormation template, and works out what its values are for given parameters.

Only what davit.yaml uses is known: Ref, GetAtt, Sub, If, Equals, And, Not, Join, Condition.
"""
import re

import yaml

ACCOUNT = "111122223333"
STACK = "mirror"


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, spelt out."""


def spelt(loader, suffix, node):
    key = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {key: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {key: loader.construct_sequence(node, deep=True)}
    return {key: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", spelt)


def load(path):
    with open(path, encoding="utf-8") as file:
        document = yaml.load(file, Loader)
    if holds_null(document):
        raise ValueError("CloudFormation takes no null")  # and cfn-lint does not say so everywhere
    return document


def holds_null(node):
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return node is None or any(map(holds_null, parts))


GONE = object()


class Stack:
    """A template with its parameters, as it would stand in a region; what only AWS knows is told by name."""

    def __init__(self, template, parameters, region="us-east-1"):
        self.template = template
        partition, suffix = {
            "cn": ("aws-cn", "amazonaws.com.cn"), "us-gov": ("aws-us-gov", "amazonaws.com"),
        }.get(re.match(r"us-gov|[a-z]+", region)[0], ("aws", "amazonaws.com"))
        self.names = {
            "AWS::Partition": partition, "AWS::Region": region, "AWS::AccountId": ACCOUNT, "AWS::URLSuffix": suffix,
            "AWS::StackName": STACK, "AWS::NoValue": GONE,
        }
        for name, parameter in template["Parameters"].items():
            value = parameters.get(name, parameter.get("Default", f"the-{name}"))
            if parameter["Type"] == "CommaDelimitedList":
                value = str(value).split(",")
            self.names[name] = value if isinstance(value, list) else str(value)

    def arn(self, resource):
        """An ARN of the right form for a resource of the template."""
        service = {
            "AWS::SNS::Topic": "sns", "AWS::IAM::Role": "iam", "AWS::DynamoDB::Table": "dynamodb",
            "AWS::ECS::TaskDefinition": "ecs", "AWS::Logs::LogGroup": "logs", "AWS::StepFunctions::StateMachine": "states",
        }[self.template["Resources"][resource]["Type"]]
        form = {"iam": ":role/", "ecs": ":task-definition/", "dynamodb": ":table/", "sns": ":"}.get(service, f":{resource}:")
        region = "" if service == "iam" else self.names["AWS::Region"]
        return f"arn:{self.names['AWS::Partition']}:{service}:{region}:{ACCOUNT}{form}{resource}"

    def ref(self, name):
        if name in self.names:
            return self.names[name]
        kind = self.template["Resources"][name]["Type"]
        named = ("AWS::SNS::Topic", "AWS::ECS::TaskDefinition", "AWS::StepFunctions::StateMachine")
        return self.arn(name) if kind in named else f"the-{name}"

    def get(self, name, attribute):
        return self.arn(name) if attribute == "Arn" else f"the-{name}-{attribute}"

    def holds(self, condition):
        (key, value), = condition.items()
        if key == "Condition":
            return self.holds(self.template["Conditions"][value])
        if key == "Fn::Equals":
            return self.value(value[0]) == self.value(value[1])
        if key == "Fn::Not":
            return not self.holds(value[0])
        if key == "Fn::And":
            return all(self.holds(part) for part in value)
        raise ValueError(f"{key} is not known")

    def sub(self, argument):
        text, own = (argument, {}) if isinstance(argument, str) else argument
        own = {name: self.value(value) for name, value in own.items()}

        def one(match):
            name = match[1]
            if name in own:
                return own[name]
            return self.get(*name.split(".", 1)) if "." in name else self.ref(name)

        return re.sub(r"\$\{([A-Za-z0-9:.]+)\}", one, text)

    def value(self, node):
        """What a node of the template stands for; parts without a value are left out."""
        if isinstance(node, list):
            return [part for part in map(self.value, node) if part is not GONE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (key, argument), = node.items()
            if key == "Ref":
                return self.ref(argument)
            if key == "Fn::GetAtt":
                return self.get(*argument)
            if key == "Fn::Sub":
                return self.sub(argument)
            if key == "Fn::Join":
                return argument[0].join(self.value(argument[1]))
            if key == "Fn::If":
                condition, then, otherwise = argument
                return self.value(then if self.holds({"Condition": condition}) else otherwise)
        valued = {key: self.value(part) for key, part in node.items()}
        return {key: part for key, part in valued.items() if part is not GONE}

    def properties(self, resource):
        return self.value(self.template["Resources"][resource]["Properties"])

    def statements(self, role):
        """What a role may do, by all of its policies."""
        return [
            statement for policy in self.properties(role).get("Policies", [])
            for statement in policy["PolicyDocument"]["Statement"]]
