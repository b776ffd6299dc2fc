"""Which tokens of the identity provider are believed."""
import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any, Container, Dict, List, Optional

from authlib.common.errors import AuthlibBaseError
from authlib.jose import JsonWebToken

from airflow_appliance.jwks import Jwks, UnknownKey

# Fixed here, never taken from the provider's metadata: that lists HS256, which a public key could forge.
ALGORITHMS = ["RS256"]
# Seconds that clocks may differ: a minute, and the way of an answer.
LEEWAY = 75
MAX_TOKEN = 64 * 1024
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class TokenRefused(Exception):
    """The token must not be believed."""


@dataclass(frozen=True)
class Verifier:
    """Checks tokens that one issuer made for one client."""

    issuer: str
    client: str
    jwks: Jwks

    def id_token(self, raw: Any, nonce: str, access_token: Any = None) -> Dict[str, Any]:
        """Claims of the ID token that answers the request with this nonce."""
        claims = self._signed(raw)
        self._check_parties(claims, "ID")
        _check_times(claims)
        if claims.get("azp") != self.client:
            raise TokenRefused(f"azp: is {_shown(claims.get('azp'))}, must be {self.client!r}")
        _text(claims, "sub")
        if not hmac.compare_digest(_text(claims, "nonce").encode(), nonce.encode()):
            raise TokenRefused("nonce: belongs to another sign-in")
        if "at_hash" in claims:
            _check_at_hash(_text(claims, "at_hash"), access_token)
        return claims

    def logout_token(self, raw: Any) -> Dict[str, Any]:
        """Claims of a back-channel logout token; it has sub, sid or both."""
        claims = self._signed(raw)
        self._check_parties(claims, "Logout")
        _check_times(claims)
        if claims.get("azp", self.client) != self.client:
            raise TokenRefused(f"azp: is {_shown(claims['azp'])}, must be {self.client!r}")
        events = claims.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
            raise TokenRefused("events: names no logout")
        if "nonce" in claims:
            raise TokenRefused("nonce: must not stand in a logout token")
        named = [_text(claims, name) for name in ("sub", "sid") if name in claims]
        if not named:
            raise TokenRefused("sub, sid: one of them must name whom to sign out")
        return claims

    def machine_token(self, raw: Any, machines: Container[str]) -> Dict[str, Any]:
        """Claims of an access token that one of these clients got for itself (client credentials)."""
        claims = self._signed(raw)
        self._check_parties(claims, "Bearer")
        _check_times(claims)
        machine = _text(claims, "azp")
        if machine not in machines:
            raise TokenRefused(f"azp: {_shown(machine)} is no client that cluster.yaml lists under oidc.machines")
        _text(claims, "sub")
        # A person's token that the same client asked for names the person and the session of the provider.
        if claims.get("client_id") != machine:
            raise TokenRefused(f"client_id: is {_shown(claims.get('client_id'))}, must be {machine!r} as azp is")
        for name in ("sid", "session_state", "nonce"):
            if name in claims:
                raise TokenRefused(f"{name}: belongs to a person's token, not to a machine's")
        return claims

    def _signed(self, raw: Any) -> Dict[str, Any]:
        if not isinstance(raw, str) or not raw.isascii() or len(raw) > MAX_TOKEN or raw.count(".") != 2:
            raise TokenRefused("not a signed token")
        try:
            return dict(JsonWebToken(ALGORITHMS).decode(raw, key=self._key))
        except UnknownKey as problem:
            raise TokenRefused(str(problem)) from problem
        except (AuthlibBaseError, ValueError, TypeError, KeyError, RecursionError) as problem:
            raise TokenRefused(f"signature: {type(problem).__name__}") from problem

    def _key(self, header: Dict[str, Any], _payload: Any) -> Any:
        if "crit" in header:
            raise TokenRefused("crit: asks for what is not understood here")
        if not isinstance(header.get("kid"), str):
            raise TokenRefused("kid: is missing")
        return self.jwks.find(header["kid"])

    def _check_parties(self, claims: Dict[str, Any], typ: str) -> None:
        if claims.get("typ") != typ:
            raise TokenRefused(f"typ: is {_shown(claims.get('typ'))}, must be {typ!r}")
        if claims.get("iss") != self.issuer:
            raise TokenRefused(f"iss: is {_shown(claims.get('iss'))}, must be {self.issuer!r}")
        audience = claims.get("aud")
        if self.client not in (audience if isinstance(audience, list) else [audience]):
            raise TokenRefused(f"aud: is {_shown(audience)}, must hold {self.client!r}")


def client_roles(claims: Dict[str, Any], client: str) -> List[str]:
    """The user's roles of this client; none at all when the claim has any other shape."""
    found: Any = claims
    for step in ("resource_access", client, "roles"):
        found = found.get(step) if isinstance(found, dict) else None
    if isinstance(found, list) and all(isinstance(role, str) for role in found):
        return list(found)
    return []


def _check_times(claims: Dict[str, Any]) -> None:
    now = time.time()
    for name in ("exp", "iat", *(["nbf"] if "nbf" in claims else [])):
        # bool is an int for isinstance, NaN and Infinity are floats: none of them is a time
        if type(claims.get(name)) is not int or not 0 <= claims[name] < 2**53:
            raise TokenRefused(f"{name}: is {_shown(claims.get(name))}, must be an integer")
    if claims["exp"] <= now - LEEWAY:
        raise TokenRefused(f"exp: expired {now - claims['exp']:.0f} s ago")
    for name in ("iat", "nbf"):
        if name in claims and claims[name] > now + LEEWAY:
            raise TokenRefused(f"{name}: is {claims[name] - now:.0f} s in the future; compare the clocks")


def _check_at_hash(at_hash: str, access_token: Optional[Any]) -> None:
    if not isinstance(access_token, str):
        raise TokenRefused("at_hash: there is no access token")
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    wanted = base64.urlsafe_b64encode(half).rstrip(b"=")
    if not hmac.compare_digest(at_hash.encode(), wanted):
        raise TokenRefused("at_hash: belongs to another access token")


def _text(claims: Dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value or len(value) > 255 or not value.isprintable():
        raise TokenRefused(f"{name}: is {_shown(value)}, must be a text")
    return value


def _shown(value: Any) -> str:
    # A number of thousands of digits takes long to write.
    return "a huge number" if type(value) is int and value.bit_length() > 64 else repr(value)[:120]
