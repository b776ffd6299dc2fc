"""Queued tasks without a pod, and pods nobody waits for: each scheduler looks after its own.

Airflow 2.2 looks at all queued tasks: one without a pod goes back to be scheduled. On several nodes that is
wrong twice. A task that waits in the queue of another scheduler has no pod yet, so under load it gets a second
one, and a third. And the state is set whatever it has become meanwhile, so a task that has just begun is
begun again. The tasks of a scheduler that died are taken over by whoever notices its death
(`adopt_or_reset_orphaned_tasks`); those which that search does not see are looked after here.

So are tasks that were cleared while they ran. Airflow 2.2 ends them, and schedules them again in the end of their own
process; when that is killed, or its pod is, nobody does.
"""
import time
from datetime import timedelta
from types import ModuleType
from typing import Any, Dict, List, Set

from airflow_appliance import pod_reason
from airflow_appliance.pod_end import SILENT_SECONDS
from airflow_appliance.pod_key import key_of

# The news of a pod's end may be held back for half a minute; searches are that far apart.
MISSED = 3


def look_after_own(module: ModuleType) -> None:
    """Replaces the search in the executor's class."""

    def clear_not_launched_queued_tasks(executor: Any) -> None:
        # "manual" or "backfill" for those that a page or a command starts; they queue nothing.
        if not isinstance(executor.scheduler_job_id, int):
            return
        _forget_old(executor)
        pods = executor.kube_client.list_namespaced_pod(
            executor.kube_config.kube_namespace,
            label_selector="kubernetes_executor=True",
            **(executor.kube_config.kube_client_request_args or {}),
        ).items
        living = {key_of(pod) for pod in pods if _lives(pod)}
        _forget_missed(executor, {key_of(pod) for pod in pods})
        for key in _without_keeper(executor):
            if key not in living and not _is_known(executor, key) and _schedule_again(key):
                executor.log.info("%s was queued and has no pod: it is scheduled again", key)
        _restart_cleared(executor, pods)

    module.KubernetesExecutor.clear_not_launched_queued_tasks = clear_not_launched_queued_tasks


def _lives(pod: Any) -> bool:
    """Whether its task may still begin or run in it."""
    return pod.status.phase in ("Pending", "Running", "Unknown") and not pod.metadata.deletion_timestamp


def _forget_old(executor: Any) -> None:
    """As Airflow does: what was handed on long ago may be looked at again."""
    age = executor.kube_config.worker_pods_queued_check_interval * 3
    handled: Dict[Any, float] = executor.last_handled
    for key in [key for key, moment in handled.items() if time.time() - moment > age]:
        del handled[key]


def _forget_missed(executor: Any, present: Set[Any]) -> None:
    """A watch can miss the end of a pod; its task would have a slot of this executor for ever."""
    counts: Dict[Any, int] = getattr(executor, "appliance_missed", {})
    waits = not executor.task_queue.empty()
    absent = set() if waits else executor.running - present - set(executor.queued_tasks)
    executor.appliance_missed = {key: counts.get(key, 0) + 1 for key in absent}
    for key, count in executor.appliance_missed.items():
        if count >= MISSED:
            executor.log.warning("the pod of %s is gone and nothing was heard of its end: its slot is free", key)
            executor.running.discard(key)
            executor.last_handled.pop(key, None)


def _is_known(executor: Any, key: Any) -> bool:
    """It waits for its pod here, or has one that this executor watches."""
    return key in executor.last_handled or key in executor.queued_tasks or key in executor.running


def _without_keeper(executor: Any) -> List[Any]:
    """This scheduler's queued tasks, and those that no scheduler takes over: of runs that are over, and of backfills."""
    from airflow.models import DagRun, TaskInstance
    from airflow.jobs.base_job import BaseJob
    from airflow.utils.session import create_session
    from airflow.utils.state import State
    from airflow.utils.types import DagRunType
    from sqlalchemy import and_, or_

    orphan = and_(
        or_(BaseJob.id.is_(None), BaseJob.state != State.RUNNING),
        or_(BaseJob.id.is_(None), DagRun.state != State.RUNNING, DagRun.run_type == DagRunType.BACKFILL_JOB),
    )
    with create_session() as session:
        found = (
            session.query(TaskInstance)
            .join(TaskInstance.dag_run)
            .outerjoin(BaseJob, BaseJob.id == TaskInstance.queued_by_job_id)
            .filter(TaskInstance.state == State.QUEUED)
            .filter(or_(TaskInstance.queued_by_job_id == executor.scheduler_job_id, orphan))
        )
        return [task.key for task in found]


def _schedule_again(key: Any) -> bool:
    """In one statement: the task may have begun since."""
    from airflow.models import TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.state import State

    with create_session() as session:
        return bool(
            session.query(TaskInstance)
            .filter_by(dag_id=key.dag_id, task_id=key.task_id, run_id=key.run_id, state=State.QUEUED)
            .update({TaskInstance.state: State.SCHEDULED}, synchronize_session=False)
        )


def _restart_cleared(executor: Any, pods: List[Any]) -> None:
    """Those that had no pod in the search before either: one that was cleared just now ends by itself."""
    silent = _silent_cleared()
    if silent:
        silent -= {key_of(pod) for pod in pods if _may_work(executor, pod)}
    for key in silent & getattr(executor, "appliance_cleared", set()):
        if _begin_again(key):
            executor.log.warning("%s was cleared while it ran, and its pod is gone: it runs again", key)
    executor.appliance_cleared = silent


def _may_work(executor: Any, pod: Any) -> bool:
    """Whether a process of its task may be there, also one that is being ended."""
    if pod.status.phase not in ("Pending", "Running", "Unknown"):
        return False
    return not pod_reason.out_of_reach(executor.kube_client.api_client.sanitize_for_serialization(pod))


def _silent_cleared() -> Set[Any]:
    """Cleared tasks whose hearts do not beat, with the try of their pods; one that beats is cut off, or runs in no pod."""
    from airflow.jobs.base_job import BaseJob
    from airflow.models import TaskInstance
    from airflow.models.taskinstance import TaskInstanceKey
    from airflow.utils import timezone
    from airflow.utils.session import create_session
    from airflow.utils.state import State
    from sqlalchemy import or_

    before = timezone.utcnow() - timedelta(seconds=SILENT_SECONDS)
    with create_session() as session:
        found = (
            session.query(TaskInstance.dag_id, TaskInstance.task_id, TaskInstance.run_id, TaskInstance._try_number)
            .outerjoin(BaseJob, BaseJob.id == TaskInstance.job_id)
            .filter(TaskInstance.state == State.RESTARTING)
            .filter(or_(BaseJob.id.is_(None), BaseJob.latest_heartbeat < before))
        )
        return {TaskInstanceKey(*row) for row in found}


def _begin_again(key: Any) -> bool:
    """In one statement, whatever its retries are; from its beginning, when it waited for a trigger."""
    from airflow.models import TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.state import State

    with create_session() as session:
        return bool(
            session.query(TaskInstance)
            .filter_by(dag_id=key.dag_id, task_id=key.task_id, run_id=key.run_id, state=State.RESTARTING)
            .filter_by(_try_number=key.try_number)
            .update(
                {
                    TaskInstance.state: None,
                    TaskInstance.external_executor_id: None,
                    TaskInstance.next_method: None,
                    TaskInstance.next_kwargs: None,
                },
                synchronize_session=False,
            )
        )
