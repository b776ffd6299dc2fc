"""Pages that say in plain words why somebody cannot go on.

The details are in the log only, under the reference that stands on the page.
"""
import base64
import hashlib
import logging
import secrets
from typing import Any, Optional, Tuple

from flask import g, make_response
from jinja2 import ChoiceLoader, DictLoader, Markup

from airflow.configuration import conf

log = logging.getLogger(__name__)

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#22252b;background:#f4f5f7;margin:0}"
    "main{max-width:34rem;margin:12vh auto;padding:2rem 2.5rem;background:#fff;border-top:4px solid #017cee;"
    "box-shadow:0 1px 4px #0003}h1{font-size:1.4rem;margin-top:0}a{color:#0052a3}"
    "code{background:#eef0f3;padding:.1em .4em}small{color:#555}"
)
_PAGE = Markup(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}</style></head>
<body><main><h1>{title}</h1><p>{text}</p>
<p><a href="{link}">{label}</a></p>
<small>An administrator finds more in the webserver's log. Reference: <code>{reference}</code></small>
</main></body></html>
"""
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"


def base() -> str:
    """The address that people know, without a slash at its end."""
    return conf.get("webserver", "base_url").rstrip("/")


def home() -> str:
    return base() + "/home"


def reference(reason: Any, traceback: bool = False) -> str:
    """Write the reason to the log; gives the number under which it stands there."""
    number = secrets.token_hex(4)
    # What others wrote makes no lines of its own.
    printable = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in str(reason)[:500])
    log.warning("sign-in reference %s: %s", number, printable, exc_info=traceback)
    return number


def refusal(status: int, title: str, text: str, reason: Any, link: Optional[Tuple[str, str]] = None) -> Any:
    """A page with this status; `link` is a label and where it goes, else to the sign-in."""
    answer = make_response(_page(title, text, reference(reason), link), status)
    answer.headers["Content-Security-Policy"] = POLICY
    return uncached(answer)


def uncached(answer: Any) -> Any:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def replace_airflows(app: Any) -> None:
    """Airflow's own pages for people without a role and for its faults are in the style of the others."""
    from airflow.www import views

    mine = DictLoader({"airflow/no_roles_permissions.html": "{{ appliance_no_role() }}"})
    app.jinja_loader = ChoiceLoader([mine, app.jinja_loader])
    app.jinja_env.globals.update(appliance_no_role=_no_role)
    # Not as a template, which asks who the user is: without its database nobody knows. Airflow registers it after this.
    views.show_traceback = lambda _error: (uncached(make_response(_fault())), 500)


def _no_role() -> Markup:
    number = reference(f"no role that has rights: {g.user} has {[role.name for role in g.user.roles]}")
    return _page(
        "You have no role here",
        f"You are signed in as {g.user.username}, but your account has no role in Airflow. "
        "Ask an administrator for one; it counts from your next sign-in.",
        number,
        ("Sign out", base() + "/logout/"),
    )


def _fault() -> Markup:
    return _page(
        "Something went wrong",
        "Airflow could not answer this request. Try it again; when it happens once more, tell an administrator.",
        reference("a request failed", traceback=True),
        ("To the start page", home()),
    )


def _page(title: str, text: str, number: str, link: Optional[Tuple[str, str]]) -> Markup:
    label, address = link or ("Sign in", base() + "/login/")
    # Markup escapes what it is given.
    return _PAGE.format(
        title=title, text=text, style=Markup(_STYLE), reference=number, label=label, link=address
    )
