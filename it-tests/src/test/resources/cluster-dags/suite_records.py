"""Rows in a table of the tests' own: what began and what ended, so that nothing is lost or done twice unseen."""
import os
import socket

import psycopg2


def record(what, ti):
    connection = psycopg2.connect(os.environ["AIRFLOW__CORE__SQL_ALCHEMY_CONN"].replace("+psycopg2", ""))
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO suite_records (dag_id, run_id, task_id, try_number, what, host) VALUES (%s, %s, %s, %s, %s, %s)",
            (ti.dag_id, ti.run_id, ti.task_id, ti.try_number, what, socket.gethostname()),
        )
    connection.close()
