"""Tells people why no pod could be made for their task, or none for a while.

In Airflow 2.2 only the scheduler's own log says it. A task that gets no pod at all has it in the log of that try. While a
task waits for one, nothing is written to S3: Airflow's pages would show that object in place of the log of the pod that is
made at last. The scheduler's log says it then, and the pod is told and says it first (worker_log.py).
"""
import logging
import queue
import threading
from datetime import datetime, timezone
from typing import Any, Dict, Optional, Set, Tuple

from airflow_appliance import pod_log

log = logging.getLogger(__name__)

MARK = "No pod can be made for this task: "
# The scheduling loop does not wait for S3.
_MAX_WAITING = 64
_waiting: "queue.Queue[Tuple[Any, str]]" = queue.Queue(_MAX_WAITING)
_thread_lock = threading.Lock()
_threads = []
# Of the scheduler's main thread alone.
_uncounted: Set[Any] = set()
# Since when a task has waited for its pod, and for what.
_delayed: Dict[Any, Tuple[str, str]] = {}


def tell(key: Any, reason: str) -> None:
    """Writes the reason at the end of the log of this try, soon."""
    over(key)
    _uncounted.add(key)
    log.error("%s: %s%s", key, MARK, reason)
    with _thread_lock:
        if not any(thread.is_alive() for thread in _threads):  # also in a process that was forked
            _threads[:] = [threading.Thread(target=_write_all, name="refusals", daemon=True)]
            _threads[0].start()
    try:
        _waiting.put_nowait((key, reason))
    except queue.Full:
        log.error("%s: its log will not say so: %s others are being written", key, _MAX_WAITING)


def wait(key: Any, reason: str) -> None:
    """Remembers what Kubernetes refuses for now; each pod of each second has another name, and the use of a quota varies."""
    since, before = _delayed.get(key, (datetime.now(timezone.utc).isoformat(sep=" ", timespec="seconds"), ""))
    reason = reason.rpartition(" is forbidden: ")[2]
    _delayed[key] = since, reason
    if reason.partition(", used: ")[0] != before.partition(", used: ")[0]:
        log.warning("%s: No pod can be made for this task yet, and it is tried again until one can: %s", key, reason)


def waited(key: Any) -> Optional[str]:
    """For the task's own log, if it has waited."""
    since, reason = _delayed.get(key, ("", ""))
    return f"This task waited for its pod since {since}: {reason}" if reason else None


def over(key: Any) -> None:
    """This scheduler tries no more: there is a pod, or there will be none."""
    _delayed.pop(key, None)


def _write_all() -> None:
    while True:
        key, reason = _waiting.get()
        try:
            _write(key, reason)
        except Exception:
            log.exception("the log of %s could not be completed in S3", key)
        finally:
            _waiting.task_done()


def _write(key: Any, reason: str) -> None:
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    handler = pod_log.handler()
    with create_session() as session:
        found = session.query(TaskInstance).filter_by(dag_id=key.dag_id, task_id=key.task_id, run_id=key.run_id)
        task_instance = found.one_or_none()
        if handler and task_instance:
            place = pod_log.RemoteLog(handler, task_instance, key.try_number)
            place.complete("", pod_log.line(MARK + reason, __file__), MARK)


def count_tries() -> None:
    """A task that failed before it began has had no try, and Airflow's page would show no log of it.

    Not before it has failed: the scheduler knows by the number whose end it is told of. One that is retried is counted by
    Airflow itself.
    """
    if not _uncounted:
        return
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.state import State

    with create_session() as session:
        for key in list(_uncounted):
            task = session.query(TaskInstance).filter(
                TaskInstance.dag_id == key.dag_id, TaskInstance.task_id == key.task_id, TaskInstance.run_id == key.run_id
            )
            found = task.with_entities(TaskInstance.state).one_or_none()
            if found and found.state == State.QUEUED:
                continue
            _uncounted.discard(key)
            task.filter(TaskInstance.state == State.FAILED, TaskInstance._try_number < key.try_number).update(
                {TaskInstance._try_number: key.try_number}, synchronize_session=False
            )
