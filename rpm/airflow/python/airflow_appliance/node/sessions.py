"""Removes what is over from the table of the webserver's sessions, for a timer: Airflow 2.2 never does."""
import sys

import psycopg2

from airflow_appliance.node import database

# In slices, so that no lock is held for long; times in the table are in UTC and have no zone.
SLICE = 5000
_PURGE = """
DELETE FROM session WHERE id IN (
    SELECT id FROM session WHERE expiry IS NULL OR expiry < now() AT TIME ZONE 'UTC'
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)"""


def purge() -> int:
    """Exit status 0 when all expired rows are gone; 1 says why on standard error, and the timer tries again."""
    removed = 0
    try:
        connection = database.connect("airflow-sessions")
        try:
            while True:
                with connection, connection.cursor() as cursor:
                    cursor.execute(_PURGE, (SLICE,))
                    slice_ = cursor.rowcount
                removed += slice_
                if slice_ < SLICE:
                    break
        finally:
            connection.close()
    except psycopg2.Error as problem:
        print(f"session rows could not be removed: {str(problem).strip()}; the next hour tries again", file=sys.stderr)
        return 1
    print(f"removed {removed} expired session rows")
    return 0
