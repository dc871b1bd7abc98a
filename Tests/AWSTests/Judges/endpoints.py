"""Resolves endpoints with botocore's rules, and says where they differ from ours.

    endpoints.py CASES.json

A case names a service, a region, the choice of FIPS and dual-stack, and the URL and signing region that we made of
it. All combinations of the services that occur with every region that botocore knows must be among the cases;
without any case, those regions are told.
"""
import itertools
import json
import sys

from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import Loader

loader = Loader()
partitions = loader.load_data("partitions")


regions = sorted({region for partition in partitions["partitions"] for region in partition["regions"]})


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    if not cases:
        print("\n".join(regions))
        return
    services = {case["service"] for case in cases}
    providers = {
        name: EndpointProvider(loader.load_service_model(name, "endpoint-rule-set-1"), partitions)
        for name in services
    }
    wrong = 0
    missing = set(itertools.product(services, regions, (False, True), (False, True)))
    for case in cases:
        missing.discard((case["service"], case["region"], case["isFIPS"], case["isDualStack"]))
        arguments = {"Region": case["region"], "UseFIPS": case["isFIPS"], "UseDualStack": case["isDualStack"]}
        if case["service"] == "sts":
            arguments["UseGlobalEndpoint"] = False
        found = providers[case["service"]].resolve_endpoint(**arguments)
        schemes = found.properties.get("authSchemes", [{}])
        wanted = (found.url + "/", schemes[0].get("signingRegion", case["region"]))
        if wanted != (case["url"], case["signingRegion"]):
            wrong += 1
            print(case, "botocore:", wanted, file=sys.stderr)
    print(f"{len(cases)} endpoints, {wrong} differ, {len(missing)} missing, {len(services)} services")
    for combination in sorted(missing)[:5]:
        print("missing:", combination, file=sys.stderr)
    sys.exit(1 if wrong or missing else 0)


main()
