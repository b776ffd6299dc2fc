"""Which DAGs a request is about; Airflow 2.2 asks for the one in the query only, and shows some lists whole."""
from typing import Any, List, Optional, Set, Tuple

from flask import current_app, request
from sqlalchemy import inspect

from airflow.exceptions import AirflowException
from airflow.security import permissions

# What these answer with is not filtered by the DAGs that the user may read.
_WHOLE_LISTS = {
    "get_event_log",
    "get_event_logs",
    "get_import_error",
    "get_import_errors",
}
_WHOLE_PAGES = {"DagDependenciesView.list"}


def named_dags(dag_id: Optional[str]) -> Set[str]:
    """Every DAG that the request names: in its path, its query, its form or its JSON."""
    named = {dag_id} if dag_id else set()
    named.update(request.args.getlist("dag_id"), request.form.getlist("dag_id"))
    body = _body()
    if isinstance(body, dict):
        several = body.get("dag_ids")
        asked = [body.get("dag_id"), *(several if isinstance(several, list) else [])]
        named.update(name for name in asked if isinstance(name, str))
    return named - {"", "~"}


def shows_every_dag() -> bool:
    """Whether the answer holds something of every DAG, so that it is for who may read them all."""
    endpoint = request.endpoint or ""
    if endpoint in _WHOLE_PAGES:
        return True
    name = endpoint.rpartition("_endpoint_")[2]
    if name == "get_task_instances":
        return (request.view_args or {}).get("dag_id") == "~"
    if name == "get_task_instances_batch":
        body = _body()
        return not (isinstance(body, dict) and body.get("dag_ids"))
    return name in _WHOLE_LISTS


def also_needed() -> List[Tuple[str, str]]:
    """Rights that Airflow 2.2 does not ask for: a run's state is changed there by who may only read its DAG."""
    changes_run = (request.endpoint or "").endswith("_endpoint_update_dag_run_state")
    return [(permissions.ACTION_CAN_EDIT, permissions.RESOURCE_DAG)] if changes_run else []


def judge_what_was() -> None:
    """Lets the forms of runs and task instances ask for the DAG that a row had, not only for the one that it shall get."""
    from airflow.www import views

    def validate_dag_edit_access(item: Any) -> None:
        for dag_id in {item.dag_id, *inspect(item).attrs.dag_id.history.deleted}:
            if not current_app.appbuilder.sm.can_edit_dag(dag_id):
                raise AirflowException(f"Access denied for dag_id {dag_id}")

    views.AirflowPrivilegeVerifierModelView.validate_dag_edit_access = staticmethod(validate_dag_edit_access)


def _body() -> Any:
    return request.get_json(silent=True) if request.is_json else None
