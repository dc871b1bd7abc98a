"""The actions of ECR Public's API, which is there in us-east-1 alone."""
import base64
import secrets
import time

from model import Fault
from public_registry import PLACE, alias
from world import Repository

ACTIONS = {}


def action(function):
    ACTIONS["".join(word.capitalize() for word in function.__name__.split("_"))] = function
    return function


def _repositories(call):
    if call.place.region != "us-east-1":
        call.world.violate("ECR Public has no API there", region=call.place.region)
        raise Fault("UnknownOperationException", "ECR Public has no API in this region")
    return call.world.public.setdefault(call.keys.account, {})


@action
def get_authorization_token(call):
    _repositories(call)
    password = base64.b64encode(secrets.token_bytes(900)).decode()
    expiry = round(time.time() + call.place.knob("tokenLife"), 3)
    call.world.tokens[password] = [call.keys, "public", expiry]
    token = base64.b64encode(f"AWS:{password}".encode()).decode()
    return {"authorizationData": {"authorizationToken": token, "expiresAt": expiry}}


@action
def create_repository(call):
    repositories, name = _repositories(call), call.get("repositoryName")
    if name in repositories:
        raise Fault("RepositoryAlreadyExistsException", f"The repository with name '{name}' already exists")
    repositories[name] = {
        "repositoryArn": f"arn:aws:ecr-public::{call.keys.account}:repository/{name}", "registryId": call.keys.account,
        "repositoryName": name, "repositoryUri": f"public.ecr.aws/{alias(call.keys.account)}/{name}",
        "createdAt": round(time.time(), 3)}
    place, full = call.world.place(*PLACE), f"{alias(call.keys.account)}/{name}"
    place.repositories.setdefault(full, Repository(place, full, repositories[name]["createdAt"]))
    return {"repository": repositories[name]}


@action
def describe_registries(call):
    _repositories(call)
    account = call.keys.account
    name = {"name": alias(account), "status": "ACTIVE", "primaryRegistryAlias": True, "defaultRegistryAlias": True}
    return {"registries": [{
        "registryId": account, "registryArn": f"arn:aws:ecr-public::{account}:registry/{account}",
        "registryUri": f"public.ecr.aws/{alias(account)}", "verified": False, "aliases": [name]}]}


@action
def describe_repositories(call):
    repositories = _repositories(call)
    names = call.get("repositoryNames") or sorted(repositories)
    for name in names:
        if name not in repositories:
            raise Fault("RepositoryNotFoundException", f"The repository with name '{name}' does not exist")
    return {"repositories": [repositories[name] for name in names]}
