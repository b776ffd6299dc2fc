"""A cluster's facts and secrets for these tests."""
import json
from pathlib import Path

from airflow_appliance.node import facts

SECRETS = {
    "DATABASE_PASSWORD": "p@ss:w/rd%$HOME",
    "FERNET_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "WEBSERVER_SECRET_KEY": "0123456789abcdef",
    "S3_ACCESS_KEY_ID": "AK",
    "S3_SECRET_ACCESS_KEY": "s/e+c=",
    "OIDC_CLIENT_SECRET": 'oidc "secret"',
    "KUBERNETES_TOKEN": "a.b-c_d",
}


def settings(folder, **changes):
    """Write settings.json with every path below the folder, and load it."""
    document = {
        "database": {"host": "db", "port": 5432, "name": "airflow", "user": "air flow", "sslmode": "verify-full", "ca": "/ca/db.pem"},
        "objectStore": {"endpoint": "http://s3:9000", "region": "r1", "bucket": "b", "dagPrefix": "dags", "logPrefix": "logs", "pathStyle": True},
        "kubernetes": {"api": "https://k8s:6443", "ca": "/ca/k8s.pem", "namespace": "airflow", "minimumVersion": "1.29"},
        "webserver": {"baseUrl": "http://lb:8080", "port": 8080, "tlsCertificate": None, "tlsKey": None},
        "paths": {"home": str(folder), "run": str(folder), "dags": str(Path(folder) / "dags")},
        "ca": None,
        "caFile": None,
    }
    for section, values in changes.items():
        document[section] = {**document[section], **values} if isinstance(document[section], dict) else values
    return facts._facts(json.loads(json.dumps(document)))
