"""A pod is made only for a task that is this scheduler's still, and while nobody can take it away.

A scheduler that is late is taken for dead: what it has queued and has no pod yet goes back to be scheduled. In Airflow
2.2 it makes those pods all the same, and each of these tasks has two. The search for orphans holds a task's row from
before it lists the pods until it has decided; so whoever makes a pod holds it, too.
"""
import logging
from contextlib import contextmanager
from typing import Any, Iterator

log = logging.getLogger(__name__)


class NotNow(Exception):
    """Somebody else holds the task's row, or the database is away."""


@contextmanager
def held(key: Any, job_id: Any) -> Iterator[bool]:
    """Whether the task is queued by this scheduler for this try; inside it stays so."""
    if not isinstance(job_id, int):  # "manual" or "backfill": nobody else looks after their tasks
        yield True
        return
    from airflow import settings
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.orm import Session

    # One of its own: the thread's session is the scheduler's, too, and whatever commits that would let go of the row.
    session = Session(bind=settings.engine)
    try:
        try:
            mine = _is_mine(session, key, job_id)
        except SQLAlchemyError as problem:
            raise NotNow(str(problem)) from problem
        yield mine
    finally:
        try:
            session.close()
        except SQLAlchemyError as problem:  # the pod is made, and its task may not fail for this
            log.warning("the row of %s was let go by the database: %s", key, problem)


def _is_mine(session: Any, key: Any, job_id: int) -> bool:
    from airflow.models import TaskInstance
    from airflow.utils.state import State

    return bool(
        session.query(TaskInstance.task_id)  # one column: the whole would join its run and hold that
        .filter(
            TaskInstance.dag_id == key.dag_id,
            TaskInstance.task_id == key.task_id,
            TaskInstance.run_id == key.run_id,
            TaskInstance.state == State.QUEUED,
            TaskInstance.queued_by_job_id == job_id,
            TaskInstance._try_number == key.try_number - 1,
        )
        .with_for_update(nowait=True)
        .one_or_none()
    )
