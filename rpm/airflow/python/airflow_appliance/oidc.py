"""Sign-in with the identity provider: the requests that a webserver sends and the answers it takes."""
import base64
import hashlib
import os
import secrets
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Dict, Mapping, Optional
from urllib.parse import urlencode

from flask_appbuilder.security.manager import AUTH_OAUTH
from werkzeug.datastructures import MultiDict

from airflow_appliance.fetch import fetch_json
from airflow_appliance.jwks import Jwks
from airflow_appliance.settings import Settings
from airflow_appliance.tokens import TokenRefused, Verifier

PROVIDER = "keycloak"
PENDING = "oidc_pending"
PENDING_SECONDS = 15 * 60
MAX_PENDING = 5
SECRET_KEY = "OIDC_CLIENT_SECRET"
_ENDPOINTS = "/protocol/openid-connect/"


class SecretMissing(Exception):
    """The client secret that the provider gave this cluster is not in the environment."""


@dataclass(frozen=True)
class SignIn:
    """A finished sign-in: who it is, the raw ID token, and where the user wanted to go."""

    claims: Dict[str, Any]
    id_token: str
    target: Optional[str]


class Provider:
    """The identity provider as one client sees it; Flask-AppBuilder makes it from `remote_app`."""

    OAUTH_APP_CONFIG = None  # Authlib, which keeps the providers, asks for it

    def __init__(self, _framework: Any, _name: str, settings: Settings, client_secret: Optional[str], **_ignored: Any):
        self.client = settings.oidc.client
        self.issuer = settings.oidc.issuer
        self._server = settings.oidc.server_url.rstrip("/") + _ENDPOINTS
        self._browser = settings.oidc.issuer.rstrip("/") + _ENDPOINTS
        self._secret = client_secret
        self._verify = settings.ca or True
        self.machines = settings.oidc.machines
        self.basic_auth = settings.oidc.basic_auth
        self.verifier = Verifier(
            self.issuer, self.client, Jwks(self._keys)
        )

    def _keys(self) -> Dict[str, Any]:
        return fetch_json(self._server + "certs", self._verify)

    def begin(self, session: Any, redirect_uri: str, target: Optional[str]) -> str:
        """Where to send the browser; what its answer must match is kept in the session."""
        state, nonce, code_verifier = (secrets.token_urlsafe(32) for _ in range(3))
        pending = _alive(session.get(PENDING))
        pending[state] = {
            "nonce": nonce,
            "code_verifier": code_verifier,
            "redirect_uri": redirect_uri,
            "target": target,
            "at": time.time(),
        }
        session[PENDING] = dict(list(pending.items())[-MAX_PENDING:])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
        return self._browser + "auth?" + urlencode(
            {
                "response_type": "code",
                "client_id": self.client,
                "redirect_uri": redirect_uri,
                "scope": "openid profile email",
                "state": state,
                "nonce": nonce,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            }
        )

    def finish(self, session: Any, answer: MultiDict) -> SignIn:
        """Check the browser's answer, fetch the tokens and verify them; TokenRefused, Rejected or Unreachable."""
        repeated = sorted(name for name, values in answer.lists() if len(values) > 1)
        if repeated:
            raise TokenRefused(f"{', '.join(repeated)[:80]}: stands more than once in the answer")
        pending = _alive(session.get(PENDING))
        asked = pending.pop(answer.get("state", ""), None)
        session[PENDING] = pending
        if asked is None:
            raise TokenRefused("state: is none that this browser was given")
        if answer.get("iss", self.issuer) != self.issuer:
            raise TokenRefused(f"iss: the answer is of {answer['iss'][:120]!r}, not of {self.issuer!r}")
        if "error" in answer:
            raise TokenRefused(f"the provider answered {answer['error'][:80]!r}")
        if not answer.get("code"):
            raise TokenRefused("code: is missing")
        tokens = fetch_json(
            self._server + "token",
            self._verify,
            {
                "grant_type": "authorization_code",
                "code": answer["code"],
                "redirect_uri": asked["redirect_uri"],
                "code_verifier": asked["code_verifier"],
                "client_id": self.client,
                "client_secret": required_secret(self._secret),
            },
        )
        id_token = tokens.get("id_token")
        if not isinstance(id_token, str):
            raise TokenRefused("id_token: is missing")
        claims = self.verifier.id_token(id_token, asked["nonce"], tokens.get("access_token"))
        return SignIn(claims, id_token, asked["target"])

    def sign_out_url(self, id_token: Optional[str], home: str) -> str:
        """Where the provider ends its own session and sends the browser back from."""
        query = {"client_id": self.client, "post_logout_redirect_uri": home}
        if id_token:
            query["id_token_hint"] = id_token
        return self._browser + "logout?" + urlencode(query)


def flask_settings(settings: Settings, environment: Mapping[str, str] = os.environ) -> Dict[str, Any]:
    """The webserver's Flask-AppBuilder configuration for this cluster."""
    from airflow_appliance.security import SecurityManager

    secret = environment.get(SECRET_KEY) or None
    if not _is_command_line(sys.argv):
        required_secret(secret)
    return {
        "AUTH_TYPE": AUTH_OAUTH,
        "SECURITY_MANAGER_CLASS": SecurityManager,
        # Everybody whom the realm knows may sign in, and gets the role Public, which has no rights.
        "AUTH_USER_REGISTRATION": True,
        "AUTH_USER_REGISTRATION_ROLE": "Public",
        "AUTH_ROLES_SYNC_AT_LOGIN": True,
        "AUTH_ROLES_MAPPING": {theirs: [ours] for theirs, ours in _roles(settings).items()},
        "OAUTH_PROVIDERS": [
            {
                "name": PROVIDER,
                "icon": "fa-key",
                "token_key": "access_token",
                "remote_app": {"client_cls": Provider, "settings": settings, "client_secret": secret},
            }
        ],
        "OIDC_SESSION_SECONDS": settings.oidc.session_seconds,
        # A row is kept while its session may go on, and while a sign-in that has begun may end.
        "PERMANENT_SESSION_LIFETIME": timedelta(seconds=max(settings.oidc.session_seconds, PENDING_SECONDS)),
        "WTF_CSRF_ENABLED": True,
        # Of a request's body, which is read before anybody has proved who they are.
        "MAX_CONTENT_LENGTH": 16 * 1024 * 1024,
        "APP_THEME": "simplex.css",
    }


def _roles(settings: Settings) -> Dict[str, str]:
    """The provider's roles to Airflow's; cluster.yaml lets no two places have the same one."""
    found = dict(settings.oidc.roles)
    for tenant in settings.tenants:
        found.update(tenant.roles)
    return found


def required_secret(secret: Optional[str]) -> str:
    if not secret:
        raise SecretMissing(
            f"{SECRET_KEY}: is not in the environment, so nobody could sign in; put the secret of the provider's "
            "client into secrets.env"
        )
    return secret


def _is_command_line(argv: list) -> bool:
    """Commands such as `airflow sync-perm` make the same Flask app, but sign nobody in."""
    program = os.path.basename(argv[0]) if argv else ""
    if program == "__main__.py":
        program = os.path.basename(os.path.dirname(argv[0]))
    return program == "airflow" and argv[1:2] != ["webserver"]


def _alive(pending: Any) -> Dict[str, Dict[str, Any]]:
    found = pending if isinstance(pending, dict) else {}
    return {state: asked for state, asked in found.items() if time.time() - asked["at"] < PENDING_SECONDS}
