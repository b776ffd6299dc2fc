"""Tells people why no pod could be made for their task, or none yet: in the log of that try, where they look for it.

In Airflow 2.2 only the scheduler's own log says it.
"""
import logging
import queue
import threading
from typing import Any, Set, Tuple

from airflow_appliance import pod_log

log = logging.getLogger(__name__)

MARK = "No pod can be made for this task: "
WAITS = "No pod can be made for this task yet, and it is tried again until one can: "
# The scheduling loop does not wait for S3.
_MAX_WAITING = 64
_waiting: "queue.Queue[Tuple[Any, int, str, str]]" = queue.Queue(_MAX_WAITING)
_thread_lock = threading.Lock()
_threads = []
# Of the scheduler's main thread alone.
_uncounted: Set[Any] = set()
_told_to_wait: Set[Any] = set()


def tell(key: Any, reason: str) -> None:
    """Writes the reason at the end of the log of this try, soon."""
    over(key)
    _uncounted.add(key)
    _tell(key, logging.ERROR, MARK, reason)


def wait(key: Any, reason: str) -> None:
    """The same of what Kubernetes refuses for now; once for each try, which is made again every second."""
    if key not in _told_to_wait:
        _told_to_wait.add(key)
        _tell(key, logging.WARNING, WAITS, reason)


def over(key: Any) -> None:
    """This scheduler tries no more: there is a pod, or there will be none."""
    _told_to_wait.discard(key)


def _tell(key: Any, level: int, mark: str, reason: str) -> None:
    log.log(level, "%s: %s%s", key, mark, reason)
    with _thread_lock:
        if not any(thread.is_alive() for thread in _threads):  # also in a process that was forked
            _threads[:] = [threading.Thread(target=_write_all, name="refusals", daemon=True)]
            _threads[0].start()
    try:
        _waiting.put_nowait((key, level, mark, reason))
    except queue.Full:
        log.error("%s: its log will not say so: %s others are being written", key, _MAX_WAITING)


def _write_all() -> None:
    while True:
        key, level, mark, reason = _waiting.get()
        try:
            _write(key, level, mark, reason)
        except Exception:
            log.exception("the log of %s could not be completed in S3", key)
        finally:
            _waiting.task_done()


def _write(key: Any, level: int, mark: str, reason: str) -> None:
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session

    handler = pod_log.handler()
    with create_session() as session:
        found = session.query(TaskInstance).filter_by(dag_id=key.dag_id, task_id=key.task_id, run_id=key.run_id)
        task_instance = found.one_or_none()
        if handler and task_instance:
            place = pod_log.RemoteLog(handler, task_instance, key.try_number)
            place.complete("", pod_log.line(mark + reason, __file__, level), mark)


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
