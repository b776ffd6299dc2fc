"""Queued tasks without a pod: the real executor and database, a Kubernetes that lists pods."""
import time
import unittest
from datetime import datetime, timedelta, timezone as tz
from unittest import mock

import lab
from airflow.executors.kubernetes_executor import KubernetesExecutor
from airflow.jobs.local_task_job import LocalTaskJob
from airflow.jobs.scheduler_job import SchedulerJob
from airflow.models import DagRun, TaskInstance
from airflow.models.taskinstance import TaskInstanceKey
from airflow.operators.dummy import DummyOperator
from airflow.utils import timezone
from airflow.utils.session import create_session
from airflow.utils.state import State
from airflow.utils.types import DagRunType
from cases import named, table
from cluster import Cluster
from kubernetes.client.rest import ApiException

from airflow_appliance import reach

DATE = datetime(2022, 1, 1, tzinfo=tz.utc)
MINE, OTHERS = 1, 2


class Tasks(unittest.TestCase):
    """An executor of scheduler `MINE`, and tasks of one run."""

    def setUp(self):
        self.assertTrue(lab.HOME)
        self.clean()
        self.addCleanup(self.clean)
        knowledge = mock.patch.object(reach, "api", reach.Reach())
        knowledge.start()
        self.addCleanup(knowledge.stop)
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
            session.query(LocalTaskJob).delete()

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


OUT_OF_REACH = {
    "phase": "Running",
    "conditions": [{"type": "Ready", "status": "False"}],
    "containerStatuses": [
        {"name": "base", "state": {"running": {}}, "image": "i", "imageID": "i", "ready": False, "restartCount": 0}
    ],
}


@named
class Cleared(Tasks):
    """A task of which a user said "clear" while it ran in its first try."""

    def setUp(self):
        super().setUp()
        with create_session() as session:
            job = LocalTaskJob.__new__(LocalTaskJob)
            LocalTaskJob.__mapper__.class_manager.setup_instance(job)
            job.id, job.state, job.latest_heartbeat = 7, State.RESTARTING, timezone.utcnow() - timedelta(minutes=1)
            session.add(job)
        self.add("t", state=State.RESTARTING)
        self.change(_try_number=1, job_id=7, next_method="execute_complete")

    def change(self, **values):
        with create_session() as session:
            session.query(TaskInstance).update(values, synchronize_session=False)

    def searched(self, times=2):
        for _ in range(times):
            self.executor.clear_not_launched_queued_tasks()
        with create_session() as session:
            return session.query(TaskInstance.state).scalar()

    @table({"its pod is gone": None, "and one of another try is there": "Running", "it has ended": "Succeeded"})
    def it_runs_again_from_its_beginning(self, phase):
        if phase:
            self.cluster.add_pod("t", phase=phase, tried=2 if phase == "Running" else 1)
        self.assertEqual(self.searched(times=1), State.RESTARTING)
        self.assertIsNone(self.searched(times=1))
        with create_session() as session:
            task = session.query(TaskInstance).one()
            self.assertEqual((task.try_number, task.next_method), (2, None))

    def test_its_machine_is_lost(self):
        self.cluster.add_pod("t")
        self.cluster.pods[0]["status"] = OUT_OF_REACH
        self.assertIsNone(self.searched())

    @table({"it runs": {}, "it is being deleted": {"deletionTimestamp": "2022-01-01T00:00:00Z"}})
    def one_whose_pod_may_work_ends_by_itself(self, more):
        self.cluster.add_pod("t", **more)
        self.assertEqual(self.searched(times=3), State.RESTARTING)

    def test_one_whose_heart_beats_ends_by_itself(self):
        with create_session() as session:
            session.query(LocalTaskJob).update({"latest_heartbeat": timezone.utcnow()}, synchronize_session=False)
        self.assertEqual(self.searched(times=3), State.RESTARTING)

    def test_one_that_ended_by_itself_meanwhile_stays_so(self):
        self.searched(times=1)
        self.change(state=State.UP_FOR_RETRY)
        self.assertEqual(self.searched(), State.UP_FOR_RETRY)

    def test_a_search_without_an_answer_changes_nothing(self):
        self.searched(times=1)
        self.executor.kube_client.list_namespaced_pod = mock.Mock(side_effect=ApiException(status=500))
        self.assertEqual(self.searched(), State.RESTARTING)


if __name__ == "__main__":
    unittest.main()
