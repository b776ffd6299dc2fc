"""What runs on a node around Airflow: secrets, migration, and the supervisors inside the units.

Runs on Python 3.9's standard library; only `migrate` and `scheduler` add psycopg2 to talk to the database, and
`webserver` cryptography to read its certificate.
"""
