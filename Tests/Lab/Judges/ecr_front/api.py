"""The API port: ECR, ECR Public and STS are answered here, everything else goes on to moto."""
import http.client
import json
import secrets
import time
import urllib.parse
import xml.sax.saxutils

import botocore.exceptions
import botocore.model

import ecr
import ecr_images
import ecr_public
import model
import sts
from sign import Refused, Signature
from web import Answer, Handler

TARGETS = {
    "AmazonEC2ContainerRegistry_V20150921": "ecr", "SpencerFrontendService": "ecr-public", "AmazonSSM": "ssm",
    "secretsmanager": "secretsmanager", "DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs",
}
# Where botocore's name of a service is not the one that is signed for.
MODELS = {"states": "stepfunctions"}
# ecr_images has registered its actions with ecr's.
assert ecr_images
OURS = {"ecr": ecr.ACTIONS, "ecr-public": ecr_public.ACTIONS, "sts": sts.ACTIONS}
# The names that the JSON protocols and the Query protocol have for the same refusals, and their statuses.
REFUSALS = {
    "MissingAuthenticationToken": (("MissingAuthenticationTokenException", 400), ("MissingAuthenticationToken", 403)),
    "IncompleteSignature": (("IncompleteSignature", 400), ("IncompleteSignature", 400)),
    "Skew": (("InvalidSignatureException", 400), ("SignatureDoesNotMatch", 403)),
    "Mismatch": (("InvalidSignatureException", 400), ("SignatureDoesNotMatch", 403)),
    "UnknownKey": (("UnrecognizedClientException", 400), ("InvalidClientTokenId", 403)),
    "Expired": (("ExpiredTokenException", 400), ("ExpiredToken", 403)),
    "Denied": (("AccessDeniedException", 400), ("AccessDenied", 403)),
    "Throttled": (("ThrottlingException", 400), ("Throttling", 400)),
}


class Call:
    """One call of an API: who asks, where, and what for."""

    def __init__(self, world, keys, place, action, members):
        self.world = world
        self.keys = keys
        self.place = place
        self.action = action
        self.members = members

    def get(self, name, default=None):
        return self.members.get(name, default)

    def deny(self, action, resource, kind="identity"):
        raise model.Fault("AccessDeniedException", self.world.not_authorized(self.keys.arn, action, resource, kind))


class APIHandler(Handler):
    world = None
    moto = None

    def respond(self):
        self.facts = {"plane": "api", "service": "", "action": "", "account": "", "region": ""}
        body = self.body.all(16 << 20)
        if body is None:
            self.close_connection = True
            return Answer(413)
        try:
            answer = self.decide(body)
        except Answer as thrown:
            answer = thrown
        except Exception as error:  # whatever the front itself did wrong
            self.world.violate(f"the front failed: {error!r}", **self.facts)
            answer = self.refusal("ServerException", f"{error!r}", 500)
        answer.fields.append(("x-amzn-RequestId", secrets.token_hex(16)))
        self.world.record(**self.facts, status=answer.status, key=getattr(self, "key", ""))
        return answer

    def decide(self, body):
        self.is_query = "X-Amz-Target" not in self.headers
        prefix, _, action = (self.headers.get("X-Amz-Target") or "").rpartition(".")
        self.pairs = urllib.parse.parse_qsl(body.decode("utf-8", "replace"), True) if self.is_query else []
        self.facts["action"] = action or dict(self.pairs).get("Action", "")
        self.facts["service"] = TARGETS.get(prefix, "")
        keys, signature = self.caller(body)
        self.facts.update(service=signature.service, account=keys.account, region=signature.region)
        named = f"{signature.service}:{self.facts['action']}"
        if self.world.is_throttled(named):
            self.refuse("Throttled", "Rate exceeded")
        if named in self.world.denied[keys.account]:
            self.refuse("Denied", self.world.not_authorized(keys.arn, named, self.resource(signature, keys, body)))
        if not self.is_query and TARGETS.get(prefix) != signature.service:
            self.world.violate("the target is not that of the scope's service", target=prefix, **self.facts)
            raise self.refusal("UnknownOperationException", "", 400)
        operation, members = self.checked(signature, body)
        if signature.service not in OURS:
            return self.forward(body)
        return self.answer(keys, signature, operation, members)

    def caller(self, body):
        """The keys of a request whose signature is right."""
        try:
            signature = Signature(self.headers.get("Authorization"))
            self.key = signature.key
            keys = self.world.keys.get(signature.key)
            if keys is None or keys.token != self.headers.get("X-Amz-Security-Token"):
                self.refuse("UnknownKey", "The security token included in the request is invalid.")
            signature.verify(self.command, self.path, self.headers, body, keys)
            if keys.expiry is not None and keys.expiry <= time.time():
                self.refuse("Expired", "The security token included in the request is expired")
            return keys, signature
        except Refused as refused:
            self.refuse(*refused.args)

    def refuse(self, kind, message):
        (json_name, json_status), (query_name, query_status) = REFUSALS[kind]
        if self.is_query:
            raise self.refusal(query_name, message, query_status)
        raise self.refusal(json_name, message, json_status)

    def refusal(self, name, message, status):
        self.facts["error"] = name
        if self.is_query:
            text = xml.sax.saxutils.escape(message)
            return Answer(status, f"<ErrorResponse><Error><Type>Sender</Type><Code>{name}</Code><Message>{text}</Message>"
                          f"</Error><RequestId>{secrets.token_hex(16)}</RequestId></ErrorResponse>", "text/xml")
        return Answer(status, json.dumps({"__type": name, "message": message}), "application/x-amz-json-1.1")

    def resource(self, signature, keys, body):
        """What a refusal names: a repository where the request names one."""
        if signature.service != "ecr":
            return "*"
        try:
            name = json.loads(body).get("repositoryName")
        except (ValueError, AttributeError):
            name = None
        place = self.world.place(keys.account, signature.region)
        return f"arn:{place.partition}:ecr:{place.region}:{place.account}:repository/{name}" if name else "*"

    def checked(self, signature, body):
        """The operation that is asked for, and its members, which botocore's model of the service takes."""
        action = self.facts["action"]
        try:
            models = model.service(MODELS.get(signature.service, signature.service))
            operation = models.operation_model(action)
        except (botocore.exceptions.UnknownServiceError, botocore.model.OperationNotFoundError):
            operation = None
        if operation is None or action not in OURS.get(signature.service, [action]):
            self.world.violate("an action that nobody plays", **self.facts)
            raise self.refusal("InvalidAction" if self.is_query else "UnknownOperationException", action, 400)
        try:
            members = self.members(models, operation, body)
            if operation.input_shape is not None:
                model.requests.check(operation.input_shape, members)
            return operation, members
        except model.Fault as fault:
            # AWS lets some of that pass in silence; a test must not.
            self.world.violate(f"{fault.code}: {fault.message}", **self.facts)
            raise self.refusal(fault.code, fault.message, 400) from None

    def answer(self, keys, signature, operation, members):
        action = self.facts["action"]
        place = self.world.place(keys.account, signature.region)
        if place.knob("apiDelay"):
            time.sleep(place.knob("apiDelay"))
        call = Call(self.world, keys, place, action, members)
        try:
            with self.world.lock:
                value = OURS[signature.service][action](call)
        except model.Fault as fault:
            if fault.code not in model.COMMON | {shape.name for shape in operation.error_shapes}:
                self.world.violate(f"{fault.code} is no error of {action}'s", **self.facts)
            raise self.refusal(fault.code, fault.message, 403 if self.is_query else 400) from None
        try:
            model.answers.check(operation.output_shape, value)
        except model.Fault as fault:
            self.world.violate(f"the front's own answer: {fault.message}", **self.facts)
            raise self.refusal("ServerException", fault.message, 500) from None
        return self.success(operation, action, value)

    def members(self, models, operation, body):
        kind = (self.headers.get("Content-Type") or "").partition(";")[0]
        if self.command != "POST" or self.path != "/":
            raise model.Fault("SerializationException", f"{self.command} {self.path} is no call")
        if self.is_query:
            if kind != "application/x-www-form-urlencoded":
                raise model.Fault("SerializationException", f"{kind} is no type of a form")
            pairs = dict(self.pairs)
            if len(pairs) != len(self.pairs) or pairs.pop("Version", "") != models.api_version:
                raise model.Fault("SerializationException", "a wrong Version, or a name twice")
            pairs.pop("Action", None)
            return model.form(operation.input_shape, pairs) if operation.input_shape is not None else {}
        if kind != f"application/x-amz-json-{models.metadata['jsonVersion']}":
            raise model.Fault("SerializationException", f"{kind} is no type of this API's")
        try:
            return json.loads(body)
        except ValueError:
            raise model.Fault("SerializationException", "the body is no JSON") from None

    def success(self, operation, action, value):
        if not self.is_query:
            return Answer(200, json.dumps(value), "application/x-amz-json-1.1")
        inner = model.xml(operation.output_shape, value, f"{action}Result")
        return Answer(200, f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{inner}<ResponseMetadata>'
                      f"<RequestId>{secrets.token_hex(16)}</RequestId></ResponseMetadata></{action}Response>", "text/xml")

    def forward(self, body):
        """Passes a request on as it is."""
        if self.moto is None:
            self.world.violate("there is no moto behind this front", **self.facts)
            raise self.refusal("UnknownOperationException", "there is no moto behind this front", 400)
        connection = http.client.HTTPConnection(self.moto, timeout=60)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "expect"):
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            fields = [(name, value) for name, value in answer.getheaders() if name.lower() not in (
                "content-length", "transfer-encoding", "connection", "date", "server", "content-type", "x-amzn-requestid")]
            return Answer(answer.status, answer.read(), answer.getheader("Content-Type"), fields)
        finally:
            connection.close()
