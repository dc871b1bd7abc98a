"""The control port: tests set things up by it and ask what happened. POST /VERB with a JSON object."""
import collections
import hashlib
import json
import secrets
import time

import ecr
import ecr_images
import manifests
from upstream import Upstream
from web import Answer, Handler
from world import KNOBS, Image, Repository

VERBS = {}


def verb(function):
    VERBS[function.__name__] = function
    return function


class ControlHandler(Handler):
    world = None

    def respond(self):
        verb = VERBS.get(self.path.strip("/"))
        if verb is None:
            return Answer(404, json.dumps({"error": f"no verb {self.path}"}))
        try:
            facts = json.loads(self.body.all(1 << 30) or b"{}")
            return Answer(200, json.dumps(verb(self.world, **facts)))
        except Exception as error:
            return Answer(400, json.dumps({"error": repr(error)}))


def fake_digest(*words):
    return "sha256:" + hashlib.sha256("/".join(words).encode()).hexdigest()


@verb
def token(world, account, region):
    """A registry token that no call was counted for."""
    with world.lock:
        keys = next(keys for keys in world.keys.values() if keys.account == account and keys.token is None)
        password = secrets.token_urlsafe(60)
        world.tokens[password] = [keys, region, time.time() + 43200]
        return password


@verb
def create(world, account, region, names, **facts):
    """Makes repositories."""
    with world.lock:
        place = world.place(account, region)
        for name in names:
            made = place.repositories.setdefault(name, Repository(place, name, round(time.time(), 3)))
            ecr.set_mutability(made, facts.get("mutability", made.mutability), facts.get("filters", made.filters))
            made.encryption = facts.get("encryption", made.encryption)
            made.tags = facts.get("tags", made.tags)


@verb
def fill(world, account, region, repository, count, **facts):
    """Adds tags with digests that their names make, and no content behind them: the same ones wherever it is called."""
    untagged, seed = facts.get("untagged", 0), facts.get("seed", "")
    with world.lock:
        place = world.place(account, region)
        found = place.repositories.setdefault(repository, Repository(place, repository, round(time.time(), 3)))
        media_type = facts.get("mediaType", manifests.OCI + "manifest.v1+json")
        for number in range(count + untagged):
            tag = f"{facts.get('prefix', 'v')}{number}" if number < count else None
            digest = fake_digest(seed, repository, tag or f"untagged-{number}")
            found.add(Image(digest, media_type, 1000 + number, round(time.time(), 3), subject=facts.get("subject"),
                            config_type=manifests.OCI + "config.v1+json"), tag)


@verb
def add(world, account, region, repository, digest, **facts):
    """Adds one image without content."""
    with world.lock:
        place = world.place(account, region)
        found = place.repositories.setdefault(repository, Repository(place, repository, round(time.time(), 3)))
        image = Image(digest, facts.get("mediaType", manifests.OCI + "manifest.v1+json"), facts.get("size", 1000),
                      facts.get("pushed", round(time.time(), 3)), subject=facts.get("subject"),
                      artifact_type=facts.get("artifactType"), config_type=manifests.OCI + "config.v1+json")
        for tag in facts.get("tags") or [None]:
            image = found.add(image, tag)


@verb
def adopt(world, account, region):
    """Takes into the table what stands in the registry behind: what was laid there past the front."""
    place = world.place(account, region)
    upstream = Upstream(place.upstream)

    def ask(target):
        answer = upstream.send("GET", target, [("Accept", manifests.ACCEPT)])
        return answer, answer.read()
    names, target = [], "/v2/_catalog?n=1000"
    while target:
        answer, body = ask(target)
        names += json.loads(body)["repositories"]
        target = (answer.getheader("Link") or "<>").split(">")[0][1:]

    def take(repository, reference, tag):
        answer, body = ask(f"/v2/{repository.name}/manifests/{reference}")
        if answer.status != 200:
            return
        _, document = manifests.read(repository, body, "")
        for child in document.get("manifests", []):
            take(repository, child["digest"], None)
        with world.lock:
            image, document = manifests.read(repository, body, answer.getheader("Content-Type"))
            manifests.keep(repository, image, document, tag)
    for name in names:
        with world.lock:
            repository = place.repositories.setdefault(name, Repository(place, name, round(time.time(), 3)))
        for tag in json.loads(ask(f"/v2/{name}/tags/list")[1]).get("tags") or []:
            take(repository, tag, tag)
    upstream.close()


@verb
def remove(world, account, region, repository, reference):
    """Takes an image away, from the table and from the registry behind."""
    with world.lock:
        found = world.place(account, region).repositories[repository]
        manifests.remove(found, found.find(reference).digest)


@verb
def sweep(world, account, region):
    """Takes away every blob that no manifest refers to, as ECR may at any time (LayerInaccessibleException)."""
    place, gone = world.place(account, region), 0
    upstream = Upstream(place.upstream)
    with world.lock:
        for repository in place.repositories.values():
            held = {digest for image in repository.images.values() for digest in image.blobs}
            for digest in set(repository.blobs) - held:
                del repository.blobs[digest]
                upstream.send("DELETE", f"/v2/{repository.name}/blobs/{digest}").read()
                gone += 1
    upstream.close()
    return gone


@verb
def knobs(world, values, account=None, region=None):
    """Sets knobs, everywhere or in one place."""
    unknown = set(values) - set(KNOBS)
    if unknown:
        raise ValueError(f"no knobs {sorted(unknown)}")
    with world.lock:
        (world.place(account, region).knobs if account else world.knobs).update(values)


@verb
def setting(world, account, region, name, value):
    """Sets an account setting, such as BLOB_MOUNTING."""
    with world.lock:
        world.place(account, region).settings[name] = value


@verb
def deny(world, account, actions):
    """From now on an account may not do these, such as `ecr:PutImage`; whatever else, it may."""
    with world.lock:
        world.denied[account] = set(actions)


@verb
def throttle(world, action, count=0, rate=None, burst=1):
    """Refuses the next calls of an action, such as `ecr:DescribeImages`, or paces it."""
    with world.lock:
        world.throttles[action] = count
        if rate:
            world.rates[action] = (rate, burst)
        else:
            world.rates.pop(action, None)


@verb
def expire_tokens(world, account=None):
    """All registry tokens given out so far are from now on too old."""
    with world.lock:
        for token in world.tokens.values():
            if account in (None, token[0].account):
                token[2] = time.time() - 1


@verb
def expire_sessions(world, account=None):
    """All keys given out by AssumeRole so far are from now on too old."""
    with world.lock:
        for keys in world.keys.values():
            if keys.token is not None and account in (None, keys.account):
                keys.expiry = time.time() - 1


@verb
def role(world, arn, externalId=None):
    """A role that may be assumed; with any known, no other may be."""
    with world.lock:
        world.roles[arn] = {"externalId": externalId}


@verb
def archive(world, account, region, repository, reference, archived=True):
    with world.lock:
        ecr_images.archive(world.place(account, region).repositories[repository].find(reference), archived)


@verb
def requests(world):
    """Everything that was asked since the last reset, and how it was answered."""
    with world.lock:
        return list(world.log)


@verb
def counts(world):
    """How often each kind of request came since the last reset."""
    with world.lock:
        return dict(collections.Counter(
            f"{one['service']}:{one['action']}" if one["plane"] == "api" else one["kind"] for one in world.log))


@verb
def reset(world):
    """Forgets what was asked; what stands in the table stays."""
    with world.lock:
        world.log.clear()


@verb
def violations(world):
    with world.lock:
        return list(world.violations)


@verb
def contents(world, account, region):
    """Repository to tag to digest."""
    with world.lock:
        return {name: dict(repository.digest_of) for name, repository in world.place(account, region).repositories.items()}
