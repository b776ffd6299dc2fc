"""The pages of sign-in and sign-out."""
import logging
from typing import Any, Optional
from urllib.parse import urlencode, urlsplit

from flask import _request_ctx_stack, current_app, g, make_response, redirect, request, session
from flask_appbuilder import expose
from flask_appbuilder.security.views import AuthOAuthView
from flask_login import login_user

from airflow_appliance import sessions
from airflow_appliance.fetch import Rejected, Unreachable
from airflow_appliance.oidc import PROVIDER, Provider, SecretMissing
from airflow_appliance.pages import base, home, refusal, uncached
from airflow_appliance.people import AccountTrouble, account
from airflow_appliance.tokens import TokenRefused

log = logging.getLogger(__name__)

_NOT_DONE = "Sign-in was not possible"
AGAIN_SECONDS = 10


class SignInView(AuthOAuthView):
    """Sends browsers to the identity provider, takes them back, and signs them out again."""

    @expose("/login/")
    @expose("/login/<provider>")
    def login(self, provider: str = PROVIDER) -> Any:
        if provider != PROVIDER:
            return _unknown(provider)
        target = safe_target(request.args.get("next"))
        if g.user is not None and g.user.is_authenticated:
            return self._signed_in_already(target)
        # The answer comes back to base_url; a session that began under another host name would not be sent there.
        if request.host != urlsplit(base()).netloc and "moved" not in request.args:
            return redirect(f"{base()}/login/?" + urlencode({"next": target or "", "moved": "1"}))
        try:
            # A browser that is sent to a provider that is away shows an error that says nothing of Airflow.
            self._provider().verifier.jwks.check()
        except Unreachable as problem:
            return _away(problem, target)
        session.permanent = True
        return redirect(self._provider().begin(session, f"{base()}/oauth-authorized/{PROVIDER}", target))

    @expose("/oauth-authorized/<provider>")
    def oauth_authorized(self, provider: str) -> Any:
        if provider != PROVIDER:
            return _unknown(provider)
        try:
            done = self._provider().finish(session, request.args)
            manager = self.appbuilder.sm
            user = account(manager, manager.get_oauth_user_info(PROVIDER, done.claims))
        except Unreachable as problem:
            return _away(problem)
        except AccountTrouble as problem:
            return refusal(503, _NOT_DONE, "Your account could not be brought up to date. Try again.", problem)
        except SecretMissing as problem:
            return refusal(503, _NOT_DONE, "This webserver is not set up for sign-in.", problem)
        except (TokenRefused, Rejected) as problem:
            text = "The answer of the sign-in service was not accepted. Begin again from Airflow's own page."
            return refusal(401, _NOT_DONE, text, problem)
        if user is None:
            reason = f"refused account, sub {done.claims['sub']!r}, name {done.claims.get('preferred_username')!r}"
            return refusal(403, "This account may not use Airflow", "Ask an administrator why.", reason)
        sessions.begin(done.claims, done.id_token)
        login_user(user)
        return uncached(redirect(done.target or home()))

    @expose("/logout/")
    def logout(self) -> Any:
        return uncached(redirect(self._provider().sign_out_url(sessions.end(), home())))

    @expose("/oidc/backchannel-logout", methods=["POST"])
    def backchannel_logout(self) -> Any:
        """The provider itself calls this when it ended a user's session."""
        # The caller is no browser: whatever cookie came with the request, its session is neither used nor changed.
        _request_ctx_stack.top.session = current_app.make_null_session()
        try:
            claims = self._provider().verifier.logout_token(request.form.get("logout_token"))
        except TokenRefused as problem:
            return refusal(400, "Not accepted", "The logout token was not accepted.", problem)
        except Unreachable as problem:
            return _away(problem)
        sessions.end_all(claims.get("sub"), claims.get("sid"), claims["iat"])
        log.info("the identity provider ended the sessions of sub %r", claims.get("sub"))
        return uncached(make_response("", 200))

    def _signed_in_already(self, target: Optional[str]) -> Any:
        """A signed-in user comes here when a page is not for them; the home page would send them here again."""
        if target and urlsplit(target).path.rstrip("/") in ("", "/home"):
            text = "Your roles do not allow this page. Ask an administrator; a new role counts from your next sign-in."
            reason = f"no right to {target!r} for {g.user}"
            return refusal(403, "This page is not for you", text, reason, ("Sign out", base() + "/logout/"))
        return redirect(home())

    def _provider(self) -> Provider:
        return self.appbuilder.sm.oauth_remotes[PROVIDER]


def safe_target(url: Optional[str]) -> Optional[str]:
    """The path of a page of this webserver, or None for whatever else a link may name."""
    if not url or len(url) > 2000 or "\\" in url or any(ord(c) < 33 or ord(c) == 127 for c in url):
        return None
    try:
        parts = urlsplit(url)
        own = urlsplit(base())
    except ValueError:
        return None
    if (parts.scheme or parts.netloc) and (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        return None
    # A path of two slashes would name another host once scheme and host are gone.
    if url.startswith("//") or not parts.path.startswith("/") or parts.path.startswith(("//", "/login", "/logout")):
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _away(problem: Unreachable, target: Optional[str] = None) -> Any:
    """A page that tries again by itself: a busy provider is slow now and then."""
    again = f"{base()}/login/" + (f"?{urlencode({'next': target})}" if target else "")
    text = "This page tries it again by itself. Who is signed in already can go on."
    answer = refusal(503, "The sign-in service does not answer", text, problem, ("Try again now", again))
    answer.headers["Refresh"] = f"{AGAIN_SECONDS}; url={again}"
    return answer


def _unknown(provider: str) -> Any:
    return refusal(404, _NOT_DONE, "There is no such sign-in.", f"unknown provider {provider[:80]!r}")
