"""ECR's habits with manifests, below /v2/NAME/manifests/. Of sources and [?], registry.py tells."""
import contextlib
import re

import manifests
from web import Answer, error


class Manifests:
    """The part of a registry's handler that is for manifests."""

    def image(self, reference):
        with self.place.world.lock:
            image = self.repository.find(reference)
        if image is None or image.status != "ACTIVE":
            raise error(404, "MANIFEST_UNKNOWN", "Requested image not found")
        return image

    def manifest_get(self, parts):
        image = self.image(parts["reference"])
        accepted = ",".join(self.headers.get_all("Accept") or ["*/*"])
        if "*/*" not in accepted and image.media_type not in accepted:
            raise error(404, "MANIFEST_UNKNOWN", f"the image is {image.media_type}, which is not accepted")
        # The table knows the tag; the registry behind is asked for the digest, with every type joined in one field.
        answer = self.upstream.send(self.command, f"/v2/{self.repository.name}/manifests/{image.digest}",
                                    [("Accept", manifests.ACCEPT)])
        body = answer.read()
        if answer.status != 200:
            raise error(404, "MANIFEST_UNKNOWN", "Requested image not found")
        fields = [("Content-Length", answer.getheader("Content-Length"))]
        # Docker.Registry.DotNet #34: no digest on GET by tag, one on HEAD.
        if not (self.knob("hidesDigest") and self.command == "GET" and ":" not in parts["reference"]):
            fields.append(("Docker-Content-Digest", image.digest))
        return Answer(200, body, "", fields + [("Content-Type", image.media_type)])

    manifest_head = manifest_get

    def manifest_put(self, parts):
        data = self.body.all(4 << 20)
        if data is None:
            raise error(400, "MANIFEST_INVALID", "a manifest may have 4194304 bytes")
        # PutImage: 10 a second by quota; above, 429 with TOOMANYREQUESTS.
        with self.place.world.lock:
            rate = self.knob("manifestRate")
            if rate and not self.place.pace.take(rate, self.knob("manifestBurst")):
                raise error(429, "TOOMANYREQUESTS", "Rate exceeded")
        media_type = self.headers.get("Content-Type", "")
        image, document = self.read(data, media_type)
        tag = None if ":" in parts["reference"] else parts["reference"]
        with self.coming(tag):
            return self.put(parts, data, media_type, (image, document, tag))

    def put(self, parts, data, media_type, what):
        image, document, tag = what
        answer = self.upstream.send("PUT", f"/v2/{self.repository.name}/manifests/{parts['reference']}",
                                    [("Content-Type", media_type), ("Content-Length", str(len(data)))], [data])
        body = answer.read()
        if answer.status != 201:
            raise self.refused(answer.status, body, image)
        with self.place.world.lock:
            image = manifests.keep(self.repository, image, document, tag)
        fields = [("Location", f"/v2/{self.repository.name}/manifests/{image.digest}"),
                  ("Docker-Content-Digest", image.digest)]
        if image.subject and self.knob("subjectHeader"):
            fields.append(("OCI-Subject", image.subject))
        return Answer(201, fields=fields)

    def read(self, data, media_type):
        wrong = error(self.knob("unsupportedStatus"), "UNSUPPORTED",
                      "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'")
        try:
            image, document = manifests.read(self.repository, data, media_type)
        except manifests.Unread:
            raise wrong from None
        # containers/image #584, apko #450: a manifest without a media type of its own was no manifest.
        if self.knob("refusesBareManifests") and "mediaType" not in document:
            raise wrong
        if self.knob("refusesReferrers") and document.get("artifactType") and document.get("subject"):
            raise self.unsupported({})
        # roadmap #2306, sigstore-js #1058: neither artifactType nor a media type may have a parameter.
        types = [document.get("artifactType")] + [
            part.get("mediaType") for part in [document.get("config") or {}] + document.get("layers", [])]
        if self.knob("refusesParameters") and any(";" in one for one in types if one):
            raise wrong
        return image, document

    @contextlib.contextmanager
    def coming(self, tag):
        """kaniko #204, buildkit #3776, roadmap #2179, #2380: refused even for the same digest; status [?].

        Of two that put one tag at once, one is refused."""
        mark, lock = (self.repository.name, tag), self.place.world.lock
        with lock:
            is_bound = tag is not None and self.repository.is_immutable(tag)
            if is_bound and (tag in self.repository.digest_of or mark in self.place.coming):
                raise self.immutable(tag)
            if is_bound:
                self.place.coming.add(mark)
        try:
            yield
        finally:
            with lock:
                self.place.coming.discard(mark)

    def immutable(self, tag):
        return error(self.knob("immutableStatus"), "TAG_INVALID", f"The image tag '{tag}' already exists in the "
                    f"'{self.repository.name}' repository and cannot be overwritten because the tag is immutable.")

    def refused(self, status, body, image):
        """The registry behind does not take a manifest; ECR's words for what is missing (docker-manifest-create-action #63)."""
        missing = re.findall(r"sha256:[0-9a-f]{64}", body.decode("utf-8", "replace"))
        if b"MANIFEST_BLOB_UNKNOWN" not in body:
            return Answer(status, body)
        what = "Images" if image.children else "Layers"
        return error(400, "MANIFEST_BLOB_UNKNOWN", f"{what} with digests '[{', '.join(dict.fromkeys(missing))}]' required for "
                     f"pushing image into repository with name '{self.repository.name}' in the registry with id "
                     f"'{self.place.account}' do not exist")

    def manifest_delete(self, parts):
        # roadmap #1229: 404 once, "shipped" since.
        image = self.image(parts["reference"])
        if not self.knob("deletes"):
            raise error(404, "NOT_FOUND", "not found")
        with self.place.world.lock:
            if ":" not in parts["reference"]:
                manifests.untag(self.repository, parts["reference"])
            elif manifests.parents(self.repository, image.digest):
                raise error(400, "DENIED", "Requested image referenced by manifest list")
            else:
                manifests.remove(self.repository, image.digest)
        return Answer(202)
