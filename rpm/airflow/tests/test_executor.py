"""What goes wrong with one pod, or with Kubernetes for a while, and pods that change hands."""
import json
import logging
import time
import unittest
from datetime import datetime, timedelta, timezone as tz
from unittest import mock

import lab
from airflow.exceptions import AirflowException
from airflow.executors import kubernetes_executor
from airflow.executors.kubernetes_executor import AirflowKubernetesScheduler, KubernetesExecutor
from airflow.jobs.scheduler_job import SchedulerJob
from airflow.models import TaskInstance
from airflow.models.taskinstance import TaskInstanceKey
from airflow.utils import timezone
from airflow.utils.session import create_session
from airflow.utils.state import State
from cases import named, table
from cluster import Cluster
from kubernetes.client.rest import ApiException
from test_queued import Tasks
from urllib3.exceptions import MaxRetryError

from airflow_appliance import pod_end, pod_key, reach, refusals

DEAD, MINE = 1, 2
TROUBLE = {
    "an error of the server": ApiException(status=500),
    "unavailable": ApiException(status=503),
    "too many requests": ApiException(status=429),
    "refused": MaxRetryError(None, "/", "refused"),
}


def key(task, tried=1):
    return TaskInstanceKey("d", task, "run", tried)


class Task:
    def __init__(self, name):
        self.key = key(name)


class Executor(unittest.TestCase):
    def setUp(self):
        self.assertTrue(lab.HOME)
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        knowledge = mock.patch.object(reach, "api", reach.Reach())
        knowledge.start()
        self.addCleanup(knowledge.stop)
        self.cluster = Cluster()
        self.cluster.enter(self)
        self.executor = KubernetesExecutor()
        self.addCleanup(self.executor._manager.shutdown)
        self.executor.kube_client = self.cluster.kubernetes()
        self.executor.scheduler_job_id = MINE

    def worker(self, name):
        return next(pod for pod in self.cluster.pods if pod["metadata"]["name"] == name)["metadata"]["labels"][
            "airflow-worker"
        ]

    def adopt(self, *names):
        left = self.executor.try_adopt_task_instances([Task(name) for name in names])
        return [task.key.task_id for task in left]


class Adoption(Executor):
    def test_a_pod_is_found_whatever_scheduler_it_names(self):
        self.cluster.add_pod("t", worker="77")
        self.assertEqual(self.adopt("t", "u"), ["u"])
        self.assertEqual((self.worker("t"), self.executor.running), (str(MINE), {key("t")}))

    def test_what_waits_here_for_the_pod_that_is_adopted_makes_none(self):
        self.cluster.add_pod("t")
        for name in "tu":
            self.executor.task_queue.put((key(name), [], None, None))
        self.executor.queued_tasks[key("t")] = "waits"
        refusals.wait(key("t"), "exceeded quota: one")
        self.assertEqual(self.adopt("t"), [])
        self.assertEqual((self.executor.task_queue.qsize(), self.executor.queued_tasks), (1, {}))
        self.assertEqual(self.executor.task_queue.get_nowait()[0], key("u"))
        self.assertIsNone(refusals.waited(key("t")))

    def test_the_pod_of_another_try_is_not_its(self):
        self.cluster.add_pod("t", tried=2)
        self.assertEqual(self.adopt("t"), ["t"])
        self.assertEqual(self.worker("t"), str(DEAD))

    def test_what_kubernetes_refuses_is_not_taken_for_a_pod_that_is_gone(self):
        self.cluster.add_pod("t")
        self.cluster.broken.add("patch")
        with self.assertRaises(ApiException):
            self.adopt("t")

    def test_a_pod_that_somebody_copied_is_left_alone(self):
        self.cluster.add_pod("copied", phase="Failed", annotations=None)
        self.cluster.add_pod("made", annotations={"dag_id": "d", "task_id": "made", "try_number": "first"})
        self.cluster.add_pod("t")
        with mock.patch.object(pod_key, "log") as said, mock.patch.object(pod_key, "_told", set()):
            self.assertEqual((self.adopt("t"), self.adopt("t")), ([], []))
        lines = [call[0][0] % call[0][1:] for call in said.warning.call_args_list]
        self.assertEqual([line.split()[1] for line in lines], ["airflow/copied", "airflow/made"])
        self.assertEqual((self.worker("copied"), self.worker("t")), ("1", str(MINE)))

    def test_an_ended_pod_that_nobody_watches(self):
        self.cluster.add_pod("ended", phase="Failed")
        now = datetime.now(tz.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.cluster.add_pod("just", phase="Succeeded", creationTimestamp=now)
        self.cluster.add_pod("running")
        self.assertEqual(self.adopt(), [])
        self.assertEqual([self.worker(name) for name in ("ended", "just", "running")], [str(MINE), "1", "1"])


class Survival(Executor):
    def ends_with(self, problem, status):
        scheduler = AirflowKubernetesScheduler.__new__(AirflowKubernetesScheduler)
        scheduler.kube_config = self.executor.kube_config
        scheduler.run_pod_async = mock.Mock(side_effect=problem)
        scheduler.scheduler_job_id = "manual"  # whose task has no row here
        with mock.patch.object(kubernetes_executor, "get_base_pod_from_template", side_effect=problem):
            with self.assertRaises(ApiException) as raised:
                scheduler.run_next((key("t"), ["airflow", "tasks", "run", "d", "t", "run"], None, "/nowhere"))
        self.assertEqual(raised.exception.status, status)
        self.assertIn("message", json.loads(raised.exception.body))

    def test_a_pod_that_cannot_be_made_fails_its_task_only(self):
        self.ends_with(TypeError("string indices must be integers"), 400)

    def test_an_api_that_does_not_answer_is_asked_again(self):
        self.ends_with(MaxRetryError(None, "/", "refused"), 503)

    def test_an_answer_of_a_proxy(self):
        self.ends_with(ApiException(status=502, reason="Bad Gateway"), 502)

    def test_a_pod_that_cannot_be_deleted_now(self):
        scheduler = AirflowKubernetesScheduler.__new__(AirflowKubernetesScheduler)
        scheduler.kube_config = self.executor.kube_config
        scheduler.kube_client = mock.Mock()
        scheduler.kube_client.delete_namespaced_pod.side_effect = MaxRetryError(None, "/", "refused")
        scheduler.delete_pod("p", "airflow")
        scheduler.kube_client.delete_namespaced_pod.assert_called_once()

    def test_what_is_no_trouble_of_kubernetes_stays_an_error(self):
        with self.assertRaises(AirflowException):
            self.executor.sync()


@named
class TimedChecks(Executor):
    """The real timers of the executor, whose Kubernetes lists no pods."""

    def start(self, problem):
        client = mock.Mock()
        client.list_namespaced_pod.side_effect = problem
        config = self.executor.kube_config
        config.worker_pods_pending_timeout_check_interval = config.worker_pods_queued_check_interval = 0.01
        self.executor.job_id = MINE
        with mock.patch.object(kubernetes_executor, "get_kube_client", return_value=client):
            with mock.patch.object(kubernetes_executor, "AirflowKubernetesScheduler"):
                self.executor.start()
        return client.list_namespaced_pod

    def turn(self):
        time.sleep(0.02)
        self.executor.sync()

    @staticmethod
    def count(asked):
        """Without the question whether the API answers at all."""
        return len([call for call in asked.call_args_list if "label_selector" in call[1]])

    @table(TROUBLE)
    def they_come_again_and_what_the_turn_has_heard_is_kept(self, problem):
        asked = self.start(problem)
        self.assertEqual(self.count(asked), 1)
        self.executor.result_queue.put((key("t"), State.FAILED, "p", "airflow", "1"))
        for _ in range(2):
            self.turn()
            self.assertEqual(self.count(asked), 1)
            self.assertEqual(self.executor.slots_available, 0)
        self.assertEqual(self.executor.get_event_buffer(), {key("t"): (State.FAILED, None)})
        asked.side_effect = None
        asked.return_value = mock.Mock(items=[])
        with mock.patch.object(reach, "AGAIN_SECONDS", 0):
            self.turn()
        self.assertGreater(self.executor.slots_available, 0)
        self.turn()
        self.assertGreater(self.count(asked), 2)

    def test_what_is_no_trouble_of_kubernetes_stays_an_error(self):
        asked = self.start([mock.Mock(items=[])])
        asked.side_effect = TypeError("a bug")
        with self.assertRaises(TypeError):
            self.turn()


@named
class Orphans(Tasks):
    """The search by the real job, for a task of a scheduler that is late."""

    def setUp(self):
        super().setUp()
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.job = SchedulerJob(id=MINE)
        self.job.executor, self.executor.scheduler_job_id = self.executor, MINE
        with create_session() as session:
            late = timezone.utcnow() - timedelta(minutes=2)
            session.add(SchedulerJob(id=DEAD, state=State.RUNNING, latest_heartbeat=late))
        self.add("t", DEAD)

    def lists(self, problem):
        return mock.patch.object(self.executor.kube_client, "list_namespaced_pod", side_effect=problem)

    def stored(self):
        with create_session() as session:
            job = session.query(SchedulerJob.state).filter_by(id=DEAD).scalar()
            return job, session.query(TaskInstance.state, TaskInstance.queued_by_job_id).all()

    @table(TROUBLE)
    def nothing_is_changed_until_kubernetes_answers(self, problem):
        with self.lists(problem):
            self.assertEqual(self.job.adopt_or_reset_orphaned_tasks(), 0)
        self.assertEqual(self.stored(), (State.RUNNING, [(State.QUEUED, DEAD)]))
        self.assertEqual(self.job.adopt_or_reset_orphaned_tasks(), 1)
        self.assertEqual(self.stored(), (State.FAILED, [(None, None)]))

    def test_the_session_of_a_caller_holds_nothing_either(self):
        with self.lists(ApiException(status=500)), create_session() as session:
            self.job.adopt_or_reset_orphaned_tasks(session=session)
        self.assertEqual(self.stored(), (State.RUNNING, [(State.QUEUED, DEAD)]))

    def test_a_pod_that_is_found_but_cannot_be_adopted_now(self):
        self.cluster.add_pod("t")
        self.cluster.broken.add("patch")
        self.assertEqual(self.job.adopt_or_reset_orphaned_tasks(), 0)
        self.assertEqual(self.stored(), (State.RUNNING, [(State.QUEUED, DEAD)]))
        self.cluster.broken.clear()
        self.assertEqual(self.job.adopt_or_reset_orphaned_tasks(), 0)
        self.assertEqual(self.stored(), (State.FAILED, [(State.QUEUED, MINE)]))

    def test_what_is_no_trouble_of_kubernetes_stays_an_error(self):
        with self.lists(TypeError("a bug")), self.assertRaises(TypeError):
            self.job.adopt_or_reset_orphaned_tasks()


class Count(Executor):
    def change(self, state):
        self.executor.kube_scheduler = mock.Mock()
        self.executor.running.add(key("t"))
        self.executor._change_state(key("t"), state, "p", "airflow")
        return self.executor.kube_scheduler.delete_pod.called, key("t") in self.executor.running

    def test_a_pod_that_another_scheduler_watches_is_let_go(self):
        self.assertEqual(self.change(pod_end.RELEASED), (False, False))
        self.assertEqual(self.executor.event_buffer, {})

    def test_a_failed_one_is_not_lost_before_its_callbacks_ran(self):
        self.assertFalse(self.change(State.FAILED)[1])
        self.assertIn(key("t"), self.executor.last_handled)

    def test_a_sensor_may_come_back_at_once(self):
        self.executor.last_handled[key("t")] = 1
        self.assertEqual(self.change(None), (True, False))
        self.assertNotIn(key("t"), self.executor.last_handled)


if __name__ == "__main__":
    unittest.main()
