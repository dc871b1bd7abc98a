"""Stands up a user, a role and what they may do in a moto server, and tells the user's keys as JSON.

    moto.py URL

It makes as many calls as `CALLS` says; the server takes just so many without checking who asks.
"""
import json
import sys

import boto3

CALLS = 5


def main():
    iam = boto3.client(
        "iam", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")

    def allow(*actions):
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    iam.create_user(UserName="mirror")
    keys = iam.create_access_key(UserName="mirror")["AccessKey"]
    iam.put_user_policy(
        UserName="mirror", PolicyName="all",
        PolicyDocument=allow(
            "ecr:*", "sts:*", "ssm:*", "dynamodb:*", "sns:*", "sqs:*", "secretsmanager:CreateSecret",
            "secretsmanager:GetSecretValue"))
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="reader",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))["Role"]
    iam.put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=allow("ecr:Describe*", "sts:*"))
    print(json.dumps({"id": keys["AccessKeyId"], "secret": keys["SecretAccessKey"], "role": role["Arn"]}))


main()
