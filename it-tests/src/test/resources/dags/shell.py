from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("shell", start_date=datetime(2022, 1, 1), schedule_interval=None) as dag:
    BashOperator(
        task_id="all",
        bash_command="""
            set -eu
            echo "sum: $(seq 10 | awk '{ sum += $1 } END { print sum }')"
            echo "user: $(id -u):$(id -g)"
            tar -C / -cz etc/nsswitch.conf | gunzip | grep -a hosts | sed s/dns/DNS/
            find /opt/airflow -maxdepth 1 | sort | head -n 1
        """,
    )
