"""A task for which no pod can be made, or not yet: its log says why, and Airflow's page shows that log."""
import json
import unittest
from queue import Empty
from unittest import mock

import lab
from airflow.executors.kubernetes_executor import AirflowKubernetesScheduler, KubernetesExecutor
from airflow.kubernetes.kube_config import KubeConfig
from airflow.models import TaskInstance
from airflow.models.taskinstance import TaskInstanceKey
from airflow.utils.session import create_session
from airflow.utils.state import State
from cases import named, table
from cluster import BUCKET
from kubernetes.client.rest import ApiException
from test_dag_guard import eventually
from test_pod_end import KEY, Ended

from airflow_appliance import refusals, worker_log
from airflow_appliance.tenant_pods import PodRefused

COMMAND = ["airflow", "tasks", "run"]
JOB = TaskInstanceKey("one", "t", "run", 1)


@named
class Refusals(Ended):
    def add_task(self, state=State.QUEUED, number=0, **others):
        return super().add_task(state=state, number=number, **others)

    def scheduler(self):
        made = AirflowKubernetesScheduler.__new__(AirflowKubernetesScheduler)
        made.kube_config = KubeConfig()
        made.scheduler_job_id = "manual"  # whose task need not be queued
        return made

    def refused(self, problem):
        scheduler, job = self.scheduler(), (JOB, COMMAND, None, None)
        with mock.patch("airflow_appliance.executor.tenant_pods.admitted", side_effect=problem):
            with self.assertRaises(ApiException) as raised:
                scheduler.run_next(job)
        return raised.exception.status

    def log(self):
        return self.cluster.objects.get(KEY, b"").decode()

    def test_what_a_tenant_may_not_have(self):
        self.assertEqual(400, self.refused(PodRefused("spec.hostNetwork: is not for a tenant's tasks")))
        eventually(lambda: "No pod can be made for this task: spec.hostNetwork: is not" in self.log())

    def test_what_kubernetes_refuses(self):
        problem = ApiException(status=422, reason="Unprocessable Entity")
        problem.body = '{"message": "Pod is invalid: spec.containers[0].image: Required value"}'
        self.assertEqual(422, self.refused(problem))
        eventually(lambda: "Required value" in self.log())

    def forbidden(self, pod, quota, used):
        problem = ApiException(status=403, reason="Forbidden")
        said = f'pods "{pod}" is forbidden: exceeded quota: {quota}, requested: pods=1, used: pods={used}, limited: pods=9'
        problem.body = json.dumps({"message": said})
        self.assertEqual(403, self.refused(problem))

    def test_what_kubernetes_has_no_room_for_is_tried_again_and_its_log_is_left_to_the_pod(self):
        self.addCleanup(refusals.over, JOB)
        uncounted = mock.patch.object(refusals, "_uncounted", set())
        with mock.patch.object(refusals, "log") as said, uncounted as failed:
            self.forbidden("t-1", "one", 9)
            since = refusals._delayed[JOB][0]
            self.forbidden("t-2", "one", 8)
            self.forbidden("t-3", "other", 8)
        lines = [call.args[0] % call.args[1:] for call in said.warning.call_args_list]
        self.assertEqual(2, len(lines), lines)
        for line, quota in zip(lines, ("one", "other")):
            self.assertIn("task_id='t'", line)
            self.assertIn(f"can be made for this task yet, and it is tried again until one can: exceeded quota: {quota},", line)
        self.assertEqual(set(), failed)
        self.assertEqual([], said.error.call_args_list)
        self.assertTrue(refusals._waiting.empty())

        self.made()
        *_, last = self.cluster.pods[-1]["spec"]["containers"][0]["env"]
        told = f"This task waited for its pod since {since}: exceeded quota: other, requested: pods=1, used: pods=8, limited: pods=9"
        self.assertEqual({"name": worker_log.WAITED, "value": told}, last)
        self.assertEqual([], [asked for asked in self.cluster.asked if BUCKET in asked or asked.startswith("PUT")])
        self.made()
        self.assertNotIn(worker_log.WAITED, str(self.cluster.pods[-1]))

    def made(self):
        """By a scheduler whose Kubernetes takes it."""
        (lab.HOME / "pod_template.yaml").write_text("spec: {containers: [{name: airflow-worker, env: [{name: A, value: b}]}]}")
        scheduler = self.scheduler()
        scheduler.kube_client, scheduler.namespace = self.cluster.kubernetes(), "airflow"
        scheduler.run_next((JOB, COMMAND, None, None))

    @table(
        {
            "not before it has failed": (State.QUEUED, 0, True),
            "when it has failed": (State.FAILED, 1, False),
            "not when Airflow counts": (State.UP_FOR_RETRY, 0, False),
        }
    )
    def the_try_that_never_began_counts(self, row):
        state, number, waits = row
        with create_session() as session:
            session.query(TaskInstance).filter_by(task_id="t", run_id="run").one().state = state
        with mock.patch.object(refusals, "_uncounted", {JOB}):
            refusals.count_tries()
            self.assertEqual(waits, JOB in refusals._uncounted)
        with create_session() as session:
            self.assertEqual(number, session.query(TaskInstance).filter_by(task_id="t", run_id="run").one()._try_number)

    def test_the_executor_asks_each_time(self):
        with mock.patch.object(refusals, "count_tries") as asked:
            executor = KubernetesExecutor()
            executor.scheduler_job_id, executor.kube_scheduler, executor.event_scheduler = "1", mock.Mock(), mock.Mock()
            executor.result_queue, executor.task_queue = mock.Mock(), mock.Mock()
            executor.result_queue.get_nowait.side_effect = executor.task_queue.get_nowait.side_effect = Empty
            executor.sync()
        asked.assert_called_once_with()


if __name__ == "__main__":
    unittest.main()
