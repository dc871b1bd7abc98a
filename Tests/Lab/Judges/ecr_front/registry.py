"""The registry ports: each before a docker-registry of its own, with the habits of ECR's data plane added.

A habit's source stands beside it: an issue of aws/containers-roadmap ("roadmap"), or of a client's. [?] marks what nobody
has written down; such a thing is a knob.
"""
import base64
import hashlib
import hmac
import json
import re
import secrets
import time
import urllib.parse

import manifests
from upstream import Upstream
from web import Answer, Handler
from world import page_token, read_token

PATH = re.compile(
    r"/v2/(?P<name>[a-z0-9._/-]+?)/(?:(?P<tags>tags/list)|manifests/(?P<reference>[^/]+)|blobs/uploads/(?P<upload>[^/]*)"
    r"|blobs/(?P<blob>[^/]+)|referrers/(?P<subject>[^/]+))")
# What a principal must be allowed to for each kind of request.
RIGHTS = {
    "tags": "ecr:ListImages", "manifest get": "ecr:BatchGetImage", "manifest head": "ecr:BatchGetImage",
    "manifest put": "ecr:PutImage", "manifest delete": "ecr:BatchDeleteImage", "blob get": "ecr:GetDownloadUrlForLayer",
    "blob head": "ecr:BatchCheckLayerAvailability", "upload post": "ecr:InitiateLayerUpload",
    "mount": "ecr:InitiateLayerUpload", "upload patch": "ecr:UploadLayerPart", "upload put": "ecr:CompleteLayerUpload",
    "referrers": "ecr:BatchGetImage",
}
# The key of the URLs that lead to the bucket.
SIGNER = secrets.token_bytes(16)


def error(status, code, message, fields=()):
    return Answer(status, json.dumps({"errors": [{"code": code, "message": message}]}), fields=fields)


class RegistryHandler(Handler):
    place = None
    bucket = None

    def setup(self):
        super().setup()
        self.upstream = Upstream(self.place.upstream)

    def finish(self):
        self.upstream.close()
        super().finish()

    def knob(self, name):
        return self.place.knob(name)

    def respond(self):
        self.facts = {"plane": "registry", "kind": "ping", "repository": "", "account": self.place.account,
                      "region": self.place.region}
        self.answered = 0
        try:
            answer = self.decide()
        except Answer as thrown:
            answer = thrown
        except ConnectionError:
            # The client is gone in the middle: so must the registry behind believe.
            self.upstream.close()
            self.close_connection = True
            answer = None
        except Exception as failure:
            self.place.world.violate(f"the front failed: {failure!r}", **self.facts)
            self.upstream.close()
            answer = error(500, "UNKNOWN", repr(failure))
        if answer is not None:
            self.answered = answer.status
            answer.fields.append(("Docker-Distribution-Api-Version", "registry/2.0"))
        self.place.world.record(**self.facts, status=self.answered)
        return answer

    # Who asks, and for what

    def decide(self):
        address = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(address.query, True))
        found = PATH.fullmatch(urllib.parse.unquote(address.path))
        parts = found.groupdict() if found else {}
        self.facts["kind"] = self.kind(parts, address.path)
        self.facts["repository"] = parts.get("name", "")
        self.facts["reference"] = parts.get("reference") or parts.get("blob") or ""
        keys = self.caller()
        if not parts:
            return self.top(address.path)
        self.need_right(keys, RIGHTS.get(self.facts["kind"]), parts["name"])
        with self.place.world.lock:
            self.repository = self.place.repositories.get(parts["name"])
        if self.repository is None:
            # A push creates nothing: sinker #55 has the words; that 404 is the status is distribution's own [?].
            raise error(404, "NAME_UNKNOWN", f"The repository with name '{parts['name']}' does not exist in the registry "
                        f"with id '{self.place.account}'")
        return getattr(self, self.facts["kind"].replace(" ", "_"), self.unsupported)(parts)

    def kind(self, parts, path):
        method = self.command.lower()
        if not parts:
            return {"/v2/": "ping", "/v2": "ping", "/v2/_catalog": "catalog"}.get(path, "other")
        if parts["tags"]:
            return "tags"
        if parts["subject"]:
            return "referrers"
        if parts["reference"]:
            return f"manifest {method}"
        if parts["blob"]:
            return f"blob {method}"
        return "mount" if method == "post" and "mount" in self.query and "from" in self.query else f"upload {method}"

    def caller(self):
        """Whose token it is. regclient #709: a challenge of the scheme Basic, with a realm and a service."""
        challenge = [("WWW-Authenticate", f'Basic realm="https://{self.place.host}/",service="ecr.amazonaws.com"')]
        scheme, _, text = (self.headers.get("Authorization") or "").partition(" ")
        try:
            user, _, password = base64.b64decode(text, validate=True).decode().partition(":")
        except ValueError:
            user, password = "", ""
        known = self.place.world.tokens.get(password)
        if scheme.lower() != "basic" or user != "AWS" or known is None:
            raise error(401, "UNAUTHORIZED", "Not Authorized", challenge)
        keys, region, expiry = known
        if expiry <= time.time():
            # "denied: Your authorization token has expired" is what docker makes of it (aws-cli #6580); status [?].
            status = self.knob("expiredTokenStatus")
            raise error(status, "DENIED", "Your authorization token has expired. Reauthenticate and try again.",
                        challenge if status == 401 else ())
        if region != self.place.region or (keys.account != self.place.account and not self.knob("opensToOthers")):
            raise error(403, "DENIED", self.place.world.not_authorized(
                keys.arn, "ecr:BatchGetImage", f"arn:{self.place.partition}:ecr:{self.place.region}:"
                f"{self.place.account}:repository/{self.facts['repository']}", "resource"))
        return keys

    def need_right(self, keys, right, name):
        if right in self.place.world.denied[keys.account]:
            raise error(403, "DENIED", self.place.world.not_authorized(
                keys.arn, right, f"arn:{self.place.partition}:ecr:{self.place.region}:{self.place.account}:repository/{name}"))

    def top(self, path):
        if self.facts["kind"] == "ping" and self.command in ("GET", "HEAD"):
            return Answer(200, "{}")
        if self.facts["kind"] == "catalog" and self.knob("catalog"):
            # ggcr #1091: bounded as DescribeRepositories is.
            with self.place.world.lock:
                names = sorted(self.place.repositories)
            return self.page(names, path, lambda part: {"repositories": part})
        return self.unsupported({})

    def unsupported(self, _):
        return error(self.knob("unsupportedStatus"), "UNSUPPORTED", "The operation is unsupported.")

    # Tags and referrers

    def page(self, names, path, body):
        try:
            count = int(self.query.get("n", 100))
        except ValueError:
            count = 0
        if not 1 <= count <= 1000:
            # ggcr #681, registry-cli #79, renovate #3800: code and words; the status is distribution's own for the code [?].
            bound = "less than or equal to 1000" if count > 1000 else "greater than or equal to 1"
            raise error(self.knob("unsupportedStatus"), "UNSUPPORTED", "Invalid parameter at 'maxResults' failed to satisfy "
                        f"constraint: 'Member must have value {bound}'")
        last = self.query.get("last")
        if last is not None:
            # A page is asked for by the address in Link alone, whose `last` is no tag.
            facts = read_token(last)
            if not isinstance(facts, dict):
                self.place.world.violate("a page asked for otherwise than by Link", last=last, **self.facts)
                raise error(self.knob("unsupportedStatus"), "UNSUPPORTED", "Invalid parameter at 'nextToken'")
            names = [name for name in names if name > facts["last"]]
        fields = []
        if len(names) > count:
            # migrator #96: the rest is found by Link.
            token = urllib.parse.quote(page_token({"last": names[count - 1]}), safe="")
            fields.append(("Link", f'<{path}?last={token}&n={count}>; rel="next"'))
        return Answer(200, json.dumps(body(names[:count])), fields=fields)

    def tags(self, parts):
        if self.command != "GET":
            return self.unsupported(parts)
        with self.place.world.lock:
            repository = self.repository
            tags = sorted(tag for tag, digest in repository.digest_of.items()
                          if repository.images[digest].status == "ACTIVE")
        return self.page(tags, f"/v2/{repository.name}/tags/list", lambda part: {"name": repository.name, "tags": part})

    def referrers(self, parts):
        if not self.knob("referrersAPI") or self.command not in ("GET", "HEAD"):
            # sigstore-js #1183: a client that trusts OCI-Subject finds no API.
            return error(404, "NOT_FOUND", "not found")
        fields, wanted = [], self.query.get("artifactType")
        with self.place.world.lock:
            found = [manifests.descriptor(image) for image in manifests.referrers(self.repository, parts["subject"])
                     if image.status == "ACTIVE"]
        if wanted:
            found = [one for one in found if one.get("artifactType") == wanted]
            fields.append(("OCI-Filters-Applied", "artifactType"))
        last, size = read_token(self.query.get("last", "")), self.knob("referrersPage")
        found = [one for one in found if not last or one["digest"] > last["last"]]
        if len(found) > size:
            token = urllib.parse.quote(page_token({"last": found[size - 1]["digest"]}), safe="")
            filtered = f"&artifactType={urllib.parse.quote(wanted, safe='')}" if wanted else ""
            fields.append(("Link", f'<{self.path.partition("?")[0]}?last={token}{filtered}>; rel="next"'))
        index = {"schemaVersion": 2, "mediaType": manifests.OCI + "index.v1+json", "manifests": found[:size]}
        return Answer(200, json.dumps(index), manifests.OCI + "index.v1+json", fields)

    # Manifests

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
        self.check_tag(tag)
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
        # roadmap #2306, sigstore-js #1058: neither artifactType nor a media type may have a parameter.
        types = [document.get("artifactType")] + [
            part.get("mediaType") for part in [document.get("config") or {}] + document.get("layers", [])]
        if self.knob("refusesParameters") and any(";" in one for one in types if one):
            raise wrong
        return image, document

    def check_tag(self, tag):
        """kaniko #204, buildkit #3776, roadmap #2179, #2380: refused even for the same digest; status [?]."""
        with self.place.world.lock:
            if tag is None or tag not in self.repository.digest_of or not self.repository.is_immutable(tag):
                return
        raise error(self.knob("immutableStatus"), "TAG_INVALID", f"The image tag '{tag}' already exists in the "
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

    # Blobs

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
        answer = self.pass_on("PATCH")
        answer.read()
        if answer.status != 202:
            raise error(answer.status, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        session["bytes"] += self.body.taken
        session["patches"] += 1
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


def upload_name(location):
    return urllib.parse.urlsplit(location).path.rpartition("/")[2]


def signed_url(bucket, place, repository, digest, seconds):
    path = f"/starport-layer-bucket/{place.account}/{place.region}/{repository}/{digest}"
    expiry = int(time.time() + seconds)
    return f"http://{bucket}{path}?X-Amz-Expires={expiry}&X-Amz-Signature={url_proof(path, expiry)}"


def url_proof(path, expiry):
    return hmac.new(SIGNER, f"{path}|{expiry}".encode(), hashlib.sha256).hexdigest()


def stream(handler, place, repository, digest):
    """Sends a blob on, piece by piece, and says the status."""
    ranges = [(name, value) for name, value in handler.headers.items() if name.lower() in ("range", "if-range")]
    answer = handler.upstream.send("GET", f"/v2/{repository}/blobs/{digest}", ranges)
    names = ("content-length", "content-range", "content-type", "accept-ranges", "docker-content-digest")
    fields = [(name, value) for name, value in answer.getheaders() if name.lower() in names]
    handler.wfile.write((handler.head(answer.status, fields) + "\r\n").encode("latin-1"))
    while piece := answer.read(1 << 16):
        handler.wfile.write(piece)
    return answer.status


class BucketHandler(Handler):
    """What signed URLs lead to: it takes their signature for proof, and no other."""

    world = None

    def setup(self):
        super().setup()
        self.upstream = None

    def finish(self):
        if self.upstream:
            self.upstream.close()
        super().finish()

    def respond(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        _, _, account, region, *rest = address.path.split("/")
        place = self.world.place(account, region)
        facts = {"plane": "bucket", "kind": f"bucket {self.command.lower()}", "account": account, "region": region,
                 "repository": "/".join(rest[:-1]), "reference": rest[-1]}
        answer = self.refusal(address.path, query)
        if answer is None:
            if self.upstream is None or self.upstream.address != place.upstream:
                self.upstream = Upstream(place.upstream)
            try:
                status = stream(self, place, "/".join(rest[:-1]), rest[-1])
            except ConnectionError:
                self.upstream.close()
                self.close_connection = True
                status = 0
        self.world.record(**facts, status=answer.status if answer else status)
        return answer

    def refusal(self, path, query):
        def refuse(status, code):
            return Answer(status, f"<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>", "application/xml")
        if "Authorization" in self.headers:
            # S3: only one way to prove who one is.
            return refuse(400, "InvalidArgument")
        # The URL is signed for GET.
        proof = url_proof(path, query.get("X-Amz-Expires", ""))
        if self.command != "GET" or proof != query.get("X-Amz-Signature"):
            return refuse(403, "SignatureDoesNotMatch")
        return None if int(query["X-Amz-Expires"]) > time.time() else refuse(403, "AccessDenied")
