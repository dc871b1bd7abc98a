"""Tells what botocore knows of the services that are named in CASES.json, and which errors it tries again.

    facts.py CASES.json
"""
import json
import sys

from botocore.configprovider import ConfiguredEndpointProvider
from botocore.loaders import Loader
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker


def service(name):
    facts = Loader().load_service_model(name, "service-2")["metadata"]
    return {
        "name": facts.get("signingName", facts["endpointPrefix"]),
        "json": facts.get("jsonVersion"),
        "prefix": facts.get("targetPrefix"),
        "query": None if facts["protocol"] == "json" else facts["apiVersion"],
        "variable": ConfiguredEndpointProvider({}, {}, name)._get_service_env_var_name(),
    }


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        names = json.load(file)
    print(json.dumps({
        "services": [service(name) for name in names],
        "throttles": ThrottledRetryableChecker._THROTTLED_ERROR_CODES,
        "transients": TransientRetryableChecker._TRANSIENT_ERROR_CODES,
        "statuses": TransientRetryableChecker._TRANSIENT_STATUS_CODES,
    }))


main()
