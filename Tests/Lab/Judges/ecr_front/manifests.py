"""What is read from manifests, and what follows from it."""
import hashlib
import json
import time

from world import Image

OCI, DOCKER = "application/vnd.oci.image.", "application/vnd.docker.distribution."
KNOWN = {f"{OCI}manifest.v1+json", f"{OCI}index.v1+json", f"{DOCKER}manifest.v2+json", f"{DOCKER}manifest.list.v2+json"}
ACCEPT = ", ".join(sorted(KNOWN))
# Set by the program: deletes a manifest in the registry behind.
forget = None


class Unread(Exception):
    """A manifest that is none."""


def read(repository, data, media_type):
    """The image that bytes are."""
    try:
        document = json.loads(data)
        if not isinstance(document, dict):
            raise Unread("it is no object")
        parts = ([document["config"]] if document.get("config") else []) + document.get("layers", [])
        children = document.get("manifests", [])
        held = [repository.images[child["digest"]].size for child in children if child["digest"] in repository.images]
        # An index counts as its largest manifest.
        size = max(held, default=0) if children else sum(part.get("size", 0) for part in parts)
        return Image(
            "sha256:" + hashlib.sha256(data).hexdigest(), document.get("mediaType") or media_type, size,
            round(time.time(), 3), manifest=data, artifact_type=document.get("artifactType"),
            config_type=(document.get("config") or {}).get("mediaType"),
            subject=(document.get("subject") or {}).get("digest"), annotations=document.get("annotations"),
            children=tuple(child["digest"] for child in children), blobs=tuple(part["digest"] for part in parts)), document
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unread(repr(error)) from None


def keep(repository, image, document, tag):
    """Puts an image that the registry behind has taken into the table."""
    for part in ([document["config"]] if document.get("config") else []) + document.get("layers", []):
        if part.get("urls"):
            continue  # a foreign layer lies elsewhere
        repository.blobs.setdefault(part["digest"], part.get("size", 0))
        repository.layer_types[part["digest"]] = part.get("mediaType", "")
    return repository.add(image, tag)


def parents(repository, digest):
    return [image for image in repository.images.values() if digest in image.children]


def remove(repository, digest):
    repository.remove(digest)
    forget(repository, digest)


def untag(repository, tag):
    """Takes a tag away; an image goes with its last one."""
    image = repository.find(tag)
    repository.digest_of.pop(tag)
    image.tags.pop(tag, None)
    repository.changed()
    if not image.tags:
        remove(repository, image.digest)


def referrers(repository, digest):
    return [repository.images[one] for one in repository.sorted()[0] if repository.images[one].subject == digest]


def kind(image):
    return image.artifact_type or image.config_type or ""


def descriptor(image):
    facts = {"digest": image.digest, "mediaType": image.media_type,
             "size": len(image.manifest) if image.manifest is not None else 0}
    if kind(image):
        facts["artifactType"] = kind(image)
    if image.annotations:
        facts["annotations"] = image.annotations
    return facts
