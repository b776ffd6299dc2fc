"""One real Airflow for all tests: an AIRFLOW_HOME in a temporary folder, with SQLite, or LAB_DATABASE; imported before airflow is."""
import atexit
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

if "airflow" in sys.modules:
    raise RuntimeError("lab: must be imported before airflow")

from identity import CLIENT, ISSUER, SECRET, IdentityProvider

REPOSITORY = Path(__file__).resolve().parents[3]
HOME = Path(tempfile.mkdtemp(prefix="airflow-home-"))
DAGS = HOME / "dags"
DATABASE = os.environ.get("LAB_DATABASE") or f"sqlite:///{HOME}/airflow.db"
BASE_URL = "http://airflow.test:8080"
ROLES = {
    "airflow_admin": "Admin",
    "airflow_op": "Op",
    "airflow_user": "User",
    "airflow_viewer": "Viewer",
    "airflow_public": "Public",
}
MACHINES = {"ci": "Op", "reader": "Viewer"}
provider = IdentityProvider()


def tenant(name: str, **changes) -> dict:
    """As the build tool writes one into settings.json."""
    return {
        "name": name,
        "dagIds": f"{name}__",
        "dagPrefix": name,
        "roles": {f"airflow_{name}": f"tenant_{name}", f"airflow_{name}_guest": f"tenant_{name}_viewer"},
        "userRole": f"tenant_{name}",
        "viewerRole": f"tenant_{name}_viewer",
        "pool": f"tenant_{name}",
        "poolSlots": 8,
        "maxActiveTasks": 4,
        "cpu": "4",
        "memory": "8Gi",
        "resources": {"example.test/gpu": 1},
        "images": [f"registry.test/{name}@sha256:1"],
        **changes,
    }


def write_settings(**changes) -> Path:
    document = {
        "cluster": "lab",
        "release": 1,
        "oidc": {"issuer": ISSUER, "serverUrl": provider.url, "client": CLIENT, "roles": ROLES, "machines": MACHINES},
        "paths": {"home": str(HOME), "dags": str(DAGS)},
        "tenants": [tenant("sci"), tenant("sci-two", dagPrefix="teams/two")],
        "ca": None,
    }
    document.update(changes)
    file = HOME / "settings.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def _prepare() -> None:
    atexit.register(shutil.rmtree, HOME, ignore_errors=True)
    DAGS.mkdir()
    write_settings()
    shutil.copy(REPOSITORY / "rpm/airflow-cluster/files/webserver_config.py", HOME)
    (HOME / "airflow.cfg").write_text(
        f"""[core]
dags_folder = {DAGS}
sql_alchemy_conn = {DATABASE}
load_examples = False
fernet_key =
[api]
auth_backend = airflow_appliance.api_auth
[logging]
base_log_folder = {HOME}/logs
logging_level = WARNING
dag_processor_manager_log_location = {HOME}/logs/manager.log
[webserver]
base_url = {BASE_URL}
secret_key = a-key-for-tests
[scheduler]
child_process_log_directory = {HOME}/logs/scheduler
[kubernetes]
pod_template_file = {HOME}/pod_template.yaml
""",
        encoding="utf-8",
    )
    os.environ.update(AIRFLOW_HOME=str(HOME), OIDC_CLIENT_SECRET=SECRET)


def create_tables() -> None:
    """All tables of Airflow and Flask-AppBuilder as the models say, much faster than its 80 migrations."""
    from flask_appbuilder.models.sqla import Base as FabBase

    import airflow.jobs.base_job  # noqa: F401 (these define tables)
    import airflow.models  # noqa: F401
    import airflow.models.serialized_dag  # noqa: F401
    import flask_appbuilder.security.sqla.models  # noqa: F401
    from airflow import settings
    from airflow.models.base import Base
    from sqlalchemy import Text

    for column in (each for table in Base.metadata.tables.values() for each in table.columns):
        if isinstance(column.type, Text):
            column.type.length = None  # which PostgreSQL does not take, nor do Airflow's migrations say it there
    Base.metadata.create_all(settings.engine)
    FabBase.metadata.create_all(settings.engine)


_prepare()
create_tables()
