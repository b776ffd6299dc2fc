"""The cluster's facts that the node's own programs need, from AIRFLOW_HOME/settings.json."""
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

AIRFLOW = "/usr/lib/airflow/bin/airflow"
MARKER = ".airflow-appliance"


class FactsError(Exception):
    """settings.json is missing or incomplete; the text is one line for the operator."""


@dataclass(frozen=True)
class Database:
    host: str
    port: int
    name: str
    user: str
    sslmode: str
    ca: Optional[str]


@dataclass(frozen=True)
class ObjectStore:
    endpoint: str
    region: str
    bucket: str
    dag_prefix: str
    path_style: bool


@dataclass(frozen=True)
class Kubernetes:
    api: str
    ca: Optional[str]
    namespace: str
    minimum_version: str


@dataclass(frozen=True)
class Facts:
    """One instance of Airflow on this node; `ca` is the system's CAs joined with the site's `ca_file`."""

    database: Database
    store: ObjectStore
    kubernetes: Kubernetes
    port: int
    certificate: Optional[str]
    key: Optional[str]
    ca: Optional[str]
    ca_file: Optional[str]
    home: Path
    runtime: Path
    dags: Path

    @property
    def tls(self) -> bool:
        """Whether the webserver speaks https."""
        return self.certificate is not None

    @property
    def marker(self) -> Path:
        """A real read of this file through the mount proves the mount."""
        return self.dags / MARKER

    @property
    def environment(self) -> Path:
        """What `secrets` derived for the services; replaced whenever it runs."""
        return self.runtime / "environment"

    @staticmethod
    def load() -> "Facts":
        file = Path(os.environ.get("AIRFLOW_HOME", "/etc/airflow")) / "settings.json"
        try:
            return _facts(json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise FactsError(f"{file}: does not exist; install the airflow-cluster package") from None
        except OSError as problem:
            raise FactsError(f"{file}: {problem.strerror}; run this as root or as user airflow") from None
        except ValueError as problem:
            raise FactsError(f"{file}: is not JSON: {problem}; reinstall the airflow-cluster package") from None
        except (KeyError, TypeError) as problem:
            raise FactsError(f"{file}: lacks {problem}; reinstall the airflow-cluster package") from None


def _facts(document) -> Facts:
    database, store = document["database"], document["objectStore"]
    kubernetes, paths, web = document["kubernetes"], document["paths"], document["webserver"]
    return Facts(
        database=Database(
            database["host"],
            int(database["port"]),
            database["name"],
            database["user"],
            database["sslmode"],
            database.get("ca"),
        ),
        store=ObjectStore(
            store["endpoint"].rstrip("/"),
            store["region"],
            store["bucket"],
            store["dagPrefix"],
            bool(store["pathStyle"]),
        ),
        kubernetes=Kubernetes(
            kubernetes["api"].rstrip("/"),
            kubernetes.get("ca"),
            kubernetes["namespace"],
            str(kubernetes["minimumVersion"]),
        ),
        port=int(web["port"]),
        certificate=web.get("tlsCertificate"),
        key=web.get("tlsKey"),
        ca=document.get("ca"),
        ca_file=document.get("caFile"),
        home=Path(paths["home"]),
        runtime=Path(paths["run"]),
        dags=Path(paths["dags"]),
    )
