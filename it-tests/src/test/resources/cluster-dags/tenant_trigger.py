"""A team's DAG that would start another team's."""
from datetime import datetime

from airflow import DAG
from airflow.operators.trigger_dagrun import TriggerDagRunOperator

with DAG("TENANT__trigger", start_date=datetime(2022, 1, 1), schedule_interval=None, catchup=False) as dag:
    TriggerDagRunOperator(task_id="start", trigger_dag_id="OTHER__probe")
