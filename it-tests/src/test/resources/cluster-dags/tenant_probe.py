"""A team's DAG whose source, log, XCom and run name its team: who sees one of the marks has seen what is the team's."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG(
    "TENANT__probe", description="mark-of-TENANT.", start_date=datetime(2022, 1, 1), schedule_interval=None, catchup=False
) as dag:
    BashOperator(task_id="say", bash_command="echo mark-of-TENANT.", do_xcom_push=True)
