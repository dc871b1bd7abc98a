"""The actions of ECR's API. Each is given a call with the world locked, and returns the members of its answer."""
import base64
import bisect
import hashlib
import json
import re
import secrets
import time

from model import Fault
from world import Repository, page_token, read_token

ACTIONS = {}


def action(function):
    ACTIONS["".join(word.capitalize() for word in function.__name__.split("_"))] = function
    return function


def place_of(call):
    """The registry that a call means: the caller's own, or another account's that lets it in."""
    other = call.get("registryId", call.keys.account)
    if other == call.keys.account:
        return call.place
    place = call.world.place(other, call.place.region)
    if other not in call.world.accounts or not place.knob("opensToOthers"):
        name = call.get("repositoryName")
        resource = f"arn:{place.partition}:ecr:{place.region}:{other}:repository/{name}" if name else "*"
        call.deny(f"ecr:{call.action}", resource, "resource")
    return place


def repository_of(call):
    place = place_of(call)
    found = place.repositories.get(call.get("repositoryName"))
    if found is None:
        raise not_found(place, call.get("repositoryName"))
    return found


def not_found(place, name):
    return Fault("RepositoryNotFoundException",
                 f"The repository with name '{name}' does not exist in the registry with id '{place.account}'")


def invalid(path, text):
    return Fault("InvalidParameterException", f"Invalid parameter at '{path}' failed to satisfy constraint: '{text}'")


def page(call, keys, most=100):
    """The part of sorted keys that a call asks for, and the token of the next part."""
    start, bound = 0, {name: value for name, value in call.members.items() if name != "nextToken"}
    mark = hashlib.sha256(json.dumps([call.action, bound], sort_keys=True).encode()).hexdigest()[:16]
    if call.get("nextToken") is not None:
        facts = read_token(call.get("nextToken"))
        if not isinstance(facts, dict) or facts.get("mark") != mark:
            call.world.violate("a page token of another question", action=call.action)
            raise invalid("nextToken", "Invalid token")
        last = facts["last"]
        start = bisect.bisect_right(keys, tuple(last) if isinstance(last, list) else last)
    end = start + call.get("maxResults", most)
    token = page_token({"mark": mark, "last": keys[end - 1]}) if end < len(keys) else None
    return keys[start:end], token


def paged(name, value, token):
    return {name: value} if token is None else {name: value, "nextToken": token}


# Registry

@action
def get_authorization_token(call):
    registries = call.get("registryIds") or [call.keys.account]
    password = base64.b64encode(secrets.token_bytes(900)).decode()
    expiry = round(time.time() + call.place.knob("tokenLife"), 3)
    # A token serves every registry that its principal may reach, in its region.
    call.world.tokens[password] = [call.keys, call.place.region, expiry]
    data = []
    for registry in registries:
        data.append({
            "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(), "expiresAt": expiry,
            "proxyEndpoint": f"https://{call.world.place(registry, call.place.region).host}"})
    return {"authorizationData": data}


@action
def get_account_setting(call):
    return _setting(call, call.get("name"))


@action
def put_account_setting(call):
    name, value = call.get("name"), call.get("value")
    if name == "BLOB_MOUNTING" and value not in ("ENABLED", "DISABLED"):
        raise Fault("ValidationException", f"Invalid value '{value}'")
    answer = _setting(call, name)
    call.place.settings[name] = value
    return answer | {"value": value}


def _setting(call, name):
    if name not in call.place.settings:
        raise Fault("ValidationException", f"Invalid account setting name '{name}'")
    return {"name": name, "value": call.place.settings[name]}


# Repositories

def _describe(repository):
    facts = {
        "repositoryArn": repository.arn, "registryId": repository.place.account, "repositoryName": repository.name,
        "repositoryUri": repository.uri, "createdAt": repository.created, "imageTagMutability": repository.mutability,
        "imageScanningConfiguration": {"scanOnPush": repository.scan},
        "encryptionConfiguration": dict(repository.encryption)}
    if repository.filters:
        facts["imageTagMutabilityExclusionFilters"] = repository.filters
    return facts


@action
def describe_repositories(call):
    place, names = place_of(call), call.get("repositoryNames")
    if names is not None:
        if "maxResults" in call.members or "nextToken" in call.members:
            raise invalid("maxResults", "repositoryNames and maxResults can not be given together")
        for name in names:
            if name not in place.repositories:
                raise not_found(place, name)
        return {"repositories": [_describe(place.repositories[name]) for name in dict.fromkeys(names)]}
    names, token = page(call, sorted(place.repositories))
    return paged("repositories", [_describe(place.repositories[name]) for name in names], token)


@action
def create_repository(call):
    place, name = place_of(call), call.get("repositoryName")
    if name in place.repositories:
        raise Fault("RepositoryAlreadyExistsException",
                    f"The repository with name '{name}' already exists in the registry with id '{place.account}'")
    made = Repository(place, name, round(time.time(), 3))
    set_mutability(made, call.get("imageTagMutability", "MUTABLE"), call.get("imageTagMutabilityExclusionFilters"))
    made.scan = call.get("imageScanningConfiguration", {}).get("scanOnPush", False)
    made.encryption = encryption(place, call.get("encryptionConfiguration") or {"encryptionType": "AES256"})
    made.tags = read_tags(call.get("tags", []))
    place.repositories[name] = made
    return {"repository": _describe(made)}


def encryption(place, wanted):
    kind, key = wanted["encryptionType"], wanted.get("kmsKey")
    if kind == "AES256":
        if key:
            raise invalid("encryptionConfiguration", "kmsKey may not be specified with AES256")
        return {"encryptionType": kind}
    # What is answered is the key's ARN, whatever name it was asked by.
    if not key or not key.startswith("arn:"):
        number = hashlib.sha256((key or "aws/ecr").encode()).hexdigest()
        uuid = f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:32]}"
        known = re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", key or "")
        key = f"arn:{place.partition}:kms:{place.region}:{place.account}:key/{key if known else uuid}"
    return {"encryptionType": kind, "kmsKey": key}


def set_mutability(repository, kind, filters):
    if kind.endswith("_WITH_EXCLUSION") != bool(filters):
        raise invalid("imageTagMutabilityExclusionFilters",
                      "filters are needed with an exclusion, and may not be given without one")
    for entry in filters or []:
        if entry["filter"].count("*") > 2:
            raise invalid("imageTagMutabilityExclusionFilters", "a filter may have at most two wildcards")
    repository.mutability = kind
    repository.filters = filters or []


@action
def delete_repository(call):
    repository = repository_of(call)
    if repository.images and not call.get("force"):
        raise Fault("RepositoryNotEmptyException",
                    f"The repository with name '{repository.name}' in registry with id '{repository.place.account}' "
                    "cannot be deleted because it still contains images")
    del repository.place.repositories[repository.name]
    facts = _describe(repository)
    for name in ("imageScanningConfiguration", "encryptionConfiguration"):
        facts.pop(name)
    return {"repository": facts}


@action
def put_image_tag_mutability(call):
    repository = repository_of(call)
    set_mutability(repository, call.get("imageTagMutability"), call.get("imageTagMutabilityExclusionFilters"))
    answer = named(repository) | {"imageTagMutability": repository.mutability}
    return answer | ({"imageTagMutabilityExclusionFilters": repository.filters} if repository.filters else {})


@action
def put_image_scanning_configuration(call):
    repository = repository_of(call)
    repository.scan = call.get("imageScanningConfiguration").get("scanOnPush", False)
    return named(repository) | {"imageScanningConfiguration": {"scanOnPush": repository.scan}}


def named(repository):
    return {"registryId": repository.place.account, "repositoryName": repository.name}


@action
def put_lifecycle_policy(call):
    repository = repository_of(call)
    repository.lifecycle = json_text("lifecyclePolicyText", call.get("lifecyclePolicyText"))
    repository.lifecycle_seen = round(time.time(), 3)
    return named(repository) | {"lifecyclePolicyText": repository.lifecycle}


@action
def get_lifecycle_policy(call):
    repository = repository_of(call)
    if repository.lifecycle is None:
        raise Fault("LifecyclePolicyNotFoundException",
                    f"Lifecycle policy does not exist for the repository with name '{repository.name}' in the registry "
                    f"with id '{repository.place.account}'")
    return named(repository) | {
        "lifecyclePolicyText": repository.lifecycle, "lastEvaluatedAt": repository.lifecycle_seen}


@action
def delete_lifecycle_policy(call):
    answer = get_lifecycle_policy(call)
    repository_of(call).lifecycle = None
    return answer


@action
def set_repository_policy(call):
    repository = repository_of(call)
    # ECR writes a policy anew: the same meaning, not the same text.
    repository.policy = json.dumps(json.loads(json_text("PolicyText", call.get("policyText"))), indent=2)
    return named(repository) | {"policyText": repository.policy}


@action
def get_repository_policy(call):
    repository = repository_of(call)
    if repository.policy is None:
        raise Fault("RepositoryPolicyNotFoundException",
                    f"Repository policy does not exist for the repository with name '{repository.name}' in the registry "
                    f"with id '{repository.place.account}'")
    return named(repository) | {"policyText": repository.policy}


@action
def delete_repository_policy(call):
    answer = get_repository_policy(call)
    repository_of(call).policy = None
    return answer


def json_text(name, text):
    try:
        if isinstance(json.loads(text), dict):
            return text
    except ValueError:
        pass
    raise invalid(name, "Invalid JSON syntax")


# Resource tags

def read_tags(pairs):
    tags = {pair["Key"]: pair["Value"] for pair in pairs}
    if len(tags) > 50:
        raise Fault("TooManyTagsException", "a repository may have at most 50 tags")
    if len(tags) != len(pairs) or any(not 1 <= len(key) <= 128 or key.startswith("aws:") or len(value) > 256
                                      for key, value in tags.items()):
        raise Fault("InvalidTagParameterException", "Invalid tag parameter")
    return tags


def _tagged(call):
    arn = call.get("resourceArn")
    for repository in call.place.repositories.values():
        if repository.arn == arn:
            return repository
    if not arn.startswith(f"arn:{call.place.partition}:ecr:{call.place.region}:{call.place.account}:repository/"):
        raise invalid("resourceArn", "Invalid ARN")
    raise not_found(call.place, arn.partition(":repository/")[2])


@action
def list_tags_for_resource(call):
    return {"tags": [{"Key": key, "Value": value} for key, value in _tagged(call).tags.items()]}


@action
def tag_resource(call):
    repository = _tagged(call)
    repository.tags = read_tags(call.get("tags")) if not repository.tags else read_tags(
        [{"Key": key, "Value": value} for key, value in (repository.tags | read_tags(call.get("tags"))).items()])
    return {}


@action
def untag_resource(call):
    repository = _tagged(call)
    for key in call.get("tagKeys"):
        repository.tags.pop(key, None)
    return {}
