"""Signatures, computed again with botocore."""
import calendar
import hmac
import re
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

FORM = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/([0-9]{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request,\s*"
    r"SignedHeaders=([a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})")


class Refused(Exception):
    """Why a signature is not taken: the name of the kind, and AWS's words."""


class Signature:
    """What a request says that it was signed with."""

    def __init__(self, text):
        found = FORM.fullmatch(text or "")
        if not found:
            raise Refused("MissingAuthenticationToken", "Request is missing Authentication Token")
        self.key, self.day, self.region, self.service, signed, self.value = found.groups()
        self.signed = signed.split(";")

    def verify(self, method, target, fields, body, keys):
        """Refuses a signature that these keys did not make for this request."""
        date = fields.get("X-Amz-Date") or ""
        if not re.fullmatch("[0-9]{8}T[0-9]{6}Z", date) or date[:8] != self.day:
            raise Refused("IncompleteSignature", "Date must be in ISO-8601 'basic format' and of the scope's day")
        if not {"host", "x-amz-date"} <= set(self.signed):
            raise Refused("IncompleteSignature", "host and x-amz-date must be signed")
        if keys.token is not None and "x-amz-security-token" not in self.signed:
            raise Refused("IncompleteSignature", "x-amz-security-token must be signed")
        age = time.time() - calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))
        if abs(age) > 900:
            when = "expired" if age > 0 else "not yet current"
            now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
            raise Refused("Skew", f"Signature {when}: {date} is now not within 15 minutes of {now}")
        request = AWSRequest(method=method, url=f"http://{fields['Host']}{target}", data=body)
        for name in self.signed:
            for value in fields.get_all(name) or []:
                request.headers.add_header(name, value)
        request.context["timestamp"] = date
        signer = SigV4Auth(Credentials(keys.id, keys.secret), self.service, self.region)
        # botocore would leave some names unsigned; who signs them anyway, signs them.
        signer.headers_to_sign = lambda request: request.headers
        wanted = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        if not hmac.compare_digest(wanted, self.value):
            raise Refused("Mismatch", "The request signature we calculated does not match the signature you provided. "
                          "Check your AWS Secret Access Key and signing method. Consult the service documentation for "
                          "details.")
