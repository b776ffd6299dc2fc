"""Pods of a scheduler that died, found by what they are for and not by whose they were.

Airflow 2.2 looks for the label of the dead scheduler and sends the whole pod back with its new one. A pod that
changes meanwhile is refused, and one that was relabelled by a scheduler that died before it could write that down
is not found: in both cases a task that runs is reset, and runs twice.
"""
from datetime import timedelta
from types import ModuleType
from typing import Any, List, Set

from airflow_appliance import refusals
from airflow_appliance.pod_key import key_of

# A scheduler deletes an ended pod in seconds; this one nobody watches.
ABANDONED_SECONDS = 60


def by_task(module: ModuleType) -> None:
    """Replaces the search in the executor's class."""
    from airflow.utils import timezone

    def try_adopt_task_instances(executor: Any, tis: List[Any]) -> List[Any]:
        arguments = executor.kube_config.kube_client_request_args or {}
        pods = executor.kube_client.list_namespaced_pod(
            executor.kube_config.kube_namespace, label_selector="kubernetes_executor=True", **arguments
        ).items
        left = {task.key: task for task in tis}
        before = timezone.utcnow() - timedelta(seconds=ABANDONED_SECONDS)
        adopted = set()
        try:
            for pod in pods:
                key = key_of(pod)
                if key is None:  # whoever made it removes it
                    continue
                if key in left:
                    if _relabel(executor, pod, arguments):
                        adopted.add(key)
                        del left[key]
                elif _ended(pod) and _ended(pod) < before:
                    _relabel(executor, pod, arguments)
        finally:
            executor.running.update(adopted)
            if adopted:
                forget_waiting(executor, adopted)
        return list(left.values())

    def _relabel(executor: Any, pod: Any, arguments: Any) -> bool:
        """Whether it is this scheduler's now; False when it is gone. Whatever else goes wrong ends the search."""
        mine = {"airflow-worker": module.pod_generator.make_safe_label_value(str(executor.scheduler_job_id))}
        try:
            executor.kube_client.patch_namespaced_pod(
                name=pod.metadata.name,
                namespace=pod.metadata.namespace,
                body={"metadata": {"labels": mine}},
                **arguments,
            )
        except module.ApiException as problem:
            if problem.status != 404:
                raise
            return False
        executor.log.info("pod %s is adopted", pod.metadata.name)
        return True

    module.KubernetesExecutor.try_adopt_task_instances = try_adopt_task_instances


def waiting(executor: Any) -> Set[Any]:
    """What waits here for its pod."""
    jobs = [executor.task_queue.get_nowait() for _ in range(executor.task_queue.qsize())]
    for job in jobs:
        executor.task_queue.task_done()
        executor.task_queue.put(job)
    return {job[0] for job in jobs} | set(executor.queued_tasks)


def forget_waiting(executor: Any, keys: Set[Any]) -> None:
    """They may wait here for pods from before, when this scheduler was late and another one made the pods."""
    for key in keys:
        executor.queued_tasks.pop(key, None)
        refusals.over(key)
    for _ in range(executor.task_queue.qsize()):
        job = executor.task_queue.get_nowait()
        executor.task_queue.task_done()
        if job[0] not in keys:
            executor.task_queue.put(job)


def _ended(pod: Any) -> Any:
    """When its last container ended; None while it lives."""
    if pod.status.phase not in ("Succeeded", "Failed"):
        return None
    states = [each.state and each.state.terminated for each in pod.status.container_statuses or []]
    times = [each.finished_at for each in states if each and each.finished_at]
    return max(times) if times else pod.metadata.creation_timestamp
