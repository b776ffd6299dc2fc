"""A pod that dies under its task: the real watcher, database, S3 client and search for zombies."""
import logging
import multiprocessing
import re
import unittest
from datetime import datetime, timedelta, timezone as tz
from unittest import mock

import lab
from airflow import settings
from airflow.executors import kubernetes_executor
from airflow.jobs.local_task_job import LocalTaskJob
from airflow.models import DagRun, TaskInstance
from airflow.providers.amazon.aws.log.s3_task_handler import S3TaskHandler
from airflow.utils import timezone
from airflow.utils.log.log_reader import TaskLogReader
from airflow.utils.session import create_session
from airflow.utils.state import State
from airflow.utils.types import DagRunType
from cluster import BUCKET, Cluster
from test_dag_guard import Guarded, eventually

from airflow_appliance import pod_end, pod_log

TEMPLATE = "{{ ti.dag_id }}/{{ ti.task_id }}/{{ ts }}/{{ try_number }}.log"
DATE = datetime(2022, 1, 1, tzinfo=tz.utc)
POD = "homelab-t.0123"
KEY = f"logs/one/t/{DATE.isoformat()}/1.log"
CODE = """import datetime
from airflow import DAG
from airflow.operators.bash import BashOperator
with DAG("one", start_date=datetime.datetime(2022, 1, 1), schedule_interval=None) as dag:
    BashOperator(task_id="t", bash_command="true", retries=1)
"""
PRINTED = """Running <TaskInstance: one.t> on host p
[2022-01-01 00:00:01,000] {x.py:1} INFO - hello
[2022-01-01 00:00:02,000] {x.py:2} INFO - work
"""
OUT_OF_MEMORY = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}


class Ended(Guarded):
    """A task `one.t` in its first try, running in a pod."""

    def setUp(self):
        super().setUp()
        self.cluster = Cluster()
        self.cluster.enter(self)
        self.cluster.outputs[POD] = PRINTED
        handler = S3TaskHandler(str(lab.HOME / "logs"), f"s3://{BUCKET}/logs", TEMPLATE)
        handler.name = "task"
        logger = logging.getLogger("airflow.task")
        self.addCleanup(setattr, logger, "handlers", logger.handlers)
        logger.handlers = [handler]
        with create_session() as session:
            session.add(DagRun("one", "run", execution_date=DATE, run_type=DagRunType.MANUAL, state=State.RUNNING))
            session.add(DagRun("one", "other", execution_date=DATE + timedelta(1), run_type=DagRunType.MANUAL))
        self.round(self.written())
        self.add_task()

    def written(self):
        self.put("one", CODE)
        return self.manager()

    def clean(self):
        super().clean()
        with create_session() as session:
            for model in (TaskInstance, DagRun, LocalTaskJob):
                session.query(model).delete()

    def add_task(self, state=State.RUNNING, number=1, host=POD, run="run"):
        from airflow.models import DagBag

        task = DagBag(str(lab.DAGS), include_examples=False, read_dags_from_db=True).get_dag("one").get_task("t")
        found = TaskInstance(task, run_id=run)
        with create_session() as session:
            job = LocalTaskJob(found, state=State.RUNNING)
            job.hostname = host
            session.add(job)
            session.flush()
            found.job_id, found.hostname = job.id, host
            found.state, found._try_number, found.max_tries = state, number, 1
            session.add(found)

    def change(self, **values):
        with create_session() as session:
            found = session.query(TaskInstance).one()
            for name, value in values.items():
                setattr(found, name, value)

    def state(self):
        with create_session() as session:
            return session.query(TaskInstance.state).filter_by(run_id="run").scalar()

    def job(self):
        with create_session() as session:
            return session.query(LocalTaskJob.state).order_by(LocalTaskJob.id).first()[0]

    def pod(self, base=OUT_OF_MEMORY, phase="Failed", uid="u1", name=POD, **status):
        return {
            "kind": "Pod",
            "apiVersion": "v1",
            "metadata": {
                "name": name, "namespace": "airflow", "uid": uid, "resourceVersion": "7",
                "annotations": {"dag_id": "one", "task_id": "t", "run_id": "run", "try_number": "1"},
            },
            "spec": {"containers": [{"name": "base", "resources": {"limits": {"memory": "4Gi"}}}]},
            "status": {
                "phase": phase,
                "containerStatuses": [
                    {"name": "base", "state": base, "image": "i", "imageID": "i", "ready": False, "restartCount": 0}
                ],
                **status,
            },
        }

    def end(self, pod=None, **more):
        pod = pod or self.pod()
        return pod_end.End(pod, pod["metadata"]["name"], "airflow", pod["metadata"]["annotations"], **more)

    def log(self, key=KEY):
        return self.cluster.objects.get(key, b"").decode()

    def complete(self, *args, **kwargs):
        pod_end.complete_log(self.cluster.kubernetes(), self.end(*args, **kwargs))
        return self.log()


class Log(Ended):
    LAST = (
        r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \{pod_end.py:1\} ERROR - The task's pod homelab-t.0123 ended: "
        r"OOMKilled \(exit code 137, signal 9\); the container used more memory than its limit 4Gi; .*\n$"
    )

    def test_what_the_pod_printed_and_the_reason(self):
        log = self.complete()
        self.assertTrue(log.startswith(PRINTED), log)
        self.assertRegex(log[len(PRINTED):], "^" + self.LAST)

    def test_airflows_pages_show_it(self):
        self.complete()
        with create_session() as session:
            found = session.query(TaskInstance).one()
        (shown,), metadata = TaskLogReader().read_log_chunks(found, 1, {})
        self.assertIn("INFO - work\n", shown[0][1])
        self.assertRegex(shown[0][1].rstrip("\n") + "\n", self.LAST)
        self.assertTrue(metadata["end_of_log"])

    def test_a_log_that_the_worker_uploaded_gets_the_reason_only(self):
        self.cluster.objects[KEY] = PRINTED.partition("\n")[2].encode()
        log = self.complete()
        self.assertEqual(log.count("hello"), 1)
        self.assertRegex(log, r"INFO - work\n" + self.LAST)

    def test_what_came_after_the_upload_is_added(self):
        self.cluster.objects[KEY] = PRINTED.partition("\n")[2].encode()
        self.cluster.outputs[POD] += "Traceback (most recent call last):\nOops\n"
        self.assertRegex(self.complete(), r"INFO - work\nTraceback \(most recent call last\):\nOops\n" + self.LAST)

    def test_a_log_of_the_same_try_in_an_earlier_pod_stays(self):
        self.cluster.objects[KEY] = b"[2021-12-31 00:00:00,000] {x.py:1} INFO - poke\n"
        log = self.complete()
        self.assertIn("INFO - poke\n" + PRINTED, log)
        self.assertRegex(log, self.LAST)

    def test_twice_is_once(self):
        self.assertEqual(self.complete(), self.complete())
        self.assertEqual([ask for ask in self.cluster.asked if ask.startswith("PUT")], [f"PUT {KEY}"])

    def test_a_task_that_came_to_its_end_needs_no_reason(self):
        ends = ((State.SUCCESS, 1), (State.SKIPPED, 1), (State.DEFERRED, 0), (State.UP_FOR_RESCHEDULE, 0))
        for state, number in ends:
            self.change(state=state, _try_number=number)
            self.assertEqual(self.complete(), "", state)

    def test_a_later_try_does_not_hide_the_earlier_ones_end(self):
        for state, number in ((State.SUCCESS, 2), (State.RUNNING, 2), (State.FAILED, 1), (State.UP_FOR_RETRY, 1)):
            self.cluster.objects.clear()
            self.change(state=state, _try_number=number)
            self.assertRegex(self.complete(), self.LAST)

    def test_only_the_end_of_a_long_output(self):
        self.cluster.outputs[POD] = "".join(f"[{number}] {'x' * 100}\n" for number in range(20_000))
        log = self.complete()
        self.assertTrue(log.startswith("*** The beginning of the pod's output is left out\n["), log[:100])
        self.assertIn("[19999]", log)
        self.assertLess(len(log), pod_log.MAX_BYTES + 1000)

    def test_an_output_that_is_gone(self):
        self.cluster.outputs.clear()
        self.assertRegex(self.complete(), r"^\*\*\* The pod's output could not be read: 404 Not Found\n" + self.LAST)

    def test_an_output_that_hangs(self):
        self.cluster.delay["log"] = 5
        with mock.patch.object(pod_log, "READ_SECONDS", 0.3):
            missing = r"^\*\*\* The pod's output could not be read: .*[Tt]imed? ?out.*\n"
            self.assertRegex(self.complete(), missing + self.LAST)

    def test_a_pod_that_never_started_says_its_last_warning(self):
        self.cluster.warnings[POD] = [
            {"reason": "FailedMount", "message": "no volume", "lastTimestamp": "2022-01-01T00:00:02Z"},
            {"reason": "Earlier", "message": "x", "lastTimestamp": "2022-01-01T00:00:01Z"},
        ]
        self.change(state=State.QUEUED, _try_number=0)
        log = self.complete(self.pod({"waiting": {"reason": "ContainerCreating"}}, "Pending"), deleted=True)
        self.assertRegex(log, "ended: its container waited: ContainerCreating; last event: FailedMount: no volume\n$")
        self.assertNotIn(f"GET /api/v1/namespaces/airflow/pods/{POD}/log", self.cluster.asked)

    def test_a_log_that_cannot_be_read_is_not_replaced(self):
        """Airflow's own write would."""
        self.cluster.objects[KEY] = b"precious"
        self.cluster.broken.add("s3")
        with self.assertRaisesRegex(Exception, "InternalError"):
            self.complete()
        self.cluster.broken.clear()
        self.assertEqual(self.log(), "precious")

    def test_a_log_that_is_too_long_is_left(self):
        self.cluster.objects[KEY] = b"x" * 2000
        with mock.patch.object(pod_log, "MAX_LOG_BYTES", 1000), self.assertRaisesRegex(pod_log.Unwritable, "1.log has"):
            self.complete()
        self.assertEqual(self.log(), "x" * 2000)

    def test_a_deleted_run(self):
        self.clean()
        self.assertEqual(self.complete(), "")

    def test_logs_that_stay_on_the_machine(self):
        logging.getLogger("airflow.task").handlers = []
        self.assertEqual(self.complete(), "")


class Job(Ended):
    def zombies(self, manager):
        manager._find_zombies()
        return sum(len(requests) for requests in manager._callback_to_execute.values())

    def test_airflow_fails_the_task_at_once(self):
        """By its own search for zombies and its own handling of a failure: here with a retry."""
        manager = self.written()
        self.round(manager)
        self.assertEqual(self.zombies(manager), 0)
        self.assertTrue(pod_end.fail_job(self.end()))
        manager._last_zombie_query_time = None
        self.assertEqual(self.zombies(manager), 1)
        self.parse(manager)
        self.assertEqual((self.job(), self.state()), (State.FAILED, State.UP_FOR_RETRY))

    def test_two_schedulers_find_the_same_zombie(self):
        """The second one's processor comes when the retry runs already."""
        manager, other = self.written(), self.manager()
        self.round(manager)
        self.round(other)
        pod_end.fail_job(self.end())
        self.assertEqual([self.zombies(each) for each in (manager, other)], [1, 1])
        self.parse(manager)
        self.assertEqual(self.state(), State.UP_FOR_RETRY)
        self.change(state=State.RUNNING, _try_number=2)
        self.parse(other)
        self.assertEqual(self.state(), State.RUNNING)

    def test_once(self):
        self.assertEqual([pod_end.fail_job(self.end()) for _ in range(2)], [True, False])

    def test_not_when_the_task_is_no_longer_this_pods(self):
        for change in (
            {"state": State.SUCCESS}, {"state": State.FAILED}, {"state": State.QUEUED}, {"_try_number": 2},
            {"hostname": "another"}, {"hostname": ""}, {"job_id": None},
        ):
            self.change(state=State.RUNNING, _try_number=1, hostname=POD)
            self.change(**change)
            self.assertFalse(pod_end.fail_job(self.end()), change)
            self.assertEqual(self.job(), State.RUNNING)

    def test_the_same_task_of_another_run_is_left_alone(self):
        self.add_task(run="other", host="other")
        pod_end.fail_job(self.end())
        with create_session() as session:
            self.assertEqual([state for state, in session.query(LocalTaskJob.state)], [State.FAILED, State.RUNNING])

    def test_a_silent_job_on_a_lost_machine(self):
        self.assertFalse(pod_end.fail_job(self.end(lost=True)))
        with create_session() as session:
            session.query(LocalTaskJob).update({"latest_heartbeat": timezone.utcnow() - timedelta(seconds=21)})
        self.assertTrue(pod_end.fail_job(self.end(lost=True)))
        self.assertRegex(self.complete(lost=True), r"^\[.*'s pod homelab-t.0123 is out of reach: Kubernetes has lost ")
        self.assertRegex(self.complete(), r"is out of reach: .*\n" + re.escape(PRINTED) + r"\[.* ended: OOMKilled")

    def test_host_names(self):
        long = "d" * 63 + ".0123"
        for pod, host, wanted in (
            (POD, POD, True), (POD, POD + ".sub.airflow.svc", True), (POD, POD + "4", False), (POD, None, False),
            (long, "d" * 63, True), (long, "d" * 62, False),
        ):
            self.assertIs(pod_end.is_host(pod, host), wanted, (pod, host))


class Queue(Ended):
    """The way of the watcher's news to the executor."""

    def setUp(self):
        super().setUp()
        self.passed_on = []
        self.ends = pod_end.Ends(self.cluster.kubernetes(), self)
        self.addCleanup(self.rest)

    def rest(self):
        """What is under way ends, so that it does not reach the next test."""
        self.cluster.hurry()
        self.assertTrue(eventually(lambda: not self.ends._logs.unfinished_tasks + self.ends._jobs.unfinished_tasks, 60))

    def put(self, *args):
        if len(args) == 1:
            self.passed_on.append((args[0], self.log()))
        else:
            return super().put(*args)

    def tell(self, pod, kind="MODIFIED", state=State.FAILED):
        self.ends.event = {"type": kind, "raw_object": pod}
        self.ends.put((pod["metadata"]["name"], "airflow", state, pod["metadata"]["annotations"], "7"))

    def test_a_failed_pod_is_passed_on_when_its_log_is_written(self):
        self.tell(self.pod())
        self.assertTrue(eventually(lambda: self.passed_on, 10))
        (item, log), = self.passed_on
        self.assertEqual(item[:3], (POD, "airflow", State.FAILED))
        self.assertIn("ended: OOMKilled", log)
        self.assertTrue(eventually(lambda: self.job() == State.FAILED, 10))

    def test_more_news_of_the_same_pod(self):
        self.cluster.delay["log"] = 0.5
        self.tell(self.pod())
        self.tell(self.pod())
        self.assertEqual(self.passed_on, [])
        self.assertTrue(eventually(lambda: self.passed_on, 10))
        self.tell(self.pod(), "DELETED")
        self.assertEqual(len(self.passed_on), 2)
        self.assertEqual(self.cluster.asked.count(f"GET /api/v1/namespaces/airflow/pods/{POD}/log"), 1)

    def test_pods_that_end_well_go_straight(self):
        self.tell(self.pod({"terminated": {"exitCode": 0}}, "Succeeded"), state=None)
        self.tell(self.pod({"terminated": {"exitCode": 0}}, "Running"), "DELETED")
        self.assertEqual(len(self.passed_on), 2)
        self.assertEqual((self.cluster.asked, self.job()), ([], State.RUNNING))

    def test_a_pod_that_was_sent_away_ends_well_and_still_has_a_reason(self):
        away = [{"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"}]
        self.change(state=State.FAILED)
        well = {"terminated": {"exitCode": 0, "reason": "Completed"}}
        self.tell(self.pod(well, "Succeeded", conditions=away), state=None)
        self.assertTrue(eventually(lambda: self.passed_on, 10))
        self.assertIn("ended: EvictionByEvictionAPI; Completed", self.log())
        self.assertIsNone(self.passed_on[0][0][2])

    def test_s3_that_hangs_holds_up_nothing(self):
        self.cluster.delay["s3"] = 60
        with mock.patch.object(pod_end, "PASS_ON_SECONDS", 0.5):
            for number in range(10):
                self.tell(self.pod(uid=str(number), name=f"p{number}"))
            self.tell(self.pod(uid="last"))
            self.assertTrue(eventually(lambda: self.job() == State.FAILED, 20))
            self.assertTrue(eventually(lambda: len(self.passed_on) == 11, 20))

    def test_failures_hold_up_nothing(self):
        self.cluster.broken.add("s3")
        self.tell(self.pod())
        self.assertTrue(eventually(lambda: self.passed_on, 20))
        with mock.patch.object(settings, "Session", None), mock.patch.object(pod_end, "AGAIN_SECONDS", 0.1):
            self.tell(self.pod(uid="u2"))
            self.assertTrue(eventually(lambda: len(self.passed_on) == 2, 20))
        self.cluster.broken.clear()
        self.tell(self.pod(uid="u3"))
        self.assertTrue(eventually(lambda: len(self.passed_on) == 3, 20))
        self.assertIn("ended: OOMKilled", self.log())

    def test_a_lost_machine_is_told_to_a_database_that_was_away(self):
        with create_session() as session:
            session.query(LocalTaskJob).update({"latest_heartbeat": timezone.utcnow() - timedelta(seconds=21)})
        asked = []

        def away(end):
            asked.append(end.name)
            if len(asked) < 3:
                raise OSError("connection refused")
            return failing(end)

        failing = pod_end.fail_job
        self.ends.event = {"raw_object": self.pod({"running": {}}, "Running")}
        with mock.patch.object(pod_end, "fail_job", away), mock.patch.object(pod_end, "AGAIN_SECONDS", 0.1):
            self.ends.lose(POD, "airflow", self.ends.event["raw_object"]["metadata"]["annotations"])
            self.assertTrue(eventually(lambda: "is out of reach" in self.log(), 60))
            self.assertEqual((self.job(), asked), (State.FAILED, [POD] * 3))
            asked.clear()
            self.change(state=State.RUNNING)
            with create_session() as session:
                session.query(LocalTaskJob).update({"state": State.RUNNING})
            self.tell(self.pod())
            self.assertTrue(eventually(lambda: self.job() == State.FAILED, 60))
        self.assertEqual(asked, [POD] * 3)

    def test_too_many_at_once_are_passed_on(self):
        self.cluster.delay["log"] = 1
        with mock.patch.object(pod_end, "MAX_PENDING", 1):
            self.tell(self.pod())
            self.tell(self.pod(uid="u2", name="p2"))
        self.assertEqual([item[0] for item, _ in self.passed_on], ["p2"])

    def test_the_end_of_the_watch(self):
        self.cluster.delay["log"] = 0.5
        self.tell(self.pod())
        self.ends.finish(10)
        self.assertIn("ended: OOMKilled", self.passed_on[0][1])
        self.cluster.delay["log"] = 5
        self.tell(self.pod(uid="u2", name="p2"))
        self.ends.finish(0.2)
        self.assertEqual([item[0] for item, _ in self.passed_on], [POD, "p2"])


class Watcher(Ended):
    """The watcher's own process, with pods as an API server sends them."""

    def setUp(self):
        super().setUp()
        manager = multiprocessing.Manager()
        self.addCleanup(manager.shutdown)
        self.news = manager.Queue()
        with mock.patch.object(kubernetes_executor, "get_kube_client", self.cluster.kubernetes):
            self.process = kubernetes_executor.KubernetesJobWatcher(
                "airflow", False, self.news, "0", "1", kubernetes_executor.KubeConfig()
            )
            self.process.start()
        self.addCleanup(self.process.join, 10)
        self.addCleanup(self.process.kill)

    def tell(self, pod, kind="MODIFIED"):
        self.cluster.events.append({"type": kind, "object": pod})

    def test_a_pod_that_fails(self):
        self.tell(self.pod({"running": {}}, "Running"), "ADDED")
        self.tell(self.pod())
        self.assertEqual(self.news.get(timeout=20)[:3], (POD, "airflow", State.FAILED))
        self.assertIn("ended: OOMKilled", self.log())
        self.assertTrue(eventually(lambda: self.job() == State.FAILED, 10))

    def test_a_pod_that_succeeds(self):
        self.tell(self.pod({"terminated": {"exitCode": 0}}, "Succeeded"))
        self.assertEqual(self.news.get(timeout=20)[:3], (POD, "airflow", None))
        self.assertEqual((self.log(), self.job()), ("", State.RUNNING))

    def test_a_pod_that_could_not_start(self):
        self.change(state=State.QUEUED, _try_number=0)
        self.tell(self.pod({"waiting": {"reason": "ErrImagePull", "message": "not found"}}, "Pending"), "DELETED")
        self.assertEqual(self.news.get(timeout=20)[2], State.FAILED)
        self.assertIn("ended: its container waited: ErrImagePull: not found; check the image's name", self.log())

    def test_a_machine_that_is_lost(self):
        with create_session() as session:
            session.query(LocalTaskJob).update({"latest_heartbeat": timezone.utcnow() - timedelta(seconds=21)})
        ready = [{"type": "Ready", "status": "False"}]
        self.tell(self.pod({"running": {}}, "Running", conditions=ready))
        self.assertTrue(eventually(lambda: "is out of reach" in self.log(), 60))
        self.assertEqual((self.job(), self.news.empty()), (State.FAILED, True))

    def test_a_pod_that_another_scheduler_adopted_goes_on(self):
        """To this watch it is deleted, since it has another label."""
        self.cluster.add_pod("t")
        pod = self.pod({"running": {}}, "Running")
        pod["metadata"].update(name=self.cluster.pods[0]["metadata"]["name"], uid="uid-t")
        self.tell(pod, "DELETED")
        self.assertEqual(self.news.get(timeout=20)[2], pod_end.RELEASED)
        self.assertEqual(self.job(), State.RUNNING)

    def test_a_pod_that_somebody_copied_is_not_heard_of(self):
        for annotations in (None, {"dag_id": "one"}, {"dag_id": "one", "task_id": "t", "try_number": "first"}):
            copied = self.pod(name="copied")
            copied["metadata"]["annotations"] = annotations
            self.tell(copied)
        self.tell(self.pod({"terminated": {"exitCode": 0}}, "Succeeded"))
        self.assertEqual(self.news.get(timeout=20)[:3], (POD, "airflow", None))
        self.assertTrue(self.process.is_alive())

    def test_the_process_ends_with_a_watch_that_fails(self):
        """The executor starts another one."""
        self.tell({"kind": "Status", "metadata": {}, "code": 500, "reason": "x", "message": "y"}, "ERROR")
        self.process.join(20)
        self.assertEqual(self.process.exitcode, 1)


if __name__ == "__main__":
    unittest.main()
