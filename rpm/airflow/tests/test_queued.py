"""Queued tasks without a pod: the real executor and database, a Kubernetes that lists pods."""
import time
import unittest
from datetime import datetime, timezone as tz

import lab
from airflow.executors.kubernetes_executor import KubernetesExecutor
from airflow.jobs.scheduler_job import SchedulerJob
from airflow.models import DagRun, TaskInstance
from airflow.models.taskinstance import TaskInstanceKey
from airflow.operators.dummy import DummyOperator
from airflow.utils.session import create_session
from airflow.utils.state import State
from airflow.utils.types import DagRunType
from cluster import Cluster

DATE = datetime(2022, 1, 1, tzinfo=tz.utc)
MINE, OTHERS = 1, 2


class Tasks(unittest.TestCase):
    """An executor of scheduler `MINE`, and tasks of one run."""

    def setUp(self):
        self.assertTrue(lab.HOME)
        self.clean()
        self.addCleanup(self.clean)
        self.cluster = Cluster()
        self.cluster.enter(self)
        self.executor = KubernetesExecutor()
        self.addCleanup(self.executor._manager.shutdown)
        self.executor.kube_client = self.cluster.kubernetes()
        self.executor.scheduler_job_id = MINE
        with create_session() as session:
            session.add(DagRun("d", "run", execution_date=DATE, run_type=DagRunType.MANUAL, state=State.RUNNING))

    def clean(self):
        with create_session() as session:
            session.query(TaskInstance).delete()
            session.query(DagRun).delete()
            session.query(SchedulerJob).delete()

    def add(self, name, job=MINE, state=State.QUEUED):
        with create_session() as session:
            task = TaskInstance(DummyOperator(task_id=name, start_date=DATE), run_id="run", state=state)
            task.dag_id, task.queued_by_job_id = "d", job
            session.add(task)
            session.flush()
            return task.key


class Queued(Tasks):
    def searched(self):
        """The states after a search."""
        self.executor.clear_not_launched_queued_tasks()
        with create_session() as session:
            return dict(session.query(TaskInstance.task_id, TaskInstance.state))

    def test_one_of_this_scheduler_without_a_pod_is_scheduled_again(self):
        self.add("t")
        self.assertEqual(self.searched(), {"t": State.SCHEDULED})

    def test_those_of_other_schedulers_are_theirs(self):
        with create_session() as session:
            session.add(SchedulerJob(id=OTHERS, state=State.RUNNING))
        self.add("t", OTHERS)
        self.assertEqual(self.searched(), {"t": State.QUEUED})

    def test_one_with_a_pod_that_lives_stays(self):
        for name in "tuvw":
            self.add(name)
        self.cluster.add_pod("t", phase="Pending", worker=str(OTHERS))
        self.cluster.add_pod("u", run="another")
        self.cluster.add_pod("v", phase="Failed")
        self.cluster.add_pod("w", tried=2)
        self.assertEqual(
            self.searched(), {"t": State.QUEUED, "u": State.SCHEDULED, "v": State.SCHEDULED, "w": State.SCHEDULED}
        )

    def test_one_that_no_scheduler_takes_over(self):
        """Its scheduler is dead, and its run is over: the search for orphans does not see it."""
        with create_session() as session:
            session.add(SchedulerJob(id=OTHERS, state=State.FAILED))
        self.add("t", OTHERS)
        self.assertEqual(self.searched(), {"t": State.QUEUED})
        with create_session() as session:
            session.query(DagRun).update({"state": State.FAILED})
        self.assertEqual(self.searched(), {"t": State.SCHEDULED})

    def test_an_executor_that_a_page_started_looks_after_nothing(self):
        self.executor.scheduler_job_id = "manual"
        self.add("t")
        self.assertEqual((self.searched(), self.cluster.asked), ({"t": State.QUEUED}, []))

    def test_a_slot_whose_pod_vanished_is_free_after_a_while(self):
        gone, there = (TaskInstanceKey("d", name, "run", 1) for name in ("gone", "there"))
        self.executor.running.update({gone, there})
        self.cluster.add_pod("there", phase="Succeeded")
        seen = []
        for _ in range(3):
            self.searched()
            seen.append(gone in self.executor.running)
        self.assertEqual((seen, self.executor.running), ([True, True, False], {there}))

    def test_one_that_waits_here_stays(self):
        for name, known in (("a", self.executor.last_handled), ("b", self.executor.queued_tasks)):
            known[self.add(name)] = time.time()
        self.executor.running.add(self.add("c"))
        self.assertEqual(set(self.searched().values()), {State.QUEUED})

    def test_one_that_was_handed_on_long_ago_and_is_not_known_any_more(self):
        self.executor.last_handled[self.add("t")] = time.time() - 10_000
        self.assertEqual((self.searched(), self.executor.last_handled), ({"t": State.SCHEDULED}, {}))

    def test_one_that_begins_during_the_search_goes_on(self):
        self.add("t")
        listed = self.executor.kube_client.list_namespaced_pod

        def begins(*args, **kwargs):
            with create_session() as session:
                session.query(TaskInstance).update({"state": State.RUNNING})
            return listed(*args, **kwargs)

        self.executor.kube_client.list_namespaced_pod = begins
        self.assertEqual(self.searched(), {"t": State.RUNNING})

    def test_a_pod_without_a_key_is_left_alone(self):
        self.add("t")
        self.cluster.add_pod("copied", annotations=None)
        self.assertEqual(self.searched(), {"t": State.SCHEDULED})


if __name__ == "__main__":
    unittest.main()
