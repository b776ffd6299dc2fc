"""A task for which no pod can be made: its log says why, and Airflow's page shows that log."""
import unittest
from unittest import mock

from airflow.executors.kubernetes_executor import AirflowKubernetesScheduler
from airflow.kubernetes.kube_config import KubeConfig
from airflow.models import TaskInstance
from airflow.models.taskinstance import SimpleTaskInstance, TaskInstanceKey
from airflow.utils.session import create_session
from airflow.utils.state import State
from kubernetes.client.rest import ApiException
from test_dag_guard import eventually
from test_pod_end import KEY, Ended

from airflow_appliance import refusals
from airflow_appliance.tenant_pods import PodRefused


class Refusals(Ended):
    def add_task(self, state=State.QUEUED, number=0, **others):
        return super().add_task(state=state, number=number, **others)

    def refused(self, problem):
        scheduler = AirflowKubernetesScheduler.__new__(AirflowKubernetesScheduler)
        scheduler.kube_config = KubeConfig()
        scheduler.scheduler_job_id = 1
        job = (TaskInstanceKey("one", "t", "run", 1), ["airflow", "tasks", "run"], None, None)
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

    def test_what_kubernetes_has_no_room_for_is_tried_again_and_no_refusal(self):
        problem = ApiException(status=403, reason="Forbidden")
        problem.body = '{"message": "exceeded quota"}'
        with mock.patch("airflow_appliance.refusals.tell") as told:
            self.assertEqual(403, self.refused(problem))
        told.assert_not_called()

    def test_the_try_that_never_began_counts(self):
        for state, number in ((State.QUEUED, 0), (State.FAILED, 1)):
            with create_session() as session:
                found = session.query(TaskInstance).filter_by(task_id="t", run_id="run").one()
                request = mock.Mock(simple_task_instance=SimpleTaskInstance(found))
                found.state = state
            refusals.count_try(request)
            with create_session() as session:
                found = session.query(TaskInstance).filter_by(task_id="t", run_id="run").one()
                self.assertEqual(number, found._try_number, state)
                found.state = State.QUEUED


if __name__ == "__main__":
    unittest.main()
