"""Roles and pools of the teams in Airflow's database: made, brought in step and taken away.

Written as Airflow's tables, without importing Airflow: each node does it at each start, and that import takes seconds.
"""
from typing import AbstractSet, Any, Dict, Iterable, List, Tuple

import sqlalchemy as sa

from airflow_appliance import tenant_permissions
from airflow_appliance.settings import Tenant

# Names of roles and pools that begin like this are this module's.
OWN = "tenant_"
DECIDES = "; cluster.yaml decides."
GONE = "Its tenant is gone."
_DAG = "DAG:"

_tables = sa.MetaData()


def _table(name: str, *columns: Any) -> sa.Table:
    return sa.Table(name, _tables, sa.Column("id", sa.Integer, sa.Sequence(f"{name}_id_seq"), primary_key=True), *columns)


_role = _table("ab_role", sa.Column("name", sa.String))
_action = _table("ab_permission", sa.Column("name", sa.String))
_resource = _table("ab_view_menu", sa.Column("name", sa.String))
_permission = _table("ab_permission_view", sa.Column("permission_id", sa.Integer), sa.Column("view_menu_id", sa.Integer))
_granted = _table(
    "ab_permission_view_role", sa.Column("permission_view_id", sa.Integer), sa.Column("role_id", sa.Integer)
)
_member = _table("ab_user_role", sa.Column("user_id", sa.Integer), sa.Column("role_id", sa.Integer))
_pool = sa.Table(
    "slot_pool",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("pool", sa.String),
    sa.Column("slots", sa.Integer),
    sa.Column("description", sa.Text),
)

Right = Tuple[str, str]


def sync(connection: sa.engine.Connection, tenants: Iterable[Tenant]) -> List[str]:
    """Bring the tables in step with the tenants, in one transaction; a line for each change."""
    with connection.begin():
        return _roles(connection, tenants) + _pools(connection, tenants)


def _roles(connection: sa.engine.Connection, tenants: Iterable[Tenant]) -> List[str]:
    wanted = {each.user_role: (each, tenant_permissions.USER, tenant_permissions.DAG_USER) for each in tenants}
    wanted.update({each.viewer_role: (each, tenant_permissions.VIEWER, tenant_permissions.DAG_VIEWER) for each in tenants})
    found = _named(connection, _role)
    said = []
    # A role is this module's only beside a pool of its tenant's: people may call theirs as they like.
    gone = {name for pool in _own_pools(connection) for name in (pool, f"{pool}_viewer")}
    for name in sorted(name for name in found if name in gone and name not in wanted):
        _remove_role(connection, found[name])
        said.append(f"role {name} is removed: no tenant has it")
    dags = [name for name in _named(connection, _resource) if name.startswith(_DAG)] if wanted else []
    for name, (tenant, may, with_dags) in sorted(wanted.items()):
        # Airflow writes a DAG's rights when its file has changed, which is not when its team's role is made anew.
        own = {(action, dag) for dag in dags if dag.startswith(_DAG + tenant.dag_ids) for action in with_dags}
        if name in found:
            said += _grant(connection, name, found[name], tenant, may, own)
        else:
            _grant(connection, name, _insert(connection, _role, name=name), tenant, may, own)
            said.append(f"role {name} is made with {len(may)} rights, and those to {len({dag for _, dag in own})} DAGs")
    return said


def _own_pools(connection: sa.engine.Connection) -> List[str]:
    """Those of teams that are and of teams that were."""
    rows = connection.execute(sa.select([_pool.c.pool, _pool.c.description]))
    return [name for name, text in rows if name.startswith(OWN) and (text == GONE or (text or "").endswith(DECIDES))]


def _remove_role(connection: sa.engine.Connection, identity: int) -> None:
    for table in (_member, _granted):
        connection.execute(table.delete().where(table.c.role_id == identity))
    connection.execute(_role.delete().where(_role.c.id == identity))


def _grant(
    connection: sa.engine.Connection, role: str, identity: int, tenant: Tenant, may: AbstractSet[Right], own: AbstractSet[Right]
) -> List[str]:
    """Exactly these rights, and those to its own DAGs, of which more come with the DAG files."""
    has = {(action, resource): grant for action, resource, grant in connection.execute(_rights_of(identity))}
    said = []
    for action, resource in sorted(may - set(has)):
        _insert(connection, _granted, permission_view_id=_permission_of(connection, action, resource), role_id=identity)
        said.append(f"role {role} may {action} {resource}")
    for action, resource in sorted(own - set(has)):
        _insert(connection, _granted, permission_view_id=_permission_of(connection, action, resource), role_id=identity)
    for right in sorted(set(has) - may):
        if not right[1].startswith(_DAG + tenant.dag_ids):
            connection.execute(_granted.delete().where(_granted.c.id == has[right]))
            said.append(f"role {role} may {right[0]} {right[1]} no longer")
    return said


def _rights_of(role: int) -> sa.sql.Select:
    joined = (
        _granted.join(_permission, _permission.c.id == _granted.c.permission_view_id)
        .join(_action, _action.c.id == _permission.c.permission_id)
        .join(_resource, _resource.c.id == _permission.c.view_menu_id)
    )
    return sa.select([_action.c.name, _resource.c.name, _granted.c.id]).select_from(joined).where(_granted.c.role_id == role)


def _permission_of(connection: sa.engine.Connection, action: str, resource: str) -> int:
    """The pair's number; the webservers make those that are missing in the same way."""
    pair = {
        "permission_id": _number(connection, _action, name=action),
        "view_menu_id": _number(connection, _resource, name=resource),
    }
    return _number(connection, _permission, **pair)


def _number(connection: sa.engine.Connection, table: sa.Table, **values: Any) -> int:
    query = sa.select([table.c.id])
    for column, value in values.items():
        query = query.where(table.c[column] == value)
    return connection.execute(query).scalar() or _insert(connection, table, **values)


def _insert(connection: sa.engine.Connection, table: sa.Table, **values: Any) -> int:
    return connection.execute(table.insert().values(**values)).inserted_primary_key[0]


def _named(connection: sa.engine.Connection, table: sa.Table) -> Dict[str, int]:
    return {name: number for name, number in connection.execute(sa.select([table.c.name, table.c.id]))}


def _pools(connection: sa.engine.Connection, tenants: Iterable[Tenant]) -> List[str]:
    """A pool that nobody has any more keeps what waits in it from running, until it is deleted by hand."""
    wanted = {each.pool: (each.pool_slots, f"Tasks of tenant {each.name}{DECIDES}") for each in tenants}
    found = {
        name: (slots, text)
        for name, slots, text in connection.execute(sa.select([_pool.c.pool, _pool.c.slots, _pool.c.description]))
    }
    said = []
    for name, (slots, text) in sorted(wanted.items()):
        if name not in found:
            connection.execute(_pool.insert().values(pool=name, slots=slots, description=text))
            said.append(f"pool {name} is made with {slots} slots")
        elif found[name] != (slots, text):
            connection.execute(_pool.update().where(_pool.c.pool == name).values(slots=slots, description=text))
            said.append(f"pool {name} has {slots} slots, had {found[name][0]}")
    for name in sorted(name for name in _own_pools(connection) if name not in wanted and found[name] != (0, GONE)):
        connection.execute(_pool.update().where(_pool.c.pool == name).values(slots=0, description=GONE))
        said.append(f"pool {name} is closed: no tenant has it")
    return said
