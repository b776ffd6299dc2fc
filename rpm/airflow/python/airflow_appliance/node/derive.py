"""`secrets`: checks secrets.env and derives from it what Airflow, s3fs and the Kubernetes client read."""
import grp
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, Iterable, List, Mapping
from urllib.parse import quote, urlencode

from airflow_appliance.node import envfile, secretfile
from airflow_appliance.node.facts import Facts
from airflow_appliance.node.notify import Status

SETTLE_SECONDS = 2
# EL8's, then Debian's.
SYSTEM_CAS = (Path("/etc/pki/tls/certs/ca-bundle.crt"), Path("/etc/ssl/certs/ca-certificates.crt"))


def run(facts: Facts) -> int:
    """Write the derived files, or say everything that is wrong and fail."""
    file = facts.home / "secrets.env"
    values, problems = _settled(file)
    if problems:
        for problem in problems:
            print(problem, file=sys.stderr)
        Status().say(f"{len(problems)} problem(s): " + "; ".join(problems))
        return 1
    group = grp.getgrnam("airflow").gr_gid
    if facts.ca:
        _write(Path(facts.ca), ca_bundle(facts, SYSTEM_CAS), 0o640, group)
    _write(facts.environment, envfile.render(environment(facts, values)), 0o640, group)
    _write(facts.runtime / "kubeconfig", kubeconfig(facts, values), 0o640, group)
    _write(facts.runtime / "s3fs.passwd", s3fs_passwd(values), 0o600, 0)
    Status().say(f"{file} is complete; derived files are in {facts.runtime}")
    return 0


def _settled(file: Path):
    """The file as it is once nobody changes it: the path unit fires at the first byte of a copy."""
    while True:
        before = _fingerprint(file)
        values, problems = secretfile.read(file)
        if not problems:
            return values, problems
        time.sleep(SETTLE_SECONDS)
        if _fingerprint(file) == before:
            return values, problems


def _fingerprint(file: Path) -> List[int]:
    try:
        found = file.stat()
    except OSError:
        return []
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode, found.st_uid]


def environment(facts: Facts, secrets: Mapping[str, str]) -> Dict[str, str]:
    """What Airflow reads from its environment because it may not stand in airflow.cfg."""
    database = _database_url(facts, secrets["DATABASE_PASSWORD"])
    values = {
        "AIRFLOW__CORE__SQL_ALCHEMY_CONN": "postgresql+psycopg2" + database,
        "AIRFLOW__CELERY__RESULT_BACKEND": "db+postgresql" + database,
        "AIRFLOW__CORE__FERNET_KEY": secrets["FERNET_KEY"],
        "AIRFLOW__WEBSERVER__SECRET_KEY": secrets["WEBSERVER_SECRET_KEY"],
        "AIRFLOW_CONN_AIRFLOW_LOG": _log_connection(facts, secrets),
        "OIDC_CLIENT_SECRET": secrets["OIDC_CLIENT_SECRET"],
        "KUBECONFIG": str(facts.runtime / "kubeconfig"),
    }
    if facts.ca:
        # The amazon provider's connection has no key for a CA; boto3 takes it from here.
        values["AWS_CA_BUNDLE"] = facts.ca
    return values


# Either end notices in a minute that the other one is dead. Of a node that lost its power the server would else keep
# the locks for hours, or for a quarter of one when an answer was on its way, and no other scheduler could queue a task.
# The server's half is shorter, since only when it is over the others can go on. PostgreSQL 12 knows all four.
LIVENESS = {
    "keepalives_idle": "20",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=25000",
}


def _database_url(facts: Facts, password: str) -> str:
    # Percent-encoding keeps @ : / apart, and hides $ and ~ from Airflow's expansion of its environment.
    database = facts.database
    query = {"sslmode": database.sslmode}
    if database.ca:
        query["sslrootcert"] = database.ca
    query.update(LIVENESS)
    user, name = quote(database.user, safe=""), quote(database.name, safe="")
    host = f"[{database.host}]" if ":" in database.host else database.host
    return f"://{user}:{quote(password, safe='')}@{host}:{database.port}/{name}?{_query(query)}"


def _log_connection(facts: Facts, secrets: Mapping[str, str]) -> str:
    # The amazon provider of this line reads the endpoint from the extra `host`; the extra is JSON because
    # the addressing style is nested.
    store = facts.store
    style = "path" if store.path_style else "auto"
    extra = {
        "host": store.endpoint,
        "region_name": store.region,
        "config_kwargs": {"s3": {"addressing_style": style}},
    }
    login = quote(secrets["S3_ACCESS_KEY_ID"], safe="")
    password = quote(secrets["S3_SECRET_ACCESS_KEY"], safe="")
    return f"s3://{login}:{password}@/?" + _query({"__extra__": json.dumps(extra, separators=(",", ":"))})


def _query(values: Mapping[str, str]) -> str:
    return urlencode(values, quote_via=quote, safe="")


def kubeconfig(facts: Facts, secrets: Mapping[str, str]) -> str:
    """One context named airflow; JSON is YAML too."""
    cluster = {"server": facts.kubernetes.api}
    if facts.kubernetes.ca:
        cluster["certificate-authority"] = facts.kubernetes.ca
    context = {"cluster": "airflow", "user": "airflow", "namespace": facts.kubernetes.namespace}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "airflow", "cluster": cluster}],
        "users": [{"name": "airflow", "user": {"token": secrets["KUBERNETES_TOKEN"]}}],
        "contexts": [{"name": "airflow", "context": context}],
        "current-context": "airflow",
    }
    return json.dumps(document, indent=2) + "\n"


def ca_bundle(facts: Facts, system: Iterable[Path]) -> str:
    """The system's CAs and the site's in one PEM text: each client takes one file instead of the system's."""
    usual = next((file.read_text(encoding="utf-8") for file in system if file.exists()), "")
    return f"{usual.rstrip()}\n{Path(facts.ca_file).read_text(encoding='utf-8').strip()}\n".lstrip()


def s3fs_passwd(secrets: Mapping[str, str]) -> str:
    """Key and secret as s3fs's passwd_file holds them."""
    return f"{secrets['S3_ACCESS_KEY_ID']}:{secrets['S3_SECRET_ACCESS_KEY']}\n"


def _write(file: Path, text: str, mode: int, group: int) -> None:
    """Whole or not at all, and never readable to others, not even for a moment."""
    handle, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with open(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            os.fchown(stream.fileno(), os.geteuid(), group)
            os.fchmod(stream.fileno(), mode)
        os.replace(temporary, file)
    except BaseException:
        os.unlink(temporary)
        raise
