"""What Airflow runs in each of its processes; a copy in AIRFLOW_HOME would lose against one in the DAG bucket."""
from typing import Any

from airflow.configuration import conf
from airflow_appliance import dag_imports

# First of all: every import after this may look into the DAG folder.
dag_imports.install(conf.get("core", "dags_folder"))

from airflow_appliance import (  # noqa: E402
    cli_log,
    dag_guard,
    executor,
    pods,
    run_state,
    settings,
    tenant_policy,
    worker_dag,
    worker_log,
)
from airflow_appliance.pods import pod_mutation_hook  # noqa: E402

__all__ = ["dag_policy", "pod_mutation_hook"]


def dag_policy(dag: Any) -> None:
    """Airflow calls it for each DAG that it reads from a file."""
    if settings.path().exists():
        tenant_policy.dag_policy(dag)
    else:
        tenant_policy.in_pod(dag)


run_state.install()
# A node has settings, a worker pod has none: it parses one file and decides nothing about the others.
if settings.path().exists():
    cli_log.install()
    dag_guard.install()
    executor.install()
    pods.install()
    tenant_policy.install()
elif worker_log.in_worker_pod():
    worker_dag.install()
    worker_log.install()
