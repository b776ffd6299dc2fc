"""A scheduler that alone cannot use the Kubernetes API leaves the tasks to the others.

In Airflow 2.2 it tries to make its pods for ever. Its heart beats, so nobody takes its tasks over, and up to
core.parallelism of them are queued with their pools' slots while other nodes are idle. Here it takes none until it is
answered again, and gives back those it has. Where there is certainly no pod, the task is scheduled again. Where an
answer was lost there may be one: that task is left to the search for orphans, which adopts its pod or resets it.
"""
import logging
import socket
import ssl
import time
from typing import Any, Dict, Optional

from airflow_appliance import adoption

log = logging.getLogger(__name__)

ASK_SECONDS = (3, 5)
AGAIN_SECONDS = 5
GIVE_BACK_SECONDS = 30
# Kubernetes ends what it is asked after a minute; what it made by then can be found.
UNSURE_SECONDS = 120
# With these nothing was made, whoever answered.
_REFUSED = (401, 403, 404, 429)


class OutOfReach(Exception):
    """The Kubernetes API cannot be used now, and is not asked for each pod."""


class Reach:
    """What a scheduler's main thread knows of its way to the API."""

    def __init__(self) -> None:
        self._lost_since: Optional[float] = None
        self._asked = 0.0
        # When a pod may have been made though no answer said so.
        self._unsure: Dict[Any, float] = {}

    @property
    def is_lost(self) -> bool:
        return self._lost_since is not None

    def doubt(self, caller: Any, problem: Exception, key: Any = None) -> None:
        """A call failed; whether for this pod only shows in a small question. `caller` is the executor or its scheduler."""
        if not isinstance(caller.scheduler_job_id, int):  # "manual" or "backfill": nobody else looks after their tasks
            return
        if key and not _made_nothing(problem):
            self._unsure[key] = time.monotonic()
        if not self.is_lost:
            self._ask(caller)

    def settle(self, key: Any) -> None:
        """Its pod was made, or is another scheduler's affair."""
        self._unsure.pop(key, None)

    def answered(self) -> None:
        """The API does what it is asked."""
        if self.is_lost:
            log.warning("the Kubernetes API answers %s again: this scheduler takes tasks again", socket.gethostname())
        self._lost_since = None

    def look(self, executor: Any) -> None:
        """In each turn: asks again, and gives back what has waited long enough."""
        if self.is_lost and time.monotonic() - self._asked >= AGAIN_SECONDS:
            self._ask(executor)
        if self.is_lost and time.monotonic() - self._lost_since >= GIVE_BACK_SECONDS:
            self._give_back(executor)

    def _ask(self, caller: Any) -> None:
        from kubernetes.client.rest import ApiException
        from urllib3.exceptions import HTTPError

        try:
            caller.kube_client.list_namespaced_pod(
                caller.kube_config.kube_namespace, limit=1, _request_timeout=ASK_SECONDS
            )
        except (ApiException, HTTPError) as problem:
            self._lose(caller, problem)
        else:
            self.answered()
        self._asked = time.monotonic()

    def _lose(self, caller: Any, problem: Any) -> None:
        if self.is_lost:
            return
        self._lost_since = time.monotonic()
        status = getattr(problem, "status", None)
        log.error(
            "the Kubernetes API %s cannot be used by %s: %s; this scheduler takes no more tasks, and gives those without a"
            " pod to the others in %s s; check this node's KUBERNETES_TOKEN, the CA, DNS and firewalls",
            caller.kube_client.api_client.configuration.host,
            socket.gethostname(),
            f"it answers {status} {problem.reason}" if status else problem,
            GIVE_BACK_SECONDS,
        )

    def _give_back(self, executor: Any) -> None:
        keys = adoption.waiting(executor)
        self._unsure = {key: moment for key, moment in self._unsure.items() if key in keys}
        late = {key for key in keys if self._is_time(key)}
        for key in late:
            if _let_go(executor, key, key in self._unsure):
                log.warning("%s has no pod that is known here: it is given to the other schedulers", key)
        if late:
            adoption.forget_waiting(executor, late)
        for key in late:
            executor.running.discard(key)
            executor.last_handled.pop(key, None)
            self.settle(key)

    def _is_time(self, key: Any) -> bool:
        return key not in self._unsure or time.monotonic() - self._unsure[key] >= UNSURE_SECONDS


api = Reach()


def leave_to_others(module: Any) -> None:
    """Changes the executor's class: no slots are free while the API is out of reach."""
    executor = module.KubernetesExecutor
    sync, slots = executor.sync, executor.slots_available

    def sync_and_look(self: Any) -> None:
        sync(self)
        api.look(self)

    executor.sync = sync_and_look
    executor.slots_available = property(lambda self: 0 if api.is_lost else slots.fget(self))


def _made_nothing(problem: Any) -> bool:
    """Whether the API certainly did not do what it was asked: it refused, or there was no connection to ask by."""
    from kubernetes.client.rest import ApiException
    from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, SSLError

    if isinstance(problem, ApiException):
        return problem.status in _REFUSED
    why = problem.reason if isinstance(problem, MaxRetryError) else None
    if isinstance(why, SSLError):
        return bool(why.args) and isinstance(why.args[0], ssl.SSLCertVerificationError)
    return isinstance(why, ConnectTimeoutError)  # also what is refused, and a name that is not found


def _let_go(executor: Any, key: Any, may_have_pod: bool) -> bool:
    """In one statement: the task may have begun since, or be another scheduler's already."""
    from airflow.models import TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.state import State

    values: Dict[Any, Any] = {TaskInstance.queued_by_job_id: None}
    if not may_have_pod:
        values[TaskInstance.state] = State.SCHEDULED
    with create_session() as session:
        return bool(
            session.query(TaskInstance)
            .filter_by(dag_id=key.dag_id, task_id=key.task_id, run_id=key.run_id, state=State.QUEUED)
            .filter_by(queued_by_job_id=executor.scheduler_job_id, _try_number=key.try_number - 1)
            .update(values, synchronize_session=False)
        )
