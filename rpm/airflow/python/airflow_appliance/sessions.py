"""Sessions of signed-in users: begun under a new id, ended for good, also from another webserver.

Sessions are rows of Airflow's session table. The id begins with a hash of the user, so that one
statement ends all sessions of a user. A request that was loading a session while it was ended may
write its row again: a mark in the same table, checked on every request, keeps that session ended.
Rows and marks that have expired are removed by a timer (node/sessions.py), since Airflow 2.2 never does.
"""
import hmac
import re
import time
import uuid
from datetime import datetime, timedelta
from enum import Enum
from functools import wraps
from typing import Any, Dict, List, Optional

from flask import current_app, session
from flask_login import logout_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

_KEY = "oidc"
_MARK = "ended-"
# No later sign-in has this id again.
FOR_EVER = 2**53
_OF_A_USER = re.compile(r"([0-9a-f]{40})-")


class Over(Enum):
    """Why a session may not go on, in words for its user."""

    LIMIT = "You were signed in for as long as a session may last."
    ENDED = "You were signed out at the sign-in service, by an administrator or in another window."


def write_again() -> None:
    """Lets a request write its session once more that another one has written, or ended, in the same moment.

    Flask-Session looks for the row and then inserts or updates it, and who came in between made an error page of the answer.
    """
    from airflow.www.session import AirflowDatabaseSessionInterface as Store

    save = Store.save_session
    if hasattr(save, "__wrapped__"):  # another application of this process did it
        return

    @wraps(save)
    def saved(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return save(self, *args, **kwargs)
        except (IntegrityError, StaleDataError):
            self.db.session.rollback()
            return save(self, *args, **kwargs)

    Store.save_session = saved


def begin(claims: Dict[str, Any], id_token: str) -> None:
    """Start the session of a user who has just proved who they are, under a new id."""
    _forget_row()
    session.clear()
    session.sid = f"{_digest('sub', claims['sub'])}-{uuid.uuid4()}"
    # Flask-Session stores no expiry without it and then fails on every request of that browser.
    session.permanent = True
    session[_KEY] = {
        "id_token": id_token,
        "sub": claims["sub"],
        "sid": claims["sid"] if isinstance(claims.get("sid"), str) else None,
        "iat": claims["iat"],
        "at": time.time(),
    }


def end() -> Optional[str]:
    """End this browser's session; returns its ID token, which the provider wants to see at sign-out."""
    known = session.get(_KEY)
    if known:
        _mark("session", session.sid, FOR_EVER)
    _forget_row()
    logout_user()
    session.clear()
    session.sid = str(uuid.uuid4())
    session.permanent = True
    return known["id_token"] if known else None


def end_all(sub: Optional[str], sid: Optional[str], iat: int) -> None:
    """End what the provider ended: every session of the user that it signed in up to then."""
    if sub:
        _mark("sub", sub, iat)
        model = _store().sql_session_model
        model.query.filter(model.session_id.like(_digest("sub", sub) + "-%")).delete(synchronize_session=False)
        _store().db.session.commit()
    if sid:
        _mark("sid", sid, FOR_EVER)


def over(limit: int) -> Optional[Over]:
    """Why this browser's session is over, or None when it goes on or nobody is signed in."""
    known = session.get(_KEY)
    if known:
        if _is_marked(known):
            return Over.ENDED
        return Over.LIMIT if time.time() - known["at"] > limit else None
    # Whose row is gone still shows its id, which tells whether the user was signed out.
    former = _OF_A_USER.match(session.sid)
    return Over.ENDED if former and _marks([former.group(1)]) else None


def _is_marked(known: Dict[str, Any]) -> bool:
    named = [("session", session.sid), ("sub", known["sub"]), ("sid", known["sid"])]
    marks = _marks([_digest(kind, value) for kind, value in named if value])
    # Both times are the provider's, so that clocks of webservers do not matter. They are whole seconds: a sign-in in the very
    # second of the end counts as earlier, since nobody can tell.
    return any(known["iat"] <= int(mark.data) for mark in marks)


def _marks(digests: List[str]) -> List[Any]:
    model = _store().sql_session_model
    return model.query.filter(model.session_id.in_([_MARK + digest for digest in digests])).all()


def _mark(kind: str, value: str, iat: int) -> None:
    """Remember the end for as long as a session that it concerns could still be alive."""
    key = _MARK + _digest(kind, value)
    lifetime = current_app.permanent_session_lifetime + timedelta(hours=1)
    store = _store()
    model = store.sql_session_model
    for _ in range(3):
        mark = model.query.filter_by(session_id=key).first() or model(key, b"0", datetime.utcnow())
        mark.data = str(max(iat, int(mark.data))).encode()
        mark.expiry = datetime.utcnow() + lifetime
        store.db.session.add(mark)
        try:
            store.db.session.commit()
            return
        except IntegrityError:  # another webserver has just written the same mark
            store.db.session.rollback()
    raise RuntimeError("the end of a session could not be written to the database")


def _forget_row() -> None:
    store = _store()
    store.sql_session_model.query.filter_by(session_id=store.key_prefix + session.sid).delete()
    store.db.session.commit()


def _digest(kind: str, value: str) -> str:
    secret = current_app.secret_key
    key = secret if isinstance(secret, bytes) else secret.encode()
    return hmac.new(key, f"{kind}:{value}".encode(), "sha256").hexdigest()[:40]


def _store() -> Any:
    return current_app.session_interface
