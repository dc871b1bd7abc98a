"""Amazon ECR for tests: its API and its registries, in front of real docker-registry processes.

    python ecr_front FILE

The file says as JSON what to play:

    {"accounts": ["111122223333"], "places": [["111122223333", "eu-west-1", "127.0.0.1:5000"]],
     "moto": false, "public": null}

where a place is an account, a region and the docker-registry behind, and `public` the one behind ECR Public. A line of JSON on standard output says where
everything is once it answers. Then it serves until it is killed.
"""
import json
import sys
import threading

import manifests
from api import APIHandler
from bucket import BucketHandler
from control import ControlHandler
from public_registry import PLACE, PublicHandler
from registry import RegistryHandler
from upstream import Upstream
from web import Server
from world import World


def forget(repository, digest):
    """Deletes a manifest in the registry behind, if there is one."""
    if repository.place.upstream:
        upstream = Upstream(repository.place.upstream)
        upstream.send("DELETE", f"/v2/{repository.name}/manifests/{digest}").read()
        upstream.close()


def start_moto():
    import logging

    from moto.server import ThreadedMotoServer
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"{host}:{port}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        wanted = json.load(file)
    world = World()
    manifests.forget = forget
    keys = {account: world.add_account(account) for account in wanted["accounts"]}
    moto = start_moto() if wanted.get("moto") else None
    bucket = Server(BucketHandler, host="127.0.0.2", world=world).start()
    registries = []
    for account, region, upstream in wanted["places"]:
        place = world.place(account, region)
        place.upstream = upstream
        server = Server(RegistryHandler, place=place, bucket=bucket.address).start()
        registries.append({"account": account, "region": region, "address": server.address, "host": place.host})
    public = None
    if wanted.get("public"):
        place = world.place(*PLACE)
        place.upstream = wanted["public"]
        public = Server(PublicHandler, place=place, bucket=bucket.address).start().address
    api = Server(APIHandler, world=world, moto=moto).start()
    control = Server(ControlHandler, world=world).start()
    print(json.dumps({
        "api": api.address, "control": control.address, "bucket": bucket.address, "moto": moto, "public": public,
        "registries": registries,
        "keys": [{"account": one.account, "id": one.id, "secret": one.secret} for one in keys.values()],
    }), flush=True)
    threading.Event().wait()


main()
