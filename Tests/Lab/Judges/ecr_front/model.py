"""Requests and answers held against botocore's service models, which are AWS's own."""
import base64
import binascii
import datetime
import re

import botocore.session

_session = botocore.session.get_session()
_models = {}


def service(name):
    if name not in _models:
        _models[name] = _session.get_service_model(name)
    return _models[name]


class Fault(Exception):
    """What is wrong with a value, as AWS would name the error."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
        self.message = message


# What any service may answer besides what its operations name.
COMMON = {
    "ThrottlingException", "AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException",
    "InvalidSignatureException", "SignatureDoesNotMatch", "SerializationException", "UnknownOperationException",
    "MissingAuthenticationTokenException", "ServerException", "InvalidParameterException", "ValidationError",
    "AccessDenied", "InvalidClientTokenId", "ExpiredToken", "InvalidAction", "IncompleteSignature", "ValidationException",
}


def _constraint(path, text):
    return Fault("InvalidParameterException", f"Invalid parameter at '{path}' failed to satisfy constraint: '{text}'")


def _typed(path, wanted):
    return Fault("SerializationException", f"{path or 'the request'} is no {wanted}")


class Checker:
    """Checks values of one direction; a checker of a shape is built once."""

    def __init__(self, limits):
        self.limits = limits
        self.known = {}

    def check(self, shape, value, path=""):
        key = id(shape)
        if key not in self.known:
            # The shape is kept, so that its identity can't be given away.
            self.known[key] = (shape, getattr(self, "_" + shape.type_name)(shape))
        self.known[key][1](value, path)

    def _structure(self, shape):
        members, required = shape.members, shape.required_members

        def check(value, path):
            if not isinstance(value, dict):
                raise _typed(path, "structure")
            for name in required:
                if value.get(name) is None:
                    raise _constraint(f"{path}.{name}" if path else name, "Member must not be null")
            for name, part in value.items():
                if name not in members:
                    raise Fault("SerializationException", f"'{name}' is no member of {shape.name}")
                self.check(members[name], part, f"{path}.{name}" if path else name)
        return check

    def _list(self, shape):
        low, high = shape.metadata.get("min"), shape.metadata.get("max")

        def check(value, path):
            if not isinstance(value, list):
                raise _typed(path, "list")
            if self.limits and low is not None and len(value) < low:
                raise _constraint(path, f"Member must have length greater than or equal to {low}")
            if self.limits and high is not None and len(value) > high:
                raise _constraint(path, f"Member must have length less than or equal to {high}")
            for part in value:
                self.check(shape.member, part, path)
        return check

    def _map(self, shape):
        def check(value, path):
            if not isinstance(value, dict):
                raise _typed(path, "map")
            for key, part in value.items():
                self.check(shape.key, key, path)
                self.check(shape.value, part, path)
        return check

    def _string(self, shape):
        facts = shape.metadata
        low, high, names = facts.get("min"), facts.get("max"), facts.get("enum")
        # ECR's patterns mean the whole text.
        pattern = re.compile(facts["pattern"]) if facts.get("pattern") else None

        def check(value, path):
            if not isinstance(value, str):
                raise _typed(path, "string")
            if names and value not in names:
                raise _constraint(path, f"Member must satisfy enum value set: {names}")
            if not self.limits:
                return
            if low is not None and len(value) < low:
                raise _constraint(path, f"Member must have length greater than or equal to {low}")
            if high is not None and len(value) > high:
                raise _constraint(path, f"Member must have length less than or equal to {high}")
            if pattern and not pattern.fullmatch(value):
                raise _constraint(path, f"Member must satisfy regular expression pattern: {pattern.pattern}")
        return check

    def _integer(self, shape):
        low, high = shape.metadata.get("min"), shape.metadata.get("max")

        def check(value, path):
            if not isinstance(value, int) or isinstance(value, bool):
                raise _typed(path, "integer")
            if self.limits and low is not None and value < low:
                raise _constraint(path, f"Member must have value greater than or equal to {low}")
            if self.limits and high is not None and value > high:
                raise _constraint(path, f"Member must have value less than or equal to {high}")
        return check

    _long = _integer

    def _float(self, _):
        def check(value, path):
            if not isinstance(value, (int, float)) or isinstance(value, bool):
                raise _typed(path, "number")
        return check

    _double = _timestamp = _float

    def _boolean(self, _):
        def check(value, path):
            if not isinstance(value, bool):
                raise _typed(path, "boolean")
        return check

    def _blob(self, _):
        def check(value, path):
            try:
                base64.b64decode(value, validate=True)
            except (TypeError, binascii.Error):
                raise _typed(path, "blob") from None
        return check


requests = Checker(limits=True)
# ListImages answers up to a thousand entries of a list that its own shape bounds at a hundred: limits are for requests.
answers = Checker(limits=False)


def form(shape, pairs):
    """The members that a form of AWS's Query protocol tells, by name; what no member has is refused."""
    left = dict(pairs)
    value = _structure(shape, "", left)
    if left:
        raise Fault("SerializationException", f"{sorted(left)} are no members of {shape.name}")
    return value


def _structure(shape, prefix, left):
    value = {}
    for name, member in shape.members.items():
        found = _member(member, prefix + name, left)
        if found is not None:
            value[name] = found
    return value


def _member(shape, name, left):
    if shape.type_name == "structure":
        return _structure(shape, name + ".", left) if any(key.startswith(name + ".") for key in left) else None
    if shape.type_name == "list":
        found = []
        while any(key == f"{name}.member.{len(found) + 1}" or key.startswith(f"{name}.member.{len(found) + 1}.") for key in left):
            found.append(_member(shape.member, f"{name}.member.{len(found) + 1}", left))
        return found or None
    if shape.type_name == "map":
        found = {}
        while f"{name}.entry.{len(found) + 1}.{key_name(shape)}" in left:
            entry = f"{name}.entry.{len(found) + 1}."
            found[left.pop(entry + key_name(shape))] = _member(shape.value, entry + value_name(shape), left)
        return found or None
    text = left.pop(name, None)
    if text is None:
        return None
    if shape.type_name in ("integer", "long"):
        if not re.fullmatch("-?[0-9]+", text):
            raise _typed(name, "integer")
        return int(text)
    return text == "true" if shape.type_name == "boolean" else text


def key_name(shape):
    return shape.key.serialization.get("name", "key")


def value_name(shape):
    return shape.value.serialization.get("name", "value")


def xml(shape, value, name):
    """A value as an element of AWS's Query protocol."""
    if shape.type_name == "structure":
        inner = "".join(xml(shape.members[key], part, key) for key, part in value.items())
    elif shape.type_name == "list":
        inner = "".join(xml(shape.member, part, "member") for part in value)
    elif shape.type_name == "timestamp":
        inner = datetime.datetime.fromtimestamp(int(value), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    else:
        inner = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{name}>{inner}</{name}>"
