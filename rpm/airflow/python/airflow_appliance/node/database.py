"""A psycopg2 connection from the URL that Airflow itself uses."""
import os
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg2


def connect(application: str):
    """Connect with short deadlines, besides those of the URL."""
    url = urlsplit(os.environ["AIRFLOW__CORE__SQL_ALCHEMY_CONN"])
    query = dict(parse_qsl(url.query))
    query["options"] = query.get("options", "") + " -c statement_timeout=10000"
    return psycopg2.connect(
        host=url.hostname,
        port=url.port,
        dbname=unquote(url.path.lstrip("/")),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        application_name=application,
        connect_timeout=5,
        **query,
    )
