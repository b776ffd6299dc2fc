"""The account of a person who has just proved who they are: made at the first sign-in, in step with the token at each."""
import hashlib
import logging
from typing import Any, Dict

from airflow_appliance.tokens import TokenRefused, client_roles

log = logging.getLogger(__name__)

# As Keycloak names the user behind a client; people may not have such a name.
MACHINE_PREFIX = "service-account-"
# What ab_user has room for.
LONGEST = 64
# No password has this hash. Flask-AppBuilder stores that of an empty one, and lets people choose their own.
NO_PASSWORD = "!"


class AccountTrouble(Exception):
    """The database did not take what the token says."""


def account(manager: Any, info: Dict[str, Any]) -> Any:
    """The user of these facts, or None when the account was made inactive here; TokenRefused or AccountTrouble."""
    user = manager.auth_user_oauth(info)
    if user is None and manager.find_user(username=info["username"]):
        # Another webserver, or another window, has made the account just now.
        user = manager.auth_user_oauth(info)
    if user is None:
        return None
    if user.password != NO_PASSWORD:
        user.password = NO_PASSWORD
        manager.update_user(user)
    # Flask-AppBuilder goes on when the database refuses, and the user would keep the roles of the last time.
    wanted = {role.name for role in manager._oauth_calculate_user_roles(info)}
    found = {role.name for role in user.roles}
    if found != wanted:
        raise AccountTrouble(f"the account of {user.username!r} has {sorted(found)}, should have {sorted(wanted)}")
    if user.password != NO_PASSWORD:
        raise AccountTrouble(f"the account of {user.username!r} has a password that could not be taken away")
    return user


def facts(manager: Any, claims: Dict[str, Any], client: str) -> Dict[str, Any]:
    """The user as Flask-AppBuilder wants it, from verified claims; TokenRefused for a name that cannot be one."""
    username = _text(claims, "preferred_username") or claims["sub"]
    if len(username) > LONGEST:
        # Two people whose names begin alike would share an account.
        raise TokenRefused(f"preferred_username: has {len(username)} characters, Airflow has room for {LONGEST}")
    if username.casefold().startswith(MACHINE_PREFIX):
        # Its rights are those that cluster.yaml gives a machine, and no person's.
        raise TokenRefused(f"preferred_username: {username!r} is the name of a machine")
    check_name(manager.find_user(username=username), username)
    email = _text(claims, "email")
    if len(email) > LONGEST or (email and _is_anothers(manager, email, username)):
        log.warning("the e-mail address of %r is too long, or another user has it, and is left out", username)
        email = ""
    return {
        "username": username,
        # It has to be unique.
        "email": email or f"{hashlib.sha256(claims['sub'].encode()).hexdigest()[:32]}@email.notfound",
        "first_name": _text(claims, "given_name")[:LONGEST],
        "last_name": _text(claims, "family_name")[:LONGEST],
        "role_keys": client_roles(claims, client),
    }


def check_name(user: Any, username: str) -> None:
    """TokenRefused when the database took the user of another name: its idea of upper and lower case is not ours."""
    if user and user.username.casefold() != username.casefold():
        raise TokenRefused(f"preferred_username: {username!r} is, for the database, the user {user.username!r}")


def _is_anothers(manager: Any, email: str, username: str) -> bool:
    other = manager.find_user(email=email)
    return bool(other) and other.username.casefold() != username.casefold()


def _text(claims: Dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) and value.isprintable() else ""
