"""ECR Public's registry port: the same habits behind a token that is exchanged for a bearer's."""
import base64
import secrets
import time
import urllib.parse

from registry import RegistryHandler
from web import Answer, error

# The account and the region that its one registry is known by here.
PLACE = ("public", "us-east-1")


def alias(account):
    """The first part of the names of an account's repositories."""
    return f"a{account}"


class PublicHandler(RegistryHandler):
    def decide(self):
        if urllib.parse.urlsplit(self.path).path == "/token/":
            self.facts["kind"] = "token"
            return self.exchange()
        return super().decide()

    def challenge(self):
        realm = f"http://{self.headers.get('Host')}/token/"
        return [("WWW-Authenticate", f'Bearer realm="{realm}",service="public.ecr.aws",scope="aws"')]

    def exchange(self):
        """Anybody is given a token; one who shows what GetAuthorizationToken gave, one that may push."""
        keys, proof = None, self.headers.get("Authorization")
        if proof is not None:
            keys = self.principal(proof)
        token = secrets.token_urlsafe(60)
        self.place.world.tokens[token] = [keys, "bearer", time.time() + self.knob("tokenLife")]
        return Answer(200, f'{{"token":"{token}"}}')

    def principal(self, proof):
        try:
            user, _, password = base64.b64decode(proof.partition(" ")[2], validate=True).decode().partition(":")
        except ValueError:
            user, password = "", ""
        keys, kind, expiry = self.place.world.tokens.get(password, (None, None, 0))
        if user != "AWS" or kind != "public" or expiry <= time.time():
            raise error(401, "UNAUTHORIZED", "Not Authorized", self.challenge())
        return keys

    def caller(self):
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        keys, kind, expiry = self.place.world.tokens.get(token, (None, None, 0))
        # A registry token of ECR's as it is, or a public one that was not exchanged, opens nothing.
        if scheme.lower() != "bearer" or kind != "bearer" or expiry <= time.time():
            raise error(401, "UNAUTHORIZED", "Not Authorized", self.challenge())
        return keys

    def need_right(self, keys, right, name):
        if self.command in ("GET", "HEAD"):
            return
        if keys is None or name.partition("/")[0] != alias(keys.account):
            raise error(403, "DENIED", "Not Authorized")
        if right and right.replace("ecr:", "ecr-public:") in self.place.world.denied[keys.account]:
            raise error(403, "DENIED", self.place.world.not_authorized(
                keys.arn, right.replace("ecr:", "ecr-public:"), f"arn:aws:ecr-public::{keys.account}:repository/{name}"))
