"""What every answer of the webserver carries, and where it may send a browser."""
import logging
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask import request

from airflow_appliance.pages import base, home

log = logging.getLogger(__name__)


def protect(app: Any, issuer: str) -> None:
    """Adds security headers to every answer, and lets redirects go to base_url and the provider only."""
    provider = _origin(issuer)
    headers = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Not no-referrer: the check of forms against other sites wants to see the own one.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        # Airflow's pages are full of inline scripts; what can be forbidden beside them is. A form may end at the provider.
        "Content-Security-Policy": "base-uri 'self'; object-src 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {provider}",
    }
    if urlsplit(base()).scheme == "https":
        headers["Strict-Transport-Security"] = "max-age=31536000"

    def guard(answer: Any) -> Any:
        if "Location" in answer.headers:
            answer.headers["Location"] = _location(answer.headers["Location"], provider)
            if 300 <= answer.status_code < 400:
                answer.set_data(b"")  # it names the place as it was
        for name, value in headers.items():
            answer.headers.setdefault(name, value)
        # What a signed-in person saw is not for who uses the browser next.
        if request.endpoint != "static" and not request.path.startswith("/static/"):
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    app.after_request(guard)


def _location(location: str, provider: str) -> str:
    """Where a redirect goes: the address never comes from the request's Host, which a client chooses."""
    own = _origin(base())
    path = _path(location, own)
    if path is not None:
        return own + path
    if not _is_odd(location) and _origin(location) == provider:
        return location
    log.warning("a redirect of %s to %.200r went to the start page instead", request.path, location)
    return home()


def _path(location: str, own: str) -> Any:
    """Path and query of a place on this webserver, or None."""
    if _is_odd(location) or location.startswith("//"):
        return None
    parts = urlsplit(location)
    if parts.scheme or parts.netloc:
        if _origin(location) != own and (parts.scheme not in ("http", "https") or parts.netloc != request.host):
            return None
        path = parts.path or "/"
    else:
        path = urljoin(request.script_root + request.path, parts.path)
    if not path.startswith("/") or path.startswith("//"):
        return None
    query = _query(parts.query, own)
    return path + (f"?{query}" if query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def _query(query: str, own: str) -> str:
    """The sign-in is told which page to go on to, and that by the address that the client chose."""
    given = request.host_url.rstrip("/")
    fields = parse_qsl(query, keep_blank_values=True)
    if given == own or not any(name == "next" and value.startswith(given + "/") for name, value in fields):
        return query
    return urlencode([(name, value.replace(given, own, 1) if name == "next" else value) for name, value in fields])


def _is_odd(location: str) -> bool:
    """Browsers take a backslash for a slash and drop control characters."""
    if "\\" in location or any(ord(character) < 33 or ord(character) == 127 for character in location):
        return True
    try:
        urlsplit(location)
    except ValueError:
        return True
    return False


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
