"""[api] auth_backend: the REST API for the signed-in browser, and for nobody else."""
from functools import wraps
from typing import Any, Callable
from urllib.parse import urlsplit

from flask import Response, g, request

from airflow.configuration import conf

CLIENT_AUTH = None


def init_app(_app: Any) -> None:
    """Nothing to prepare."""


def requires_authentication(function: Callable) -> Callable:
    """Lets a request pass that has a session and, where it changes something, comes from Airflow's own pages."""

    @wraps(function)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        if g.user is None or not g.user.is_authenticated:
            return Response("Unauthorized", 401)
        if request.method not in ("GET", "HEAD") and not _is_same_origin():
            return Response("Forbidden: the request comes from another site", 403)
        return function(*args, **kwargs)

    return decorated


def _is_same_origin() -> bool:
    """Browsers name the origin of every write; Sec-Fetch-Site they send over TLS only."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    base = urlsplit(conf.get("webserver", "base_url"))
    return origin == f"{base.scheme}://{base.netloc}"
