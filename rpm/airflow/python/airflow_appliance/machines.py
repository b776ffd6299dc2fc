"""Who the REST API works for when there is no browser: the provider's clients, and users with a password if asked for."""
from typing import Any

from flask import _request_ctx_stack, current_app, g

from airflow_appliance.oidc import PROVIDER, Provider
from airflow_appliance.people import MACHINE_PREFIX, NO_PASSWORD, check_name
from airflow_appliance.tokens import TokenRefused


def machine(token: str) -> Any:
    """The user that stands for the client that this token was made for; TokenRefused or Unreachable."""
    client = provider().verifier.machine_token(token, provider().machines)["azp"]
    return _user(client, provider().machines[client])


def person(username: str, password: str) -> Any:
    """The local user with this password; TokenRefused when there is none, or nobody asked for passwords."""
    if not provider().basic_auth:
        raise TokenRefused("basic: name and password are not taken here (cluster.yaml oidc.basicAuth)")
    # Whoever signed in at the provider has no password; not even the empty one.
    user = current_app.appbuilder.sm.auth_user_db(username, password) if password else None
    if user is None:
        raise TokenRefused(f"basic: no such name and password, {username[:80]!r}")
    return user


def work_for(user: Any) -> None:
    """Makes this the user of the request, and of nothing after it: there is no session."""
    _request_ctx_stack.top.user = g.user = user


def provider() -> Provider:
    """The provider of this webserver."""
    return current_app.appbuilder.sm.oauth_remotes[PROVIDER]


def _user(client: str, role_name: str) -> Any:
    manager = current_app.appbuilder.sm
    name = MACHINE_PREFIX + client
    roles = [manager.find_role(role_name)]
    user = manager.find_user(username=name)
    check_name(user, name)
    if user is None:
        made = manager.add_user(name, client, "(machine)", f"{name}@machine.invalid", roles)
        # Another webserver may have been quicker.
        user = made or manager.find_user(username=name)
    if not user or not user.is_active:
        raise TokenRefused(f"{name}: {'is not active' if user else 'could not be made'}")
    if list(user.roles) != roles or user.password != NO_PASSWORD:
        user.roles, user.password = roles, NO_PASSWORD
        manager.update_user(user)
    if list(user.roles) != roles:
        raise TokenRefused(f"{name}: the database did not take its role {role_name}")
    return user
