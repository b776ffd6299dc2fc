"""/usr/bin/airflow: Airflow's command line with the account and environment that the units use."""
import grp
import os
import pwd
import re
import sys
from pathlib import Path
from typing import Dict, Mapping

from airflow_appliance.node import envfile
from airflow_appliance.node.facts import AIRFLOW

USER = GROUP = "airflow"
READERS = "users"  # whom /etc/airflow belongs to


class _Refused(Exception):
    """One line for the person at the terminal."""


def main() -> None:
    """Become user airflow and the real command; only a refusal returns here."""
    try:
        environment = prepared(os.environ)
        _become_airflow(environment)
        os.execve(AIRFLOW, ["airflow", *sys.argv[1:]], environment)
    except (_Refused, OSError) as problem:
        print(f"airflow: {problem}", file=sys.stderr)
        sys.exit(1)


def prepared(inherited: Mapping[str, str], root: str = "/") -> Dict[str, str]:
    """The caller's environment with what the units get laid over it."""
    home, run = folders(inherited.get("AIRFLOW_INSTANCE", ""), root)
    environment = {key: value for key, value in inherited.items() if not key.startswith("PYTHON")}
    environment.update(
        AIRFLOW_HOME=str(home), PATH="/usr/lib/airflow/bin:/usr/bin:/bin", PYTHONDONTWRITEBYTECODE="1"
    )
    environment.update(_read(run / "environment", f"see systemctl status airflow-secrets and {home}/secrets.env"))
    local = home / "local.env"
    if local.exists():
        environment.update(_read(local, "restore it"))
    return environment


def folders(instance: str, root: str = "/"):
    """AIRFLOW_HOME and the folder in /run of an instance; the main one has no name."""
    if not instance:
        return Path(root, "etc/airflow"), Path(root, "run/airflow")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", instance):
        raise _Refused(f"AIRFLOW_INSTANCE is {instance!r}; use a small letter, then small letters, digits and -")
    return Path(root, "etc/airflow/instances", instance), Path(root, f"run/airflow-{instance}")


def _read(file: Path, advice: str) -> Dict[str, str]:
    try:
        return envfile.parse(file.read_text(encoding="utf-8"))[0]
    except FileNotFoundError:
        raise _Refused(f"{file} does not exist; {advice}") from None
    except PermissionError:
        raise _Refused(f"{file} is not readable for you; run this as root or as user airflow") from None


def _become_airflow(environment: Dict[str, str]) -> None:
    account = pwd.getpwnam(USER)
    if os.geteuid() == 0:
        own = grp.getgrnam(GROUP).gr_gid
        os.setgroups([own, grp.getgrnam(READERS).gr_gid])
        os.setgid(own)
        os.setuid(account.pw_uid)
        environment.update(HOME=account.pw_dir, USER=USER, LOGNAME=USER)
        os.umask(0o027)
    if not os.access(".", os.R_OK | os.X_OK):
        os.chdir("/")
