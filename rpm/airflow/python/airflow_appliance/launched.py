"""Each scheduler looks after its own queued tasks, and leaves those of the other schedulers alone.

Airflow 2.2 looks at all queued tasks: one without a pod goes back to be scheduled. On several nodes that is
wrong twice. A task that waits in the queue of another scheduler has no pod yet, so under load it gets a second
one, and a third. And the state is set whatever it has become meanwhile, so a task that has just begun is
begun again. The tasks of a scheduler that died are not for this search: whoever notices the death takes them over
(`adopt_or_reset_orphaned_tasks`).
"""
import time
from types import ModuleType
from typing import Any, Dict


def look_after_own(module: ModuleType) -> None:
    """Replaces the search in the executor's class."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.state import State

    def clear_not_launched_queued_tasks(executor: Any) -> None:
        _forget_old(executor)
        with create_session() as session:
            mine = (TaskInstance.state == State.QUEUED, TaskInstance.queued_by_job_id == executor.scheduler_job_id)
            for task in session.query(TaskInstance).filter(*mine).all():
                if _is_known(executor, task.key) or _has_pod(module, executor, task):
                    continue
                changed = (
                    session.query(TaskInstance)
                    .filter(*mine)
                    .filter_by(dag_id=task.dag_id, task_id=task.task_id, run_id=task.run_id)
                    .update({TaskInstance.state: State.SCHEDULED}, synchronize_session=False)
                )
                if changed:
                    executor.log.info("%s is queued here and has no pod: it is scheduled again", task)

    module.KubernetesExecutor.clear_not_launched_queued_tasks = clear_not_launched_queued_tasks


def _forget_old(executor: Any) -> None:
    """As Airflow does: what was handed on long ago may be looked at again."""
    age = executor.kube_config.worker_pods_queued_check_interval * 3
    handled: Dict[Any, float] = executor.last_handled
    for key in [key for key, moment in handled.items() if time.time() - moment > age]:
        del handled[key]


def _is_known(executor: Any, key: Any) -> bool:
    """It waits for its pod here, or has one that this executor watches."""
    return key in executor.last_handled or key in executor.queued_tasks or key in executor.running


def _has_pod(module: ModuleType, executor: Any, task: Any) -> bool:
    """Whichever scheduler made it: an adopted pod carries another number than the task's."""
    value = module.pod_generator.make_safe_label_value
    selector = f"dag_id={value(task.dag_id)},task_id={value(task.task_id)},run_id={value(task.run_id)}"
    found = executor.kube_client.list_namespaced_pod(
        executor.kube_config.kube_namespace,
        label_selector=selector,
        **(executor.kube_config.kube_client_request_args or {}),
    )
    return bool(found.items)
