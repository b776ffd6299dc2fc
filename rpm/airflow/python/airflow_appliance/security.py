"""Airflow's security manager with this cluster's sign-in."""
import logging
from typing import Any, Dict, Optional, Sequence, Set, Tuple

from flask import current_app, has_request_context, request

from airflow.configuration import conf
from airflow.exceptions import AirflowConfigException
from airflow.www.security import AirflowSecurityManager
from airflow_appliance import sessions
from airflow_appliance.oidc_views import SignInView
from airflow_appliance.tokens import client_roles

log = logging.getLogger(__name__)


class SecurityManager(AirflowSecurityManager):
    """Users and roles as the identity provider's token says, asked anew at every sign-in."""

    authoauthview = SignInView

    def __init__(self, appbuilder: Any):
        backend = conf.get("webserver", "session_backend")
        if backend != "database":
            raise AirflowConfigException(
                f"[webserver] session_backend: is {backend!r}, must be 'database', since a session that only the "
                "browser holds cannot be ended"
            )
        super().__init__(appbuilder)
        from airflow.www.app import csrf

        app = appbuilder.get_app
        # Its caller is the provider, which proves itself by a signed token and has no session here.
        csrf.exempt(f"{SignInView.__module__}.{SignInView.backchannel_logout.__name__}")
        # First of all, before anything asks who the user is.
        app.before_request_funcs.setdefault(None, []).insert(0, _end_what_is_over)

    def get_oauth_user_info(self, provider: str, resp: Dict[str, Any]) -> Dict[str, Any]:
        """The user as Flask-AppBuilder wants it, from verified claims."""
        username = _text(resp, "preferred_username") or resp["sub"]
        email = _text(resp, "email")
        if email and self._has_another(email, username):
            # E-mail addresses are unique in Airflow's table: the new user would not get in.
            log.warning("the e-mail address of user %s belongs to another user, so it is left out", username)
            email = ""
        return {
            "username": username,
            "email": email,
            "first_name": _text(resp, "given_name"),
            "last_name": _text(resp, "family_name"),
            "role_keys": client_roles(resp, self.oauth_remotes[provider].client),
        }

    def check_authorization(
        self, perms: Optional[Sequence[Tuple[str, str]]] = None, dag_id: Optional[str] = None
    ) -> bool:
        """Asks for every DAG that the request names: Airflow 2.2 looks at the query only, its forms hold others."""
        named = _named_dags(dag_id) if perms and has_request_context() else set()
        if not named:
            return super().check_authorization(perms, dag_id)
        return all(super(SecurityManager, self).check_authorization(perms, name) for name in named)

    def _has_another(self, email: str, username: str) -> bool:
        other = self.find_user(email=email)
        return bool(other) and other.username.lower() != username.lower()


def _end_what_is_over() -> Any:
    """Ends a session past its limit; it goes on as an anonymous one, and sign-in follows where it is needed."""
    if sessions.is_over(current_app.config["OIDC_SESSION_SECONDS"]):
        sessions.end()


def _named_dags(dag_id: Optional[str]) -> Set[str]:
    named = {dag_id} if dag_id else set()
    named.update(request.args.getlist("dag_id"), request.form.getlist("dag_id"))
    body = request.get_json(silent=True) if request.is_json else None
    if isinstance(body, dict):
        several = body.get("dag_ids")
        asked = [body.get("dag_id"), *(several if isinstance(several, list) else [])]
        named.update(name for name in asked if isinstance(name, str))
    return named - {"", "~"}


def _text(claims: Dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value[:250] if isinstance(value, str) else ""
