"""The actions of ECR's API that are about images."""
import re
import time

import manifests
from ecr import action, named, page, paged, repository_of
from model import Fault


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
    facts = named(repository) | {
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
        images.append(named(repository) | {
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
    return named(repository) | {"imageId": {"imageDigest": image.digest}, "imageStatus": image.status}


def archive(image, is_archived):
    image.status = "ARCHIVED" if is_archived else "ACTIVE"
    image.archived = round(time.time(), 3) if is_archived else image.archived
