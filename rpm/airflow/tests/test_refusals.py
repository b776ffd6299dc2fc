"""A task for which no pod can be made: its log says why, and Airflow's page shows that log."""
import logging
import unittest
from queue import Empty
from unittest import mock

import lab  # noqa: F401 (before airflow)
from airflow.executors.kubernetes_executor import AirflowKubernetesScheduler, KubernetesExecutor
from airflow.kubernetes.kube_config import KubeConfig
from airflow.models import TaskInstance
from airflow.models.taskinstance import TaskInstanceKey
from airflow.utils.session import create_session
from airflow.utils.state import State
from cases import named, table
from kubernetes.client.rest import ApiException
from test_dag_guard import eventually
from test_pod_end import KEY, Ended

from airflow_appliance import refusals
from airflow_appliance.tenant_pods import PodRefused


JOB = TaskInstanceKey("one", "t", "run", 1)


@named
class Refusals(Ended):
    def add_task(self, state=State.QUEUED, number=0, **others):
        return super().add_task(state=state, number=number, **others)

    def refused(self, problem):
        scheduler = AirflowKubernetesScheduler.__new__(AirflowKubernetesScheduler)
        scheduler.kube_config = KubeConfig()
        scheduler.scheduler_job_id = "manual"  # whose task need not be queued
        job = (JOB, ["airflow", "tasks", "run"], None, None)
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

    def test_what_kubernetes_has_no_room_for_is_tried_again_and_says_so_once(self):
        problem = ApiException(status=403, reason="Forbidden")
        problem.body = '{"message": "exceeded quota: homelab-airflow-tenant-sci, requested: pods=1"}'
        self.addCleanup(refusals.over, JOB)
        uncounted = mock.patch.object(refusals, "_uncounted", set())
        with mock.patch.object(refusals, "log") as said, uncounted as failed:
            self.assertEqual(403, self.refused(problem))
            self.assertEqual(403, self.refused(problem))
        said.log.assert_called_once()
        level, form, *words = said.log.call_args.args
        self.assertEqual(logging.WARNING, level)
        self.assertIn("task_id='t'", form % tuple(words))
        self.assertIn("exceeded quota: homelab-airflow-tenant-sci", form % tuple(words))
        eventually(lambda: "yet, and it is tried again until one can: exceeded quota: homelab" in self.log())
        self.assertIn("WARNING", self.log())
        self.assertEqual(set(), failed)

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
