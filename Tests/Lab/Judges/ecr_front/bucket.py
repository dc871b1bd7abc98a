"""The bucket that blobs lie in: signed URLs, and what answers them."""
import hashlib
import hmac
import secrets
import time
import urllib.parse

from upstream import Upstream
from web import Answer, Handler

# The key of the URLs that lead to the bucket.
SIGNER = secrets.token_bytes(16)


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
