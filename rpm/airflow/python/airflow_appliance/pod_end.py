"""A task whose pod died fails at once, and its log says why.

Airflow 2.2 takes a pod that failed for no news of its task: it deletes the pod, with all that the task
printed, and the task is "running" until its heart has not beaten for minutes. In a node's scheduler, the
process that watches the pods does more before it passes such a pod on to be deleted:
- the pod's task job is marked as failed, so that Airflow's own search for zombies finds the task within
  seconds and fails it as always, with retries and callbacks;
- what the pod printed goes to the task's log in S3, as far as the worker did not upload it itself, and
  after it the reason.
A pod on a machine that Kubernetes has lost ends much later or never: its job fails if its heart is silent too.

It happens in the watcher and not where the executor learns of a pod, since that is the scheduling loop.
The threads here keep the watcher itself free. Each pod is passed on after PASS_ON_SECONDS at the latest,
whatever hangs or fails. A pod whose scheduler dies before that stays until another one finds it abandoned
(`adoption.py`).
"""
import logging
import queue
import signal
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any, Callable, Dict, Optional, Tuple

from airflow_appliance import pod_log, pod_reason

log = logging.getLogger(__name__)

THREADS = 4
# More at a time are passed on as they are: what hangs then would only hang longer.
MAX_PENDING = 64
PASS_ON_SECONDS = 30
# When the watch breaks off, the process ends and another one is started; meanwhile nobody watches.
FINISH_SECONDS = 15
# A job whose pod is on a lost machine beats every five seconds, if it lives cut off from Kubernetes only.
SILENT_SECONDS = 20
# For a database that fails over in this time.
TRIES = 12
AGAIN_SECONDS = 5
# Kubernetes tells of the same pod several times, at last that it is deleted.
REMEMBERED = 1000
# The state, to the executor, of a pod that lives and that another scheduler watches.
RELEASED = "released"
ASK_SECONDS = (3, 5)


def watch(module: ModuleType) -> None:
    """Puts this watcher in the place of the executor's own."""
    from airflow import settings

    class EndWatcher(module.KubernetesJobWatcher):
        """Airflow's watcher, which looks at a failed pod before it reports it."""

        def run(self) -> None:
            # A watcher that is started later has the scheduler's handlers, which do nothing in a child.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            # The connections are the scheduler's, from which this process was forked: not to be used, nor closed.
            self._scheduler_engine = settings.engine
            settings.configure_orm(disable_connection_pool=True)
            self._asked = module.get_kube_client()
            ends = Ends(self._asked, self.watcher_queue)
            self.watcher_queue = ends
            try:
                super().run()
            finally:
                ends.finish(FINISH_SECONDS)

        def process_status(self, *args: Any, **kwargs: Any) -> None:
            self.watcher_queue.event = kwargs["event"]
            if kwargs["status"] == "Running" and pod_reason.out_of_reach(kwargs["event"]["raw_object"]):
                self.watcher_queue.lose(kwargs["pod_id"], kwargs["namespace"], kwargs["annotations"])
            if self._is_adopted(kwargs["event"], kwargs["status"]):
                self.watcher_queue.release(
                    (kwargs["pod_id"], kwargs["namespace"], RELEASED, kwargs["annotations"], kwargs["resource_version"])
                )
                return
            super().process_status(*args, **kwargs)

        def _is_adopted(self, event: Dict[str, Any], status: str) -> bool:
            """To a watch by label, a pod that gets another label is deleted; Kubernetes itself knows better."""
            metadata = event["raw_object"]["metadata"]
            if event["type"] != "DELETED" or status not in ("Pending", "Running") or metadata.get("deletionTimestamp"):
                return False
            try:
                there = self._asked.read_namespaced_pod(
                    metadata["name"], metadata["namespace"], _request_timeout=ASK_SECONDS
                )
            except module.ApiException as problem:
                return problem.status != 404
            return there.metadata.uid == metadata.get("uid") and not there.metadata.deletion_timestamp

    module.KubernetesJobWatcher = EndWatcher


@dataclass(frozen=True)
class End:
    """A pod that failed, was deleted before it could end, or is out of reach."""

    pod: Dict[str, Any]
    name: str
    namespace: str
    annotations: Dict[str, str]
    deleted: bool = False
    lost: bool = False

    @property
    def mark(self) -> str:
        """By which the log shows that it is complete."""
        return f"The task's pod {self.name} {'is out of reach' if self.lost else 'ended'}: "

    @property
    def try_number(self) -> int:
        return int(self.annotations["try_number"])

    def task_instance(self, session: Any) -> Optional[Any]:
        """The pod's task instance as it is now, which may be in another try already."""
        from airflow.kubernetes.kubernetes_helper_functions import annotations_to_key
        from airflow.models.taskinstance import TaskInstance

        key = annotations_to_key(self.annotations)
        found = session.query(TaskInstance).filter_by(dag_id=key.dag_id, task_id=key.task_id, run_id=key.run_id)
        return found.one_or_none()


class Ends:
    """Stands in the place of the watcher's queue to the executor: failed pods take a way round through threads."""

    def __init__(self, client: Any, passed_on: Any):
        self.event: Dict[str, Any] = {}
        self._client = client
        self._passed_on = passed_on
        self._lock = threading.Lock()
        # By the pod's uid: what is to be passed on, and until when.
        self._pending: "OrderedDict[str, Tuple[Any, float]]" = OrderedDict()
        self._known: "OrderedDict[str, None]" = OrderedDict()
        self._logs: "queue.Queue[Callable[[], None]]" = queue.Queue()
        self._jobs: "queue.Queue[Callable[[], None]]" = queue.Queue()
        # Its own thread, so that a task fails in time also while S3 hangs.
        for work in [self._jobs] + [self._logs] * THREADS:
            self._start(_work, work)
        self._start(self._pass_on_late_ones)

    def put(self, item: Tuple[str, str, Optional[str], Dict[str, str], str]) -> None:
        """As a queue does: the watcher's news of one pod."""
        from airflow.utils.state import State

        name, namespace, state, annotations, _ = item
        pod = self.event["raw_object"]
        if state != State.FAILED and not pod_reason.external(pod):
            self._passed_on.put(item)
            return
        end = End(pod, name, namespace, annotations, deleted=self.event["type"] == "DELETED")
        uid = pod["metadata"].get("uid") or name
        with self._lock:
            if uid in self._pending:
                return  # it will be passed on
            is_new = uid not in self._known and not pod_reason.left_alone(pod)
            is_taken = is_new and len(self._pending) < MAX_PENDING
            if is_taken:
                self._pending[uid] = (item, time.monotonic() + PASS_ON_SECONDS)
            if is_new:
                self._known[uid] = None
                if len(self._known) > REMEMBERED:
                    self._known.popitem(last=False)
        if is_new:
            self._jobs.put(lambda: self._fail(end))
        if is_taken:
            self._logs.put(lambda: self._complete(uid, end))
            return
        if is_new:
            log.error("pod %s ended and its log is lost: %s others are being looked at", name, MAX_PENDING)
        self._passed_on.put(item)

    def release(self, item: Tuple[str, str, Optional[str], Dict[str, str], str]) -> None:
        """News of a pod that goes on elsewhere."""
        self._passed_on.put(item)

    def lose(self, name: str, namespace: str, annotations: Dict[str, str]) -> None:
        """A running pod's machine is lost; there is nothing to pass on, and nothing to be read."""
        end = End(self.event["raw_object"], name, namespace, annotations, lost=True)
        self._jobs.put(lambda: self._fail(end))

    def _fail(self, end: End, tries: int = TRIES) -> None:
        try:
            failed = fail_job(end)
        except Exception:
            # Kubernetes does not tell it again, and the database may be on the machine that is lost.
            if tries == 1:
                raise
            log.warning("%sthe database does not answer; asked again in %s s", end.mark, AGAIN_SECONDS, exc_info=True)
            self._start(self._later, lambda: self._fail(end, tries - 1))
            return
        if failed and end.lost:
            self._logs.put(lambda: complete_log(self._client, end))

    def _later(self, work: Callable[[], None]) -> None:
        time.sleep(AGAIN_SECONDS)
        self._jobs.put(work)

    def finish(self, seconds: float) -> None:
        """Wait a little for what is under way, then pass everything on."""
        deadline = time.monotonic() + seconds
        while (self._pending or self._jobs.unfinished_tasks) and time.monotonic() < deadline:
            time.sleep(0.1)
        for uid in list(self._pending):
            self._pass_on(uid)

    def _complete(self, uid: str, end: End) -> None:
        try:
            complete_log(self._client, end)
        except Exception:
            log.exception("pod %s ended, and its task's log could not be completed in S3", end.name)
        self._pass_on(uid)

    def _pass_on(self, uid: str) -> bool:
        with self._lock:
            item, _ = self._pending.pop(uid, (None, 0))
        if item:
            self._passed_on.put(item)
        return bool(item)

    def _pass_on_late_ones(self) -> None:
        while True:
            time.sleep(1)
            now = time.monotonic()
            with self._lock:
                late = [(uid, item[0]) for uid, (item, until) in self._pending.items() if until < now]
            for uid, name in late:
                if self._pass_on(uid):
                    log.error("pod %s is deleted before its log was complete: S3 or Kubernetes is slow", name)

    @staticmethod
    def _start(target: Callable, *args: Any) -> None:
        # Daemons: what hangs may not hold up the end of the process, which is started anew then.
        threading.Thread(target=target, args=args, daemon=True).start()


def _work(todo: "queue.Queue[Callable[[], None]]") -> None:
    while True:
        work = todo.get()
        try:
            work()
        except Exception:
            log.exception("an ended pod could not be dealt with")
        finally:
            todo.task_done()


def fail_job(end: End) -> bool:
    """The heart of a dead pod's job will not beat again: Airflow finds the task of a job that is not running."""
    from airflow.jobs.local_task_job import LocalTaskJob
    from airflow.utils import timezone
    from airflow.utils.session import create_session
    from airflow.utils.state import State

    now = timezone.utcnow()
    with create_session() as session:
        found = end.task_instance(session)
        # A task that ended itself is not running, a retry has another number, a sensor's next pod another host.
        if not found or found.state != State.RUNNING or found._try_number != end.try_number:
            return False
        if not found.job_id or not is_host(end.name, found.hostname):
            return False
        job = session.query(LocalTaskJob).filter_by(id=found.job_id, state=State.RUNNING)
        if end.lost:
            job = job.filter(LocalTaskJob.latest_heartbeat < now - timedelta(seconds=SILENT_SECONDS))
        # In one statement: the job may have ended itself since.
        failed = bool(job.update({"state": State.FAILED, "end_date": now}, synchronize_session=False))
    if failed:
        log.warning("%sits task was running, so job %s is marked as failed", end.mark, found.job_id)
    return failed


def is_current(request: Any) -> bool:
    """Every node's scheduler finds the same zombie: the later may not fail it again, nor the retry that runs."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    then = request.simple_task_instance
    with create_session() as session:
        found = session.query(TaskInstance).filter_by(dag_id=then.dag_id, task_id=then.task_id, run_id=then.run_id)
        now = found.one_or_none()
        is_same = bool(now) and (now.state, now.try_number) == (then.state, then.try_number)
    if not is_same:
        log.info("%s: another scheduler has dealt with it: %s", then.key, request.msg)
    return is_same


def is_host(pod: str, hostname: Optional[str]) -> bool:
    """Whether a task that says this host ran in the pod: Linux knows 63 characters of a name, a subdomain adds some."""
    hostname = hostname or ""
    return hostname == pod or hostname.startswith(pod + ".") or (len(pod) > 63 and hostname == pod[:63].rstrip("-."))


def complete_log(client: Any, end: End) -> None:
    """The pod's output and the reason, in the log of the pod's own try."""
    from airflow.utils.session import create_session

    handler = pod_log.handler()
    if not handler:
        return
    started = pod_reason.started(end.pod)
    is_readable = started and not end.lost
    # Before anything else: the pod may be on its way out.
    printed = pod_log.output(client, end.name, end.namespace) if is_readable else ""
    warning = None if started else pod_log.last_warning(client, end.name, end.namespace)
    with create_session() as session:
        found = end.task_instance(session)
        if not found:
            log.warning("pod %s ended, its task instance is gone", end.name)
            return
        if _left_well(found, end.try_number):
            return
        place = pod_log.RemoteLog(handler, found, end.try_number)
    reason = pod_reason.lost(end.pod) if end.lost else pod_reason.reason(end.pod, end.deleted, warning)
    place.complete(printed, pod_log.line(end.mark + reason, __file__), end.mark)
    log.warning("%s%s; log: %s", end.mark, reason, place.location)


def _left_well(found: Any, try_number: int) -> bool:
    """The task came to an end that needs no reason, whatever its process did after that."""
    from airflow.utils.state import State

    tries = {State.SUCCESS: 0, State.SKIPPED: 0, State.DEFERRED: 1, State.UP_FOR_RESCHEDULE: 1}
    # The last two give their try back, to use it again.
    return found.state in tries and found._try_number == try_number - tries[found.state]
