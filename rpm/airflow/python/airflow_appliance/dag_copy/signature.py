"""Signature version 4 of a request without a body."""
import hashlib
import hmac
import time
from typing import Dict, Mapping, Optional
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
NO_BODY = hashlib.sha256(b"").hexdigest()


class Keys:
    """An access key, with a token when it is a temporary one; in no text form of it is the secret."""

    __slots__ = ("id", "secret", "token")

    def __init__(self, id: str, secret: str, token: Optional[str] = None):
        self.id, self.secret, self.token = id, secret, token


def query(parameters: Mapping[str, str]) -> str:
    """As it is sent and signed: sorted, and a space is %20."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(parameters.items()))


def headers(keys: Keys, region: str, host: str, path: str, query: str, now: float) -> Dict[str, str]:
    """The headers of a GET; path and query as they are sent, `now` in seconds since 1970."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    signed = {"host": host, "x-amz-content-sha256": NO_BODY, "x-amz-date": moment}
    if keys.token:
        signed["x-amz-security-token"] = keys.token
    names = ";".join(signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    request = "\n".join(["GET", path, query, lines, names, NO_BODY])
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    text = "\n".join([ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{keys.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    proof = hmac.digest(key, text.encode(), "sha256").hex()
    return {
        **signed,
        "Authorization": f"{ALGORITHM} Credential={keys.id}/{scope}, SignedHeaders={names}, Signature={proof}",
    }
