"""The registry ports: each before a docker-registry of its own, with the habits of ECR's data plane added.

A habit's source stands beside it: an issue of aws/containers-roadmap ("roadmap"), or of a client's. [?] marks what nobody
has written down; such a thing is a knob.
"""
import base64
import json
import re
import time
import urllib.parse

import manifests
from blobs import Blobs
from images import Manifests
from upstream import Upstream
from web import Answer, Handler, error
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


class RegistryHandler(Manifests, Blobs, Handler):
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
            # A push creates nothing: sinker #55 has the words.
            raise error(self.knob("unknownStatus"), "NAME_UNKNOWN", f"The repository with name '{parts['name']}' does not exist in the registry "
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
        if scheme.lower() != "basic" or user != "AWS" or known is None or known[1] in ("public", "bearer"):
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
            # ggcr #681, registry-cli #79, renovate #3800: code and words; the status is that of the code [?].
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
