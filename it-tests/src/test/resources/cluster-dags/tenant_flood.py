"""A team that asks for everything at once, as urgently as it may, and a DAG that wants one task."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator

DEFAULTS = {"start_date": datetime(2022, 1, 1), "priority_weight": 10}

with DAG("TENANT__flood", schedule_interval=None, catchup=False, default_args=DEFAULTS) as flood:
    for number in range(TASKS):
        BashOperator(task_id=f"t{number}", bash_command="sleep 2")

with DAG("TENANT__next", schedule_interval=None, catchup=False, default_args={**DEFAULTS, "priority_weight": 1}) as single:
    BashOperator(task_id="only", bash_command="echo done")
