"""A scheduler that alone cannot use the Kubernetes API: the real executor, job and database, a Kubernetes that refuses."""
import json
import logging
import ssl
from unittest import main, mock

import lab
from airflow.jobs.scheduler_job import SchedulerJob
from airflow.models import TaskInstance
from airflow.utils.session import create_session
from airflow.utils.state import State
from cases import named, table
from kubernetes.client.rest import ApiException
from test_claim import Prepared
from test_queued import MINE, OTHERS
from urllib3.exceptions import (
    ConnectTimeoutError, MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError, SSLError,
)

from airflow_appliance import reach


def said(status, message):
    problem = ApiException(status=status, reason="no")
    problem.body = json.dumps({"message": message})
    return problem


def never(reason):
    return MaxRetryError(None, "/", reason)


FORBIDDEN = 'pods is forbidden: User "u" cannot create resource "pods" in API group "" in the namespace "airflow"'
NO_POD = {
    "a token that counts no more": said(401, "Unauthorized"),
    "an account without the right": said(403, FORBIDDEN),
    "a firewall that refuses": never(NewConnectionError(None, "refused")),
    "a firewall that swallows": never(ConnectTimeoutError(None, "timed out")),
    "a wrong CA": never(SSLError(ssl.SSLCertVerificationError("CERTIFICATE_VERIFY_FAILED"))),
}
MAYBE_A_POD = {
    "no answer in time": ReadTimeoutError(None, "/", "timed out"),
    "a connection that broke": ProtocolError("Connection aborted."),
    "TLS that broke": never(SSLError(ssl.SSLError("bad record mac"))),
    "a proxy": ApiException(status=502, reason="Bad Gateway"),
    "an end of patience": said(504, "request did not complete within the allotted time"),
    "a pod of that name": said(409, "already exists"),
}
ABOUT_THE_POD = {
    "a quota": said(403, 'pods "p" is forbidden: exceeded quota: one'),
    "an invalid pod": said(422, "Pod is invalid"),
}


@named
class ApiLost(Prepared):
    def setUp(self):
        super().setUp()
        self.assertTrue(lab.HOME)
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        for name, value in (("AGAIN_SECONDS", 0), ("GIVE_BACK_SECONDS", 3600)):
            self.patch(reach, name, value)
        self.said = self.patch(reach, "log", mock.Mock())
        self.client = self.executor.kube_client
        self.listed, self.created = self.client.list_namespaced_pod, self.client.create_namespaced_pod
        self.key = self.add("t")
        self.wait(self.key)

    def patch(self, *args):
        patch = mock.patch.object(*args)
        self.addCleanup(patch.stop)
        return patch.start()

    def fails(self, problem, listing=True):
        self.client.create_namespaced_pod = mock.Mock(side_effect=problem)
        self.client.list_namespaced_pod = mock.Mock(side_effect=problem) if listing else self.listed

    def works(self):
        self.client.create_namespaced_pod, self.client.list_namespaced_pod = self.created, self.listed

    def stored(self):
        with create_session() as session:
            return session.query(TaskInstance.state, TaskInstance.queued_by_job_id).one()

    def is_known(self):
        executor = self.executor
        return bool(self.key in executor.running or executor.task_queue.qsize() or executor.queued_tasks)

    def given_back(self):
        """After a turn in which it is time to."""
        with mock.patch.object(reach, "GIVE_BACK_SECONDS", 0):
            self.turn()

    @table({**NO_POD, **MAYBE_A_POD})
    def it_takes_no_more_and_goes_on_with_what_it_has_when_it_is_answered(self, problem):
        self.assertGreater(self.executor.slots_available, 0)
        self.fails(problem)
        self.turn()
        self.turn()
        self.assertEqual(self.executor.slots_available, 0)
        self.client.create_namespaced_pod.assert_called_once()
        self.assertEqual(self.stored(), (State.QUEUED, MINE))
        self.works()
        self.turn()
        self.assertGreater(self.executor.slots_available, 0)
        self.assertEqual((self.turn(), self.said.error.call_count, self.said.warning.call_count), (1, 1, 1))
        self.assertIn("check this node's KUBERNETES_TOKEN", self.said.error.call_args[0][0])

    @table(NO_POD)
    def a_task_that_certainly_has_no_pod_is_scheduled_again_for_others(self, problem):
        self.fails(problem)
        self.turn()
        self.given_back()
        self.assertEqual((self.stored(), self.is_known()), ((State.SCHEDULED, None), False))
        self.works()
        self.assertEqual((self.turn(), self.turn()), (0, 0))

    def test_one_that_waits_before_the_queue_is_given_back_too(self):
        self.executor.task_queue.get_nowait()
        self.executor.running.clear()
        self.executor.queued_tasks[self.key] = "waits"
        self.fails(NO_POD["a firewall that refuses"])
        reach.api.doubt(self.executor, NO_POD["a firewall that refuses"])
        reach.api.look(self.executor)
        self.assertEqual(self.stored(), (State.QUEUED, MINE))
        with mock.patch.object(reach, "GIVE_BACK_SECONDS", 0):
            reach.api.look(self.executor)
        self.assertEqual((self.stored(), self.is_known()), ((State.SCHEDULED, None), False))

    @table(MAYBE_A_POD)
    def one_that_may_have_a_pod_is_left_to_the_search_for_orphans(self, problem):
        self.fails(problem)
        self.turn()
        self.fails(NO_POD["a firewall that refuses"])
        self.given_back()
        self.assertEqual((self.stored(), self.is_known()), ((State.QUEUED, MINE), True))
        with mock.patch.object(reach, "UNSURE_SECONDS", 0):
            self.given_back()
        self.assertEqual((self.stored(), self.is_known()), ((State.QUEUED, None), False))

    def test_a_pod_whose_making_was_not_answered_is_adopted_by_another_and_no_second_one_is_made(self):
        def made_without_an_answer(*args, **kwargs):
            self.created(*args, **kwargs)
            raise MAYBE_A_POD["a connection that broke"]

        self.fails(NO_POD["a firewall that refuses"])
        self.client.create_namespaced_pod = made_without_an_answer
        self.turn()
        with mock.patch.object(reach, "UNSURE_SECONDS", 0):
            self.given_back()
        self.works()
        self.executor.scheduler_job_id = OTHERS
        job = SchedulerJob(id=OTHERS)
        job.executor = self.executor
        self.assertEqual(job.adopt_or_reset_orphaned_tasks(), 0)
        self.assertEqual(self.stored(), (State.QUEUED, None))  # who is lost does not search
        with mock.patch.object(reach, "api", reach.Reach()):  # another scheduler's
            self.assertEqual(job.adopt_or_reset_orphaned_tasks(), 0)
            self.assertEqual((self.stored(), len(self.cluster.pods)), ((State.QUEUED, OTHERS), 1))
            self.assertEqual(self.cluster.pods[0]["metadata"]["labels"]["airflow-worker"], str(OTHERS))
            self.assertEqual(self.turn(), 1)

    def test_one_that_has_begun_or_is_anothers_is_not_touched(self):
        for values in ({"state": State.RUNNING}, {"state": State.QUEUED, "queued_by_job_id": OTHERS}):
            with create_session() as session:
                session.query(TaskInstance).update(values, synchronize_session=False)
            before = self.stored()
            self.fails(NO_POD["a firewall that refuses"])
            reach.api.doubt(self.executor, NO_POD["a firewall that refuses"])
            self.given_back()
            self.assertEqual((self.stored(), self.is_known()), (before, False))

    @table({**ABOUT_THE_POD, **MAYBE_A_POD})
    def a_pod_that_fails_alone_keeps_nothing_else_from_running(self, problem):
        self.fails(problem, listing=False)
        self.turn()
        self.given_back()
        self.assertGreater(self.executor.slots_available, 0)
        self.assertEqual((self.stored(), self.said.error.called), ((State.QUEUED, MINE), False))

    @table(ABOUT_THE_POD)
    def a_refused_pod_asks_nothing(self, problem):
        self.fails(problem)
        self.turn()
        self.client.list_namespaced_pod.assert_not_called()


if __name__ == "__main__":
    main()
