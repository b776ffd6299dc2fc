"""Whose a task is when its pod is made: the real executor, scheduler and database, a Kubernetes that makes pods."""
import unittest
from datetime import timedelta
from unittest import mock

import lab
from airflow.executors.kubernetes_executor import AirflowKubernetesScheduler
from airflow.jobs.scheduler_job import SchedulerJob
from airflow.models import TaskInstance
from airflow.utils import timezone
from airflow.utils.session import create_session
from airflow.utils.state import State
from cases import named, table
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.session import make_transient
from test_queued import MINE, OTHERS, Tasks

from airflow_appliance import claim

TEMPLATE = "kind: Pod\nspec: {containers: [{name: base, image: i}]}\n"


class Prepared(Tasks):
    """An executor whose turns make pods."""

    def setUp(self):
        super().setUp()
        (lab.HOME / "claimed.yaml").write_text(TEMPLATE, encoding="utf-8")
        scheduler = AirflowKubernetesScheduler.__new__(AirflowKubernetesScheduler)
        for name in ("kube_config", "kube_client", "task_queue", "result_queue", "scheduler_job_id"):
            setattr(scheduler, name, getattr(self.executor, name))
        scheduler.namespace = "airflow"
        scheduler.sync = mock.Mock()
        self.executor.kube_scheduler = scheduler
        self.executor.event_scheduler = mock.Mock()
        self.executor.event_scheduler.run.return_value = 1.0

    def wait(self, key):
        """It waits in this executor's queue for its pod."""
        self.executor.running.add(key)
        template = str(lab.HOME / "claimed.yaml")
        self.executor.task_queue.put((key, ["airflow", "tasks", "run", "d", "t", "run"], None, template))

    def turn(self):
        """A turn of the executor; how many pods there are then."""
        self.executor.sync()
        return len(self.cluster.pods)


@named
class Claim(Prepared):
    def test_a_task_that_is_queued_here_has_its_pod(self):
        key = self.add("t")
        self.wait(key)
        self.assertEqual(self.turn(), 1)
        self.assertIn(key, self.executor.running)

    def test_one_that_a_page_started_has_no_row_that_says_so(self):
        self.executor.kube_scheduler.scheduler_job_id = "manual"
        self.wait(self.add("t", state=None))
        self.assertEqual(self.turn(), 1)

    @table(
        {
            "set back": {"state": None, "queued_by_job_id": None},
            "another's": {"queued_by_job_id": OTHERS},
            "running": {"state": State.RUNNING},
            "of another try": {"_try_number": 1},
        }
    )
    def no_pod_is_made_and_the_slot_is_free_for_one(self, change):
        key = self.add("t")
        self.wait(key)
        with create_session() as session:
            session.query(TaskInstance).update(change, synchronize_session=False)
        self.assertEqual((self.turn(), self.turn()), (0, 0))
        self.assertNotIn(key, self.executor.running)
        self.assertEqual(self.executor.event_buffer, {})

    def test_a_row_that_somebody_holds_is_asked_for_in_the_next_turn(self):
        self.wait(self.add("t"))
        with mock.patch.object(claim, "_is_mine", side_effect=OperationalError("", {}, Exception("lock"))):
            self.assertEqual(self.turn(), 0)
        self.assertEqual(self.turn(), 1)

    def test_a_scheduler_that_was_late_makes_no_second_pod(self):
        """It is taken for dead, its task is scheduled and queued by another one, and it goes on."""
        with create_session() as session:
            late = timezone.utcnow() - timedelta(minutes=2)
            session.add(SchedulerJob(id=MINE, state=State.RUNNING, latest_heartbeat=late))
        key = self.add("t")
        self.wait(key)
        other = SchedulerJob(id=OTHERS)
        other.executor = mock.Mock()
        other.executor.try_adopt_task_instances.side_effect = lambda tasks: tasks
        with create_session() as session:
            other.adopt_or_reset_orphaned_tasks(session=session)
        with create_session() as session:
            task = session.query(TaskInstance).one()
            self.assertIsNone(task.state)
            task.state, task.queued_by_job_id = State.QUEUED, OTHERS
        self.assertEqual(self.turn(), 0)


class Beat(unittest.TestCase):
    def test_the_time_that_is_stored_is_that_of_the_beat(self):
        job = SchedulerJob()
        job.heartrate = 0
        with create_session() as session:
            session.query(SchedulerJob).delete()
            session.add(job)
            session.flush()
            session.expunge(job)
        make_transient(job)
        for _ in range(2):
            job.heartbeat()
            with create_session() as session:
                self.assertEqual(session.query(SchedulerJob.latest_heartbeat).scalar(), job.latest_heartbeat)


if __name__ == "__main__":
    unittest.main()
