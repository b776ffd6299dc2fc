"""Imports what each extra of Airflow exists for, and names the providers that Airflow finds."""
import airflow.executors.celery_executor
import airflow.executors.kubernetes_executor
import airflow.providers.amazon.aws.hooks.s3
import airflow.providers.amazon.aws.log.s3_task_handler
import airflow.providers.celery
import airflow.providers.cncf.kubernetes.operators.kubernetes_pod
import airflow.providers.postgres.hooks.postgres
import authlib
import boto3
import celery
import flask_appbuilder
import kubernetes
import psycopg2
from airflow.providers_manager import ProvidersManager

for name in ProvidersManager().providers:
    print(name)
