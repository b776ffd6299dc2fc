"""What a task that ends does to its run: the real models and database."""
import unittest

from test_queued import Tasks  # first of all: it brings the lab, which comes before airflow
from airflow.models import DagRun, TaskInstance
from airflow.utils.session import create_session
from airflow.utils.state import State


class RunState(Tasks):
    def stored(self, model):
        with create_session() as session:
            return session.query(model.state).scalar()

    def test_a_run_that_was_ended_meanwhile_is_not_revived_by_its_task(self):
        self.add("t", state=State.RUNNING)
        with create_session() as session:
            task = session.query(TaskInstance).one()
            self.assertEqual(task.dag_run.state, State.RUNNING)
            session.expunge_all()
        with create_session() as session:
            session.query(DagRun).update({"state": State.FAILED})
        task.state = State.SUCCESS
        with create_session() as session:
            session.merge(task)
        self.assertEqual((self.stored(TaskInstance), self.stored(DagRun)), (State.SUCCESS, State.FAILED))


if __name__ == "__main__":
    unittest.main()
