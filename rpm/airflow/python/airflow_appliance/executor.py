"""Airflow's executor as a node runs it; in one place, since a module is changed once.

Beside the larger changes: what goes wrong with one pod, or with Kubernetes for a while, is no end of a scheduler.
"""
import json
import time
from functools import wraps
from types import ModuleType
from typing import Any, Callable, Optional

from airflow_appliance import adoption, claim, pod_end, pod_key, queued, reach, refusals, tenant_pods, worker_log
from airflow_appliance.after_import import AfterImport, Change


def install() -> None:
    """Change the executor of this process; UnknownCode if Airflow is not the one that is known."""
    AfterImport(
        {
            "airflow.executors.kubernetes_executor": Change(
                sha256="9d14497b681f993343c009e8ee8fef6938f9fe60d9a3ce37c352b31fa2d9e162", apply=_apply
            ),
            "airflow.jobs.scheduler_job": Change(
                sha256="71bc5482ea3288732838c49b90a0e2d5e30904ee4f2ad18a1354cc71f86cd892", apply=_apply_to_job
            ),
        }
    ).install()


def _apply(module: ModuleType) -> None:
    pod_key.watch_known(module)
    pod_end.watch(module)
    queued.look_after_own(module)
    adoption.by_task(module)
    _survive(module)
    _check_again(module)
    _tell_pod(module)
    _keep_count(module)
    _count_tries(module)
    reach.leave_to_others(module)


def _apply_to_job(module: ModuleType) -> None:
    _beat_now(module)
    _search_again(module)


def _beat_now(module: ModuleType) -> None:
    """Airflow 2.2 copies the job to the database before it sets the time of the beat.

    So the time before is stored, and a scheduler is taken for dead when two of its turns together are late.
    """
    beat = module.SchedulerJob.heartbeat_callback

    def heartbeat_callback(self: Any, session: Any = None) -> None:
        beat(self, session=session)
        session.merge(self)

    module.SchedulerJob.heartbeat_callback = heartbeat_callback


def _search_again(module: ModuleType) -> None:
    """A search for orphans that Kubernetes does not answer changes nothing: a task may have a pod that was not listed."""
    from kubernetes.client.rest import ApiException
    from urllib3.exceptions import HTTPError

    search = module.SchedulerJob.adopt_or_reset_orphaned_tasks

    @module.provide_session
    def adopt_or_reset_orphaned_tasks(self: Any, session: Any = None) -> int:
        if reach.api.is_lost:
            return 0
        try:
            return search(self, session=session)
        except (ApiException, HTTPError) as problem:
            session.rollback()  # lets go of the tasks' rows, too
            self.log.error("orphaned tasks are searched for next time, Kubernetes cannot be asked now: %s", problem)
            return 0

    module.SchedulerJob.adopt_or_reset_orphaned_tasks = adopt_or_reset_orphaned_tasks


def _survive(module: ModuleType) -> None:
    """Airflow expects nothing but an API error, whose body is JSON."""
    from urllib3.exceptions import HTTPError

    scheduler = module.AirflowKubernetesScheduler
    run_next, delete_pod = scheduler.run_next, scheduler.delete_pod

    def error(status: int, problem: Exception) -> Any:
        made = module.ApiException(status=status, reason=f"{type(problem).__name__}: {problem}")
        made.body = json.dumps({"message": made.reason})
        return made

    def run_next_or_api_error(self: Any, job: Any) -> None:
        if reach.api.is_lost:  # this keeps the job, and does not hold up the turn
            raise error(503, reach.OutOfReach("it is asked for pods when it answers again"))
        try:
            with claim.held(job[0], self.scheduler_job_id) as is_mine:
                if is_mine:
                    run_next(self, tenant_pods.admitted(job))
                else:
                    self.log.info("%s is not queued by this scheduler any more: no pod is made", job[0])
                    self.result_queue.put((job[0], pod_end.RELEASED, "none", self.namespace, None))
                refusals.over(job[0])
                reach.api.settle(job[0])
        except claim.NotNow as problem:  # it is tried again
            raise error(503, problem) from problem
        except tenant_pods.PodRefused as problem:
            refusals.tell(job[0], str(problem))
            raise error(400, problem) from problem
        except module.ApiException as problem:
            said = _message(problem.body)
            if problem.status in (400, 422):  # this task fails
                refusals.tell(job[0], said or str(problem.reason))
            if problem.status == 403:  # such as a quota that is used up
                refusals.wait(job[0], said or str(problem.reason))
            if not _is_about_pod(problem.status, said):
                reach.api.doubt(self, problem, job[0])
            if said is None:
                raise error(problem.status, problem) from problem
            raise
        except HTTPError as problem:  # it is tried again
            reach.api.doubt(self, problem, job[0])
            raise error(503, problem) from problem
        except Exception as problem:  # such as a pod template that is none: this task fails
            self.log.exception("no pod can be made")
            refusals.tell(job[0], f"{type(problem).__name__}: {problem}")
            raise error(400, problem) from problem

    def delete_pod_if_possible(self: Any, pod_id: str, namespace: str) -> None:
        try:
            delete_pod(self, pod_id, namespace)
        except (module.ApiException, HTTPError) as problem:
            # Whoever searches for abandoned pods finds it.
            self.log.error("pod %s could not be deleted now: %s", pod_id, problem)

    scheduler.run_next, scheduler.delete_pod = run_next_or_api_error, delete_pod_if_possible


def _check_again(module: ModuleType) -> None:
    """Airflow's timer knows a check's next time only when the check has returned."""
    from urllib3.exceptions import HTTPError

    def returns(check: Callable[[Any], None]) -> Callable[[Any], None]:
        @wraps(check)
        def check_if_possible(self: Any) -> None:
            if reach.api.is_lost:  # it would only hold up the turn, and with it the heartbeat
                return
            try:
                check(self)
            except (module.ApiException, HTTPError) as problem:
                self.log.error("%s is done next time, Kubernetes cannot be asked now: %s", check.__name__, problem)
                reach.api.doubt(self, problem)

        return check_if_possible

    executor = module.KubernetesExecutor
    for name in ("clear_not_launched_queued_tasks", "_check_worker_pods_pending_timeout"):
        setattr(executor, name, returns(getattr(executor, name)))


def _tell_pod(module: ModuleType) -> None:
    """A pod that was waited for has the reason in its task's log."""
    from kubernetes.client import V1EnvVar

    run_pod_async = module.AirflowKubernetesScheduler.run_pod_async

    def run_pod_that_knows(self: Any, pod: Any, **kwargs: Any) -> Any:
        reason = refusals.waited(module.annotations_to_key(pod.metadata.annotations))
        if reason:
            container = pod.spec.containers[0]
            container.env = [*(container.env or []), V1EnvVar(name=worker_log.WAITED, value=reason)]
        return run_pod_async(self, pod, **kwargs)

    module.AirflowKubernetesScheduler.run_pod_async = run_pod_that_knows


def _message(body: Any) -> Optional[str]:
    """What Kubernetes says in its own form of an answer."""
    try:
        return json.loads(body)["message"]
    except (TypeError, ValueError, KeyError):
        return None


def _is_about_pod(status: int, said: Optional[str]) -> bool:
    """Whether Kubernetes refuses this pod; otherwise another one may be refused as well."""
    return status in (400, 422) or (status == 403 and " cannot create resource " not in (said or ""))


def _keep_count(module: ModuleType) -> None:
    """What the end of a pod means for the tasks that the executor has in hand."""
    from airflow.utils.state import State

    change = module.KubernetesExecutor._change_state

    def _change_state(self: Any, key: Any, state: Any, pod_id: str, namespace: str) -> None:
        if state == pod_end.RELEASED:
            self.running.discard(key)
            self.last_handled.pop(key, None)
            self.log.info("%s is not this scheduler's any more, its slot is free; its pod: %s", key, pod_id)
            return
        change(self, key, state, pod_id, namespace)
        if state == State.FAILED:
            # Its task may be queued until its callbacks ran; it is not lost.
            self.last_handled[key] = time.time()
        else:
            # A sensor comes back under the same key.
            self.last_handled.pop(key, None)

    module.KubernetesExecutor._change_state = _change_state


def _count_tries(module: ModuleType) -> None:
    sync = module.KubernetesExecutor.sync

    def sync_and_count(self: Any) -> None:
        sync(self)
        refusals.count_tries()

    module.KubernetesExecutor.sync = sync_and_count
