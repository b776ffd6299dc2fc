"""`migrate`: `airflow db upgrade` once per cluster, whichever node comes first; at each start what its tenants need."""
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Optional, Set, Tuple

import psycopg2
import sqlalchemy
from sqlalchemy.pool import NullPool

from airflow_appliance import settings, tenant_tables
from airflow_appliance.node import envfile, notify
from airflow_appliance.node.database import connect
from airflow_appliance.node.facts import AIRFLOW, Facts
from airflow_appliance.node.supervise import fingerprint

# A number of our own: Airflow takes 2 for the upgrade itself.
LOCK = 0x41495246  # "AIRF"
WAIT_SECONDS = 2
# A failover of the database takes about a minute; alembic's upgrade can be begun anew at any step.
TRIES, RETRY_SECONDS = 5, 20
HOLDER = """
    SELECT coalesce(max(application_name), 'an unnamed session')
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = %s
      AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class _Refused(Exception):
    """The migration cannot be done; the text says why and what to do."""


class _Failed(Exception):
    """A step of Airflow's ended badly, perhaps only because the database went away meanwhile."""


def run(facts: Facts) -> int:
    """Return when the schema is at this Airflow's head; 1 when it never can be."""
    status, born = notify.Status(), fingerprint(facts.environment)
    known, head = revisions(_versions_folder())
    failures = 0
    where = f"{facts.database.name} at {facts.database.host}:{facts.database.port}"
    while True:
        try:
            _migrate(status, where, known, head)
            return 0
        except _Refused as problem:
            status.say(str(problem))
            return 1
        except psycopg2.Error as problem:
            # The lock's session is gone or was never there; the next round starts from the beginning.
            status.say(f"waiting for database {where}: {problem}{_advice(str(problem))}")
            time.sleep(WAIT_SECONDS)
        except _Failed as problem:
            failures += 1
            if failures == TRIES:
                status.say(f"{problem}, {TRIES} times; its messages are in the journal")
                return 1
            status.say(f"{problem}; trying again in {RETRY_SECONDS} s")
            time.sleep(RETRY_SECONDS)
        if fingerprint(facts.environment) != born:
            status.say("the secrets were derived anew: beginning again")
            _begin_again(facts)


def _advice(problem: str) -> str:
    """What libpq does not say: where its CA comes from, and where it looks for an address (up to version 14)."""
    if "certificate verify failed" in problem:
        return "; name the CA that signed the server's certificate as caFile or database.ca in cluster.yaml"
    if "does not match host name" in problem:
        return "; an address has to be the certificate's common name: libpq reads no alternative names of kind IP"
    return ""


def _begin_again(facts: Facts) -> None:
    """This program anew: systemd does not restart a oneshot that has not ended, and 239 never does."""
    values, _ = envfile.parse(facts.environment.read_text(encoding="utf-8"))
    arguments = [sys.executable, "-I", "-m", "airflow_appliance.node", "migrate"]
    os.execve(sys.executable, arguments, {**os.environ, **values})


def _migrate(status: notify.Status, where: str, known: Set[str], head: str) -> None:
    connection = connect(f"airflow-migrate@{socket.gethostname()}")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            while not _one(cursor, "SELECT pg_try_advisory_lock(%s)", LOCK):
                holder = _one(cursor, HOLDER, LOCK)
                status.say(f"waiting for {holder}, which migrates database {where}")
                time.sleep(WAIT_SECONDS)
            schema = _schema(cursor)
            if schema is not None and schema not in known:
                raise _Refused(
                    f"database {where} has schema {schema}, but this Airflow knows none newer than {head};"
                    " install the Airflow that made it, or restore the database's backup"
                )
            if schema == head:
                _tenants()
                status.say(f"database {where} has schema {head}: nothing to do")
                return
            status.say(f"migrating database {where} from {schema or 'empty'} to {head}")
            _airflow("db", "upgrade")
            # Otherwise all webservers would write the same roles and permissions at once.
            _airflow("sync-perm")
            found = _schema(cursor)
            if found != head:
                raise _Refused(f"database {where} has schema {found} after the upgrade, not {head}; see the journal")
            _tenants()
            status.say(f"database {where} has schema {head}: migrated by this node")
    finally:
        connection.close()


def _tenants() -> None:
    """Before a scheduler reads their DAGs, whose rights need the roles."""
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg2://", creator=lambda: connect("airflow-tenants"), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            for line in tenant_tables.sync(connection, settings.load().tenants):
                print(line)
    except sqlalchemy.exc.DBAPIError as problem:
        raise problem.orig from problem


def _airflow(*arguments: str) -> None:
    code = subprocess.run([AIRFLOW, *arguments], stdin=subprocess.DEVNULL, check=False).returncode
    if code:
        raise _Failed(f"airflow {' '.join(arguments)} ended with {code}")


def _schema(cursor) -> Optional[str]:
    if _one(cursor, "SELECT to_regclass('alembic_version')") is None:
        return None
    return _one(cursor, "SELECT max(version_num) FROM alembic_version")


def _one(cursor, query: str, *values):
    cursor.execute(query, values)
    return cursor.fetchone()[0]


def _versions_folder() -> Path:
    for entry in sys.path:
        folder = Path(entry) / "airflow" / "migrations" / "versions"
        if folder.is_dir():
            return folder
    raise SystemExit("airflow/migrations/versions is not on sys.path; reinstall the airflow package")


def revisions(folder: Path) -> Tuple[Set[str], str]:
    """All schema revisions of this Airflow and the newest, read as text: importing Airflow takes seconds."""
    known: Set[str] = set()
    parents: Set[str] = set()
    for file in sorted(folder.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        known.update(re.findall(r"^revision\s*=\s*['\"](\w+)['\"]", text, re.M))
        for line in re.findall(r"^down_revision\s*=\s*(.+)$", text, re.M):
            parents.update(re.findall(r"['\"](\w+)['\"]", line))
    heads = known - parents
    if len(heads) != 1:
        raise SystemExit(f"{folder}: has heads {sorted(heads)}, not one; reinstall the airflow package")
    return known, heads.pop()
