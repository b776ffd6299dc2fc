"""The pages of sign-in and sign-out."""
import logging
import secrets
from typing import Any, Optional
from urllib.parse import urlencode, urlsplit

from flask import g, make_response, redirect, request, session
from flask_appbuilder import expose
from flask_appbuilder.security.views import AuthOAuthView
from flask_login import login_user

from airflow.configuration import conf
from airflow_appliance import sessions
from airflow_appliance.fetch import Rejected, Unreachable
from airflow_appliance.oidc import PROVIDER, Provider, SecretMissing
from airflow_appliance.tokens import TokenRefused

log = logging.getLogger(__name__)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign-in</title></head>
<body><h1>{title}</h1><p>{text}</p><p>Reference: <code>{reference}</code></p>
<p><a href="{again}">Try again</a></p></body></html>
"""


class SignInView(AuthOAuthView):
    """Sends browsers to the identity provider, takes them back, and signs them out again."""

    @expose("/login/")
    @expose("/login/<provider>")
    def login(self, provider: str = PROVIDER) -> Any:
        if provider != PROVIDER:
            return _refusal(404, "There is no such sign-in.", f"unknown provider {provider[:80]!r}")
        target = safe_target(request.args.get("next"))
        if g.user is not None and g.user.is_authenticated:
            return self._signed_in_already(target)
        # The answer comes back to base_url; a session that began under another host name would not be sent there.
        if request.host != urlsplit(_base()).netloc and "moved" not in request.args:
            return redirect(f"{_base()}/login/?" + urlencode({"next": target or "", "moved": "1"}))
        session.permanent = True
        return redirect(self._provider().begin(session, f"{_base()}/oauth-authorized/{PROVIDER}", target))

    @expose("/oauth-authorized/<provider>")
    def oauth_authorized(self, provider: str) -> Any:
        if provider != PROVIDER:
            return _refusal(404, "There is no such sign-in.", f"unknown provider {provider[:80]!r}")
        try:
            done = self._provider().finish(session, request.args)
        except Unreachable as problem:
            return _refusal(503, "The identity provider cannot be reached. Try again in a minute.", problem)
        except SecretMissing as problem:
            return _refusal(503, "This webserver is not set up for sign-in.", problem)
        except (TokenRefused, Rejected) as problem:
            return _refusal(401, "The answer of the identity provider was not accepted.", problem)
        manager = self.appbuilder.sm
        user = manager.auth_user_oauth(manager.get_oauth_user_info(PROVIDER, done.claims))
        if user is None:
            return _refusal(403, "This account may not use Airflow.", f"refused account, sub {done.claims['sub']!r}")
        sessions.begin(done.claims, done.id_token)
        login_user(user)
        return _uncached(redirect(done.target or _home()))

    @expose("/logout/")
    def logout(self) -> Any:
        return _uncached(redirect(self._provider().sign_out_url(sessions.end(), _home())))

    @expose("/oidc/backchannel-logout", methods=["POST"])
    def backchannel_logout(self) -> Any:
        """The provider itself calls this when it ended a user's session."""
        session.clear()
        try:
            claims = self._provider().verifier.logout_token(request.form.get("logout_token"))
        except TokenRefused as problem:
            return _refusal(400, "The logout token was not accepted.", problem)
        except Unreachable as problem:
            return _refusal(503, "The identity provider cannot be reached.", problem)
        sessions.end_all(claims.get("sub"), claims.get("sid"), claims["iat"])
        log.info("the identity provider ended the sessions of sub %s", claims.get("sub"))
        return _uncached(make_response("", 200))

    def _signed_in_already(self, target: Optional[str]) -> Any:
        """A signed-in user comes here when a page is not for them; the home page would send them here again."""
        if target and urlsplit(target).path.rstrip("/") in ("", "/home"):
            return _refusal(403, "Your roles do not allow this page.", f"no right to {target!r} for {g.user}")
        return redirect(_home())

    def _provider(self) -> Provider:
        return self.appbuilder.sm.oauth_remotes[PROVIDER]


def safe_target(url: Optional[str]) -> Optional[str]:
    """The path of a page of this webserver, or None for whatever else a link may name."""
    if not url or len(url) > 2000 or "\\" in url or any(ord(c) < 33 or ord(c) == 127 for c in url):
        return None
    try:
        parts = urlsplit(url)
        base = urlsplit(_base())
    except ValueError:
        return None
    if (parts.scheme or parts.netloc) and (parts.scheme, parts.netloc) != (base.scheme, base.netloc):
        return None
    # A path of two slashes would name another host once scheme and host are gone.
    if url.startswith("//") or not parts.path.startswith("/") or parts.path.startswith("//"):
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _refusal(status: int, text: str, reason: Any) -> Any:
    """A page without details; they are in the log under the reference that the page shows."""
    reference = secrets.token_hex(4)
    log.warning("sign-in reference %s: %s", reference, reason)
    page = _PAGE.format(title="Sign-in was not possible", text=text, reference=reference, again=f"{_base()}/login/")
    answer = _uncached(make_response(page, status))
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return answer


def _uncached(answer: Any) -> Any:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _base() -> str:
    return conf.get("webserver", "base_url").rstrip("/")


def _home() -> str:
    return _base() + "/home"
