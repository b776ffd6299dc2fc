"""The ways in which a task can end."""
import os
import signal
import time
from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowFailException
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator


def succeed(seconds):
    for second in range(seconds):
        print(f"second {second}", flush=True)
        time.sleep(1)
    print("the last line", flush=True)


def fail():
    raise AirflowFailException("on purpose")


def fail_once(ti):
    if ti.try_number == 1:
        raise ValueError("the first try fails")
    print("the second try succeeds")


def kill_task():
    print("about to be killed", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def take_memory():
    print("taking memory", flush=True)
    taken = []
    while True:
        taken.append(b"x" * (64 << 20))
        time.sleep(0.1)


with DAG(
    "ends",
    start_date=datetime(2022, 1, 1),
    schedule_interval=None,
    default_args={"retries": 0},
    max_active_tasks=32,
    max_active_runs=10,
) as dag:
    PythonOperator(task_id="success", python_callable=succeed, op_args=[40])
    PythonOperator(task_id="failure", python_callable=fail)
    PythonOperator(task_id="retry", python_callable=fail_once, retries=1, retry_delay=timedelta(seconds=1))
    BashOperator(task_id="timeout", bash_command="sleep 600", execution_timeout=timedelta(seconds=5))
    PythonOperator(task_id="killed", python_callable=kill_task)
    PythonOperator(task_id="all_killed", python_callable=succeed, op_args=[600])
    PythonOperator(task_id="out_of_memory", python_callable=take_memory)
    BashOperator(
        task_id="inside",
        bash_command="id -u; id -g; grep CapEff /proc/self/status; ls /opt/airflow/s3/dags; "
        "touch /opt/airflow/s3/dags/x; grep ' /opt/airflow/s3' /proc/mounts; touch /usr/x; "
        "ls /var/run/secrets/kubernetes.io 2>&1; exit 0",
    )
