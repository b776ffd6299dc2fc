"""[api] auth_backend: the REST API for the signed-in browser, and for machines with a token of the provider."""
from functools import wraps
from typing import Any, Callable, Optional, Tuple
from urllib.parse import urlsplit

from connexion import ProblemException
from flask import Response, g, request

from airflow_appliance import machines
from airflow_appliance.fetch import Unreachable
from airflow_appliance.pages import base, reference
from airflow_appliance.tokens import TokenRefused

CLIENT_AUTH = None


def init_app(_app: Any) -> None:
    """Nothing to prepare."""


def requires_authentication(function: Callable) -> Callable:
    """Lets a request pass that has a session and, where it changes something, comes from Airflow's own pages; or a token."""

    @wraps(function)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        # Who sends credentials is judged by them alone: a session beside them does not help bad ones.
        if "Authorization" in request.headers:
            refused = _work_for_sender()
            return refused or function(*args, **kwargs)
        if g.user is None or not g.user.is_authenticated:
            return Response("Unauthorized", 401, {"WWW-Authenticate": "Bearer"})
        if request.method not in ("GET", "HEAD") and not _is_same_origin():
            return Response("Forbidden: the request comes from another site", 403)
        return function(*args, **kwargs)

    return decorated


def _work_for_sender() -> Optional[Response]:
    kind, _, credentials = request.headers["Authorization"].partition(" ")
    try:
        if kind.lower() == "bearer":
            machines.work_for(machines.machine(credentials.strip()))
        elif kind.lower() == "basic":
            machines.work_for(machines.person(*_name_and_password()))
        else:
            raise TokenRefused(f"authorization: {kind[:20]!r} is not taken here")
    except Unreachable as problem:
        raise ProblemException(
            503, "Service Unavailable", f"The identity provider does not answer. Reference {reference(problem)}"
        ) from None
    except TokenRefused as problem:
        said = f'Bearer error="invalid_token", error_description="Reference {reference(problem)}"'
        return Response("Unauthorized", 401, {"WWW-Authenticate": said})
    return None


def _name_and_password() -> Tuple[str, str]:
    try:
        sent = request.authorization
    except ValueError:  # bytes that are no text
        sent = None
    if sent is None or not sent.username or not f"{sent.username}{sent.password}".isprintable():
        raise TokenRefused("basic: there is no name and password")
    return sent.username, sent.password


def _is_same_origin() -> bool:
    """Browsers name the origin of every write; Sec-Fetch-Site they send over TLS only."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    own = urlsplit(base())
    return origin == f"{own.scheme}://{own.netloc}"
