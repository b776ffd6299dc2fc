"""A task that chooses its image."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from kubernetes.client import models as k8s

CHOSEN = k8s.V1Pod(spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="base", image="IMAGE")]))

with DAG("TENANT__image", start_date=datetime(2022, 1, 1), schedule_interval=None, catchup=False) as dag:
    BashOperator(task_id="say", bash_command="echo said", executor_config={"pod_override": CHOSEN})
