"""What the front knows: accounts and their keys, repositories and images, knobs, what was asked."""
import base64
import collections
import hashlib
import json
import secrets
import threading
import time

# Each knob is a habit of ECR's or of a test's. Those marked [?] are not known for sure: nobody has
# written down what ECR answers, or sources disagree; tests try both.
KNOBS = {
    # [?] HTTP status beside TAG_INVALID. distribution's own for that code is 400.
    "immutableStatus": 400,
    # [?] HTTP status beside UNSUPPORTED: 405 is distribution's own for that code, and what clients tell (falcoctl #302).
    "unsupportedStatus": 405,
    # [?] HTTP status beside NAME_UNKNOWN. distribution's own for that code is 404.
    "unknownStatus": 404,
    # [?] The fewest bytes of each part of an upload but the last. The API's parts have 5 MiB at least; of PATCH below /v2/
    # nobody says so.
    "smallestPart": 0,
    # [?] HTTP status for a registry token that has expired: the code is DENIED, whose own status is 403.
    "expiredTokenStatus": 403,
    # [?] whether GET /v2/NAME/referrers/ is served (documented since 2024, absent before).
    "referrersAPI": True,
    # Whether a manifest with a subject is answered with OCI-Subject; early ECR did so without having the API.
    "subjectHeader": True,
    # [?] Whether /v2/_catalog is served.
    "catalog": False,
    # The most referrers in one page of that API.
    "referrersPage": 50,
    # 201 and a Range that stays at the first piece, as answers to PATCH.
    "oddPatch": True,
    # Whether GET by tag lacks Docker-Content-Digest.
    "hidesDigest": True,
    # Whether blobs of no bytes are refused.
    "refusesEmptyBlobs": True,
    # Whether a media type with a parameter is refused.
    "refusesParameters": True,
    # Whether a manifest that does not name its own media type is refused, as ECR once did.
    "refusesBareManifests": False,
    # Whether a manifest with both artifactType and subject is refused, as some are (roadmap #2783; buildkit #5747).
    "refusesReferrers": False,
    # Whether DELETE of a manifest works below /v2/ (ECR once answered 404).
    "deletes": True,
    # Whether GET of a blob leads to a bucket by 307.
    "redirectsBlobs": True,
    # Whether HEAD of a blob looks at every repository of the registry, as layers are stored once.
    "sharesBlobs": False,
    # Whether BatchGetImage leaves out what acceptedMediaTypes does not name.
    "strictMediaTypes": False,
    # PutImage's pace: how many a second, and how many at once; 0 is no bound.
    "manifestRate": 0,
    "manifestBurst": 10,
    # How long a registry token lives, in seconds.
    "tokenLife": 43200,
    # Whether other accounts' keys and tokens are let in here, as by a repository policy.
    "opensToOthers": False,
    # How long an answer of the API is held back, in seconds.
    "apiDelay": 0,
}


class Image:
    """A manifest that a repository holds."""

    def __init__(self, digest, media_type, size, pushed, **facts):
        self.digest = digest
        self.media_type = media_type
        self.size = size
        self.pushed = pushed
        self.tags = {}
        self.status = "ACTIVE"
        self.archived = None
        self.manifest = facts.get("manifest")
        self.artifact_type = facts.get("artifact_type")
        self.config_type = facts.get("config_type")
        self.subject = facts.get("subject")
        self.annotations = facts.get("annotations") or {}
        self.children = facts.get("children", ())
        self.blobs = facts.get("blobs", ())


class Repository:
    def __init__(self, place, name, created):
        self.place = place
        self.name = name
        self.created = created
        self.mutability = "MUTABLE"
        self.filters = []
        self.scan = False
        self.encryption = {"encryptionType": "AES256"}
        self.tags = {}
        self.lifecycle = None
        self.lifecycle_seen = created
        self.policy = None
        self.images = {}
        self.digest_of = {}
        # Digest to size, for each blob that was finished or mounted here.
        self.blobs = {}
        self.layer_types = {}
        self._sorted = None

    @property
    def arn(self):
        return f"arn:{self.place.partition}:ecr:{self.place.region}:{self.place.account}:repository/{self.name}"

    @property
    def uri(self):
        return f"{self.place.host}/{self.name}"

    def changed(self):
        self._sorted = None

    def sorted(self):
        """All digests, and all pairs of a tag (empty for what has none) and a digest, in order."""
        if self._sorted is None:
            pairs = [(tag, digest) for tag, digest in self.digest_of.items()]
            pairs += [("", image.digest) for image in self.images.values() if not image.tags]
            self._sorted = (sorted(self.images), sorted(pairs, key=lambda pair: (pair[1], pair[0])))
        return self._sorted

    def add(self, image, tag=None):
        image = self.images.setdefault(image.digest, image)
        if tag is not None:
            old = self.digest_of.get(tag)
            if old is not None and old in self.images:
                self.images[old].tags.pop(tag, None)
            self.digest_of[tag] = image.digest
            image.tags[tag] = True
        self.changed()
        return image

    def remove(self, digest):
        image = self.images.pop(digest, None)
        for tag in list(image.tags) if image else []:
            self.digest_of.pop(tag, None)
        self.changed()
        return image

    def find(self, reference):
        """The image under a tag or digest."""
        return self.images.get(reference if ":" in reference else self.digest_of.get(reference))

    def is_immutable(self, tag):
        def excluded():
            return any(wildcard(entry["filter"], tag) for entry in self.filters)
        return {
            "MUTABLE": False, "IMMUTABLE": True,
            "IMMUTABLE_WITH_EXCLUSION": not excluded(), "MUTABLE_WITH_EXCLUSION": excluded(),
        }[self.mutability]


def wildcard(pattern, text):
    """Whether a filter of ECR's, where `*` is any text, takes a tag."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    if not text.startswith(first) or len(text) < len(first) + len(rest[-1]) or not text.endswith(rest[-1]):
        return False
    at, end = len(first), len(text) - len(rest[-1])
    for part in rest[:-1]:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


class Bucket:
    """A pace: some at once, then so many a second."""

    def __init__(self):
        self.tokens = None
        self.last = time.monotonic()

    def take(self, rate, burst):
        now = time.monotonic()
        full = self.tokens is None
        self.tokens = burst if full else min(burst, self.tokens + (now - self.last) * rate)
        self.last = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Place:
    """One account's registry in one region."""

    def __init__(self, world, account, region):
        self.world = world
        self.account = account
        self.region = region
        self.repositories = {}
        self.settings = {"BLOB_MOUNTING": "DISABLED", "BASIC_SCAN_TYPE_VERSION": "AWS_NATIVE",
                         "REGISTRY_POLICY_SCOPE": "V2"}
        self.knobs = {}
        self.pace = Bucket()
        self.upstream = None
        self.uploads = {}
        # Tags that are being put where a tag may be put but once.
        self.coming = set()

    def knob(self, name):
        return self.knobs.get(name, self.world.knobs[name])

    @property
    def partition(self):
        for start, name in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
            if self.region.startswith(start):
                return name
        return "aws"

    @property
    def host(self):
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        return f"{self.account}.dkr.ecr.{self.region}.{suffix}"


class Keys:
    """An access key, and whose it is."""

    def __init__(self, identity, secret, account, arn, token=None, expiry=None, user_id=None):
        self.id = identity
        self.secret = secret
        self.account = account
        self.arn = arn
        self.token = token
        self.expiry = expiry
        self.user_id = user_id or identity.replace("AKIA", "AIDA")


class World:
    def __init__(self):
        self.lock = threading.RLock()
        self.keys = {}
        self.places = {}
        self.public = {}
        self.knobs = dict(KNOBS)
        self.denied = collections.defaultdict(set)
        self.roles = {}
        self.tokens = {}
        self.throttles = collections.Counter()
        self.rates = {}
        self.paces = collections.defaultdict(Bucket)
        self.log = []
        self.violations = []
        self.accounts = set()

    def add_account(self, account):
        """Keys of a user of an account's, which are the same in each run."""
        text = hashlib.sha256(account.encode()).hexdigest().upper()
        keys = Keys("AKIA" + text[:16], base64.b64encode(hashlib.sha256(text.encode()).digest()[:30]).decode(),
                    account, f"arn:aws:iam::{account}:user/mirror")
        self.keys[keys.id] = keys
        self.accounts.add(account)
        return keys

    def add_session(self, account, role, name, seconds):
        keys = Keys("ASIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30), account,
                    f"arn:aws:sts::{account}:assumed-role/{role}/{name}", token=secrets.token_urlsafe(120) + "==",
                    expiry=time.time() + seconds, user_id="AROA" + secrets.token_hex(8).upper() + ":" + name)
        self.keys[keys.id] = keys
        return keys

    def place(self, account, region):
        with self.lock:
            if (account, region) not in self.places:
                self.places[account, region] = Place(self, account, region)
            return self.places[account, region]

    def violate(self, what, **facts):
        with self.lock:
            self.violations.append({"what": what, **facts})

    def record(self, **facts):
        with self.lock:
            self.log.append(facts)

    def not_authorized(self, arn, action, resource, kind="identity"):
        return (f"User: {arn} is not authorized to perform: {action} on resource: {resource} "
                f"because no {kind}-based policy allows the {action} action")

    def is_throttled(self, action):
        with self.lock:
            if self.throttles[action] > 0:
                self.throttles[action] -= 1
                return True
            rate = self.rates.get(action)
            return bool(rate) and not self.paces[action].take(*rate)


def page_token(facts):
    return base64.urlsafe_b64encode(json.dumps(facts).encode()).decode()


def read_token(text):
    try:
        return json.loads(base64.urlsafe_b64decode(text))
    except ValueError:
        return None
