"""Airflow's security manager with this cluster's sign-in."""
from typing import Any, Dict, Optional, Sequence, Tuple

from flask import abort, current_app, has_request_context, make_response, request

from airflow.configuration import conf
from airflow.exceptions import AirflowConfigException
from airflow.security import permissions
from airflow.www.security import AirflowSecurityManager
from airflow_appliance import dag_rights, pages, people, responses, sessions, tenant_errors
from airflow_appliance.oidc import PROVIDER
from airflow_appliance.oidc_views import SignInView
from airflow_appliance.pages import refusal, uncached

_UNCHANGED = "Nothing was changed by what you just asked for."

# Flask-AppBuilder's own accounts: passwords beside the provider's, a sign-in of the API's own, names that people choose.
_CLOSED = ("RegisterUserOAuthView", "ResetMyPasswordView", "ResetPasswordView", "SecurityApi", "UserInfoEditView")
# They work without a session, also for who has just lost one.
_WITHOUT_SESSION = {
    "static",
    "appbuilder.static",
    "Airflow.health",
    f"{SignInView.__name__}.login",
    f"{SignInView.__name__}.oauth_authorized",
    f"{SignInView.__name__}.logout",
    f"{SignInView.__name__}.backchannel_logout",
}


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
        app.before_request_funcs[None].insert(0, _close)
        app.before_request_funcs[None].append(tenant_errors.show)
        sessions.write_again()
        pages.replace_airflows(app)
        dag_rights.judge_what_was()
        responses.protect(app, self.oauth_remotes[PROVIDER].issuer)

    def get_oauth_user_info(self, provider: str, resp: Dict[str, Any]) -> Dict[str, Any]:
        """The user as Flask-AppBuilder wants it, from verified claims; TokenRefused for a name that cannot be one."""
        return people.facts(self, resp, self.oauth_remotes[provider].client)

    def check_authorization(
        self, perms: Optional[Sequence[Tuple[str, str]]] = None, dag_id: Optional[str] = None
    ) -> bool:
        """Asks for every DAG that the request names: Airflow 2.2 looks at the query only, its forms hold others."""
        if not perms or not has_request_context():
            return super().check_authorization(perms, dag_id)
        perms = [*perms, *dag_rights.also_needed()]
        if dag_rights.shows_every_dag() and not self.has_access(permissions.ACTION_CAN_READ, permissions.RESOURCE_DAG):
            return False
        named = dag_rights.named_dags(dag_id)
        if not named:
            return super().check_authorization(perms, dag_id)
        return all(super(SecurityManager, self).check_authorization(perms, name) for name in named)

    def load_user(self, user_id: str) -> Any:
        """The user of a session; one who was made inactive here is nobody from now on."""
        user = super().load_user(user_id)
        return user if user and user.is_active else None


def _close() -> None:
    """What Flask-AppBuilder offers besides the provider's sign-in is not there."""
    view = (request.endpoint or "").partition(".")[0]
    if view.endswith(_CLOSED):  # Airflow has put "Custom" before most of them
        abort(404)


def _end_what_is_over() -> Any:
    """Ends a session that may not go on; who only opened a page and was not signed out is signed in again unnoticed."""
    why = sessions.over(current_app.config["OIDC_SESSION_SECONDS"])
    if why is None:
        return None
    sessions.end()
    if why is sessions.Over.LIMIT and request.method in ("GET", "HEAD") and _opens_a_page():
        return None
    if request.endpoint in _WITHOUT_SESSION or request.path.startswith("/api/"):
        return None
    if not _opens_a_page():
        return uncached(make_response("Unauthorized: the session is over; load the page again\n", 401))
    return refusal(401, "Your session has ended", f"{why.value} {_UNCHANGED}", f"session is over: {why.name}")


def _opens_a_page() -> bool:
    """Whether a browser wants to show the answer as a page; a script of a page cannot sign anybody in."""
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is not None:
        return mode == "navigate"
    accepts = request.accept_mimetypes
    return "X-Requested-With" not in request.headers and (not accepts or accepts.accept_html)
