"""Tasks that say when they begin and end: side by side, and one after another."""
import time
from datetime import datetime

from airflow import DAG
from airflow.operators.python import PythonOperator
from kubernetes.client import models as k8s
from suite_records import record


def work(ti, dag_run, seconds=None):
    record("start", ti)
    time.sleep(seconds or dag_run.conf.get("seconds", 1))
    record("end", ti)


with DAG(
    "steady",
    start_date=datetime(2022, 1, 1),
    schedule_interval=None,
    default_args={"retries": 0},
    max_active_runs=20,
    max_active_tasks=64,
) as steady:
    for number in range(2):
        first = PythonOperator(task_id=f"first_{number}", python_callable=work)
        first >> PythonOperator(task_id=f"second_{number}", python_callable=work)

with DAG(
    "wide",
    start_date=datetime(2022, 1, 1),
    schedule_interval=None,
    default_args={"retries": 0},
    max_active_tasks=64,
) as wide:
    for number in range(60):
        PythonOperator(task_id=f"task_{number}", python_callable=work)

# Tasks that begin at once, and as many that wait as pods until the suite gives Kubernetes' machine what they ask for.
HELD = {"pod_override": k8s.V1Pod(spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="base")], node_selector={"suite/held": "no"}))}

with DAG(
    "busy",
    start_date=datetime(2022, 1, 1),
    schedule_interval=None,
    default_args={"retries": 0},
    max_active_tasks=64,
) as busy:
    short = {"python_callable": work, "op_kwargs": {"seconds": 1}}
    last = PythonOperator(task_id="last", **short)
    for number in range(3):
        PythonOperator(task_id=f"first_{number}", python_callable=work) >> last
        PythonOperator(task_id=f"held_{number}", executor_config=HELD, **short) >> last

with DAG(
    "single",
    start_date=datetime(2022, 1, 1),
    schedule_interval=None,
    default_args={"retries": 0},
) as single:
    PythonOperator(task_id="task", python_callable=work)

with DAG(
    "one_by_one",
    start_date=datetime(2022, 1, 1),
    schedule_interval=None,
    default_args={"retries": 0},
    max_active_tasks=1,
) as one_by_one:
    for number in range(4):
        PythonOperator(task_id=f"task_{number}", python_callable=work)

with DAG(
    "every_minute",
    start_date=datetime(2022, 1, 1),
    schedule_interval="* * * * *",
    catchup=False,
    default_args={"retries": 0},
) as every_minute:
    PythonOperator(task_id="task", python_callable=work)
