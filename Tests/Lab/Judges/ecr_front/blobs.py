"""ECR's habits with blobs and uploads, below /v2/NAME/blobs/. Of sources and [?], registry.py tells."""
import re
import urllib.parse

from bucket import signed_url, stream
from web import Answer, error


def upload_name(location):
    return urllib.parse.urlsplit(location).path.rpartition("/")[2]


class Blobs:
    """The part of a registry's handler that is for blobs."""

    def home(self, digest, shares):
        """The name of a repository that the registry behind has a blob in."""
        with self.place.world.lock:
            if digest in self.repository.blobs or not shares:
                return self.repository.name
            # A peer's note: a HEAD may find what another repository has, as layers are stored once.
            return next((one.name for one in self.place.repositories.values() if digest in one.blobs), self.repository.name)

    def blob_head(self, parts):
        home = self.home(parts["blob"], self.knob("sharesBlobs"))
        answer = self.upstream.send("HEAD", f"/v2/{home}/blobs/{parts['blob']}")
        answer.read()
        if answer.status != 200:
            raise error(404, "BLOB_UNKNOWN", "blob unknown to registry")
        return Answer(200, fields=[("Content-Length", answer.getheader("Content-Length")),
                                   ("Content-Type", "application/octet-stream"),
                                   ("Docker-Content-Digest", parts["blob"])])

    def blob_get(self, parts):
        if self.knob("redirectsBlobs"):
            # GetDownloadUrlForLayer leads to a signed URL of a bucket; so does this.
            self.command, answer = "HEAD", self.blob_head(parts)
            self.command = "GET"
            location = signed_url(self.bucket, self.place, self.repository.name, parts["blob"], 3600)
            return Answer(307, fields=[("Location", location), ("Docker-Content-Digest", parts["blob"])])
        self.answered = stream(self, self.place, self.repository.name, parts["blob"])
        return None

    # Uploads

    def upload_post(self, _):
        # Mounts that may not be, and begun uploads: 202 with a session.
        answer = self.upstream.send("POST", f"/v2/{self.repository.name}/blobs/uploads/", [("Content-Length", "0")])
        answer.read()
        location = answer.getheader("Location")
        with self.place.world.lock:
            self.place.uploads[upload_name(location)] = {"bytes": 0, "first": 0, "patches": 0}
        return Answer(202, fields=[("Location", location), ("Range", "0-0"),
                                   ("Docker-Upload-UUID", upload_name(location))])

    def mount(self, parts):
        digest, name = self.query["mount"], self.query["from"]
        if not self.may_mount(digest, name):
            return self.upload_post(parts)
        query = urllib.parse.urlencode({"mount": digest, "from": name})
        answer = self.upstream.send("POST", f"/v2/{self.repository.name}/blobs/uploads/?{query}", [("Content-Length", "0")])
        answer.read()
        if answer.status != 201:
            return self.upload_post(parts)
        with self.place.world.lock:
            self.repository.blobs[digest] = self.place.repositories[name].blobs.get(digest, 0)
        return Answer(201, fields=[("Location", f"/v2/{self.repository.name}/blobs/{digest}"),
                                   ("Docker-Content-Digest", digest)])

    def may_mount(self, digest, name):
        """The account's setting, equal encryption, and a manifest there that refers to the blob (roadmap #2860); else 202."""
        with self.place.world.lock:
            source = self.place.repositories.get(name)
            return (self.place.settings["BLOB_MOUNTING"] == "ENABLED" and source is not None
                    and source.encryption == self.repository.encryption
                    and any(digest in image.blobs for image in source.images.values()))

    def session(self, parts):
        with self.place.world.lock:
            known = self.place.uploads.get(parts["upload"])
        if known is None:
            raise error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        return known

    def range(self, session):
        """roadmap #2831: the answer stays at the first piece though all bytes are stored."""
        end = session["first"] if self.knob("oddPatch") else session["bytes"]
        return ("Range", f"0-{max(end - 1, 0)}")

    def upload_patch(self, parts):
        session = self.session(parts)
        begin = re.fullmatch(r"(?:bytes )?([0-9]+)-[0-9]+(?:/.*)?", self.headers.get("Content-Range") or "0-0")
        if "Content-Range" in self.headers and (not begin or int(begin[1]) != session["bytes"]):
            raise error(416, "BLOB_UPLOAD_INVALID", "the part does not begin where the upload ends", [self.range(session)])
        self.check_parts(session)
        answer = self.pass_on("PATCH")
        answer.read()
        if answer.status != 202:
            raise error(answer.status, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        session["bytes"] += self.body.taken
        session["patches"] += 1
        session["isShort"] = self.body.taken < self.knob("smallestPart")
        if session["patches"] == 1:
            session["first"] = session["bytes"]
        # tart #273, regclient #81, mise #11376: 201, not 202.
        return Answer(201 if self.knob("oddPatch") else 202, fields=[
            ("Location", answer.getheader("Location")), self.range(session), ("Docker-Upload-UUID", parts["upload"])])

    def upload_put(self, parts):
        session = self.session(parts)
        if self.knob("refusesEmptyBlobs") and not session["bytes"] and self.body.length == 0:
            # devcontainers/cli #814, radius #7887.
            raise error(400, "BLOB_UPLOAD_INVALID", f"The upload with id '{parts['upload']}' in the repository with name "
                        f"'{self.repository.name}' in registry with id '{self.place.account}' cannot be completed because it "
                        "does not have any parts")
        if self.body.length != 0:
            self.check_parts(session)
        answer = self.pass_on("PUT")
        body = answer.read()
        if answer.status != 201:
            raise Answer(answer.status, body)
        digest = self.query.get("digest", "")
        with self.place.world.lock:
            self.place.uploads.pop(parts["upload"], None)
            self.repository.blobs[digest] = session["bytes"] + self.body.taken
        return Answer(201, fields=[("Location", f"/v2/{self.repository.name}/blobs/{digest}"),
                                   ("Docker-Content-Digest", digest)])

    def check_parts(self, session):
        """Nothing may follow a part that was too short to be followed (LayerPartTooSmallException)."""
        if session.get("isShort"):
            raise error(400, "BLOB_UPLOAD_INVALID", "Your proposed upload is smaller than the allowed size")

    def pass_on(self, method):
        names = ("content-type", "content-length", "transfer-encoding", "content-range")
        fields = [(name, value) for name, value in self.headers.items() if name.lower() in names]
        if self.body.length == 0:
            fields = [(name, value) for name, value in fields if name.lower() != "content-length"]
            fields.append(("Content-Length", "0"))
        return self.upstream.send(method, self.path, fields, self.body.pieces(), self.body.chunked)

    def upload_get(self, parts):
        session = self.session(parts)
        return Answer(204, fields=[("Location", self.path), self.range(session), ("Docker-Upload-UUID", parts["upload"])])

    def upload_delete(self, parts):
        self.session(parts)
        answer = self.upstream.send("DELETE", self.path)
        answer.read()
        with self.place.world.lock:
            self.place.uploads.pop(parts["upload"], None)
        return Answer(answer.status)
