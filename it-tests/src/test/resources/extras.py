"""Imports what each extra of Airflow exists for, then every module of the providers; prints the providers' names."""
import importlib
import pkgutil

import airflow.executors.celery_executor
import airflow.executors.kubernetes_executor
import airflow.providers
import authlib
import boto3
import celery
import flask_appbuilder
import kubernetes
import psycopg2
from airflow.providers_manager import ProvidersManager

for module in pkgutil.walk_packages(airflow.providers.__path__, "airflow.providers."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as problem:
        # a transfer to a system whose provider is no extra of this closure, or an example of one
        if ".transfers." not in module.name and ".example_dags." not in module.name:
            raise
        print(f"left out {module.name}: {problem}")

for name in ProvidersManager().providers:
    print(name)
