"""A psycopg2 connection from the URL that Airflow itself uses."""
import os
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg2


def connect(application: str):
    """Connect with short deadlines; the server notices a dead node within a minute by its own keepalives."""
    url = urlsplit(os.environ["AIRFLOW__CORE__SQL_ALCHEMY_CONN"])
    return psycopg2.connect(
        host=url.hostname,
        port=url.port,
        dbname=unquote(url.path.lstrip("/")),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        application_name=application,
        connect_timeout=5,
        keepalives_idle=10,
        keepalives_interval=10,
        keepalives_count=3,
        options="-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
        " -c statement_timeout=10000",
        **dict(parse_qsl(url.query)),
    )
