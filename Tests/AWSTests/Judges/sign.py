"""Signs requests with botocore, and says where the signature differs from the one that each came with.

    sign.py CASES.json

A case names the method, the URL as it is sent, the fields as a list of pairs, the body in base64, the keys, the
scope, the time, and the Authorization field that we made. With `parameters`, botocore is given the query as decoded
pairs and encodes them by itself.
"""
import base64
import datetime
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def authorization(case):
    url = case["url"]
    parameters = case.get("parameters")
    if parameters is not None:
        url = url.partition("?")[0]
    request = AWSRequest(method=case["method"], url=url, data=base64.b64decode(case["body"]))
    request.params = [tuple(pair) for pair in parameters] if parameters is not None else {}
    for name, value in case["fields"]:
        request.headers.add_header(name, value)
    moment = datetime.datetime.fromtimestamp(case["seconds"], datetime.timezone.utc)
    botocore.auth.get_current_datetime = lambda *_: moment
    keys = Credentials(case["id"], case["secret"], case.get("token"))
    botocore.auth.SigV4Auth(keys, case["service"], case["region"]).add_auth(request)
    return request.headers["Authorization"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    wrong = 0
    for case in cases:
        wanted = authorization(case)
        if wanted != case["authorization"]:
            wrong += 1
            if wrong <= 5:
                print(json.dumps(case), f"botocore: {wanted}", sep="\n", file=sys.stderr)
    print(f"{len(cases)} requests, {wrong} differ")
    sys.exit(1 if wrong or not cases else 0)


main()
