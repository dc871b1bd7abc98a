"""The actions of ECR's API. Each is given a call with the world locked, and returns the members of its answer."""
import base64
import bisect
import hashlib
import json
import re
import secrets
import time

import manifests
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
    answer = _named(repository) | {"imageTagMutability": repository.mutability}
    return answer | ({"imageTagMutabilityExclusionFilters": repository.filters} if repository.filters else {})


@action
def put_image_scanning_configuration(call):
    repository = repository_of(call)
    repository.scan = call.get("imageScanningConfiguration").get("scanOnPush", False)
    return _named(repository) | {"imageScanningConfiguration": {"scanOnPush": repository.scan}}


def _named(repository):
    return {"registryId": repository.place.account, "repositoryName": repository.name}


@action
def put_lifecycle_policy(call):
    repository = repository_of(call)
    repository.lifecycle = json_text("lifecyclePolicyText", call.get("lifecyclePolicyText"))
    repository.lifecycle_seen = round(time.time(), 3)
    return _named(repository) | {"lifecyclePolicyText": repository.lifecycle}


@action
def get_lifecycle_policy(call):
    repository = repository_of(call)
    if repository.lifecycle is None:
        raise Fault("LifecyclePolicyNotFoundException",
                    f"Lifecycle policy does not exist for the repository with name '{repository.name}' in the registry "
                    f"with id '{repository.place.account}'")
    return _named(repository) | {
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
    return _named(repository) | {"policyText": repository.policy}


@action
def get_repository_policy(call):
    repository = repository_of(call)
    if repository.policy is None:
        raise Fault("RepositoryPolicyNotFoundException",
                    f"Repository policy does not exist for the repository with name '{repository.name}' in the registry "
                    f"with id '{repository.place.account}'")
    return _named(repository) | {"policyText": repository.policy}


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


# Images

def _takes(call, image):
    """Whether a filter takes an image; what is archived is left out unless it is asked for."""
    wanted = call.get("filter", {})
    status = wanted.get("imageStatus", "ACTIVE")
    tags = wanted.get("tagStatus", "ANY")
    return (status in ("ANY", image.status)) and (tags == "ANY" or (tags == "TAGGED") == bool(image.tags))


@action
def list_images(call):
    repository = repository_of(call)
    pairs = [(digest, tag) for tag, digest in repository.sorted()[1] if _takes(call, repository.images[digest])]
    pairs, token = page(call, pairs)
    images = [{"imageDigest": digest, "imageTag": tag} if tag else {"imageDigest": digest} for digest, tag in pairs]
    return paged("imageIds", images, token)


@action
def describe_images(call):
    repository, wanted = repository_of(call), call.get("imageIds")
    if wanted is not None:
        if "maxResults" in call.members or "nextToken" in call.members:
            raise invalid("maxResults", "imageIds and maxResults can not be given together")
        images = {}
        for one in wanted:
            image, failure = resolve(repository, one)
            if failure:
                raise Fault("ImageNotFoundException",
                            f"The image with imageId {_spelled(one)} does not exist within the repository with name "
                            f"'{repository.name}' in the registry with id '{repository.place.account}'")
            images[image.digest] = image
        return {"imageDetails": [_detail(repository, image) for image in images.values()]}
    digests = repository.sorted()[0]
    if call.get("filter") or any(image.status != "ACTIVE" for image in repository.images.values()):
        digests = [digest for digest in digests if _takes(call, repository.images[digest])]
    digests, token = page(call, digests)
    return paged("imageDetails", [_detail(repository, repository.images[digest]) for digest in digests], token)


def _detail(repository, image):
    facts = _named(repository) | {
        "imageDigest": image.digest, "imageSizeInBytes": image.size, "imagePushedAt": image.pushed,
        "imageManifestMediaType": image.media_type, "imageStatus": image.status}
    if image.tags:
        facts["imageTags"] = list(image.tags)
    kind = image.artifact_type or image.config_type
    if kind:
        facts["artifactMediaType"] = kind
    if image.subject:
        facts["subjectManifestDigest"] = image.subject
    if image.archived:
        facts["lastArchivedAt"] = image.archived
    return facts


def _spelled(one):
    return f"{{imageDigest:'{one.get('imageDigest', 'null')}', imageTag:'{one.get('imageTag', 'null')}'}}"


def resolve(repository, one):
    """The image that an identifier names, or the code and the reason why there is none."""
    digest, tag = one.get("imageDigest"), one.get("imageTag")
    if not digest and not tag:
        return None, ("MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null")
    if digest and not re.fullmatch("sha256:[0-9a-f]{64}", digest):
        return None, ("InvalidImageDigest", "Invalid request parameters: image digest should satisfy the regex")
    image = repository.images.get(digest) if digest else repository.find(tag)
    if tag and digest and image and tag not in image.tags:
        return None, ("ImageTagDoesNotMatchDigest", "Tag does not match digest")
    return image, None if image else ("ImageNotFound", "Requested image not found")


def _failure(one, failure):
    return {"imageId": one, "failureCode": failure[0], "failureReason": failure[1]}


@action
def batch_get_image(call):
    repository, images, failures = repository_of(call), [], []
    accepted = call.get("acceptedMediaTypes")
    for one in call.get("imageIds"):
        image, failure = resolve(repository, one)
        if image and image.status != "ACTIVE":
            failure = ("ImageInaccessible", "The image is archived and can not be pulled")
        elif image and image.manifest is None:
            failure = ("ImageNotFound", "Requested image not found")
        elif image and accepted and image.media_type not in accepted and repository.place.knob("strictMediaTypes"):
            failure = ("ImageNotFound", "Requested image not found")
        if failure:
            failures.append(_failure(one, failure))
            continue
        identity = {"imageDigest": image.digest} | ({"imageTag": one["imageTag"]} if "imageTag" in one else {})
        images.append(_named(repository) | {
            "imageId": identity, "imageManifest": image.manifest.decode(), "imageManifestMediaType": image.media_type})
    return {"images": images, "failures": failures}


@action
def batch_delete_image(call):
    repository, gone, failures = repository_of(call), [], []
    for one in call.get("imageIds"):
        image, failure = resolve(repository, one)
        by_digest = "imageDigest" in one
        if image and (by_digest or len(image.tags) == 1) and manifests.parents(repository, image.digest):
            failure = ("ImageReferencedByManifestList", "Requested image referenced by manifest list")
        if failure:
            failures.append(_failure(one, failure))
            continue
        if by_digest:
            tags = list(image.tags)
            manifests.remove(repository, image.digest)
            gone += [{"imageDigest": image.digest, "imageTag": tag} for tag in tags] or [{"imageDigest": image.digest}]
        else:
            manifests.untag(repository, one["imageTag"])
            gone.append({"imageDigest": image.digest, "imageTag": one["imageTag"]})
    return {"imageIds": gone, "failures": failures}


@action
def batch_check_layer_availability(call):
    repository, layers, failures = repository_of(call), [], []
    for digest in call.get("layerDigests"):
        if not re.fullmatch("sha256:[0-9a-f]{64}", digest):
            failures.append({"layerDigest": digest, "failureCode": "InvalidLayerDigest",
                             "failureReason": "Invalid layer digest"})
            continue
        size = repository.blobs.get(digest)
        layer = {"layerDigest": digest, "layerAvailability": "UNAVAILABLE" if size is None else "AVAILABLE"}
        if size is not None:
            layer["layerSize"] = size
            layer["mediaType"] = repository.layer_types.get(digest, "application/vnd.docker.image.rootfs.diff.tar.gzip")
            holders = [image for image in repository.images.values() if digest in image.blobs]
            if holders and all(image.status == "ARCHIVED" for image in holders):
                layer["layerAvailability"] = "ARCHIVED"
        layers.append(layer)
    return {"layers": layers, "failures": failures}


@action
def list_image_referrers(call):
    repository = repository_of(call)
    wanted = call.get("filter", {})
    found = [image for image in manifests.referrers(repository, call.get("subjectId")["imageDigest"])
             if wanted.get("artifactStatus", "ACTIVE") in ("ANY", image.status)
             and (not wanted.get("artifactTypes") or manifests.kind(image) in wanted["artifactTypes"])]
    by_digest = {image.digest: image for image in found}
    digests, token = page(call, sorted(by_digest), 20)
    return paged("referrers", [manifests.descriptor(by_digest[digest]) | {"artifactStatus": by_digest[digest].status}
                               for digest in digests], token)


@action
def update_image_storage_class(call):
    repository = repository_of(call)
    image, failure = resolve(repository, call.get("imageId"))
    if failure:
        raise Fault("ImageNotFoundException", failure[1])
    archive(image, call.get("targetStorageClass") == "ARCHIVE")
    return _named(repository) | {"imageId": {"imageDigest": image.digest}, "imageStatus": image.status}


def archive(image, is_archived):
    image.status = "ARCHIVED" if is_archived else "ACTIVE"
    image.archived = round(time.time(), 3) if is_archived else image.archived
