"""Each way in which a pod ends, as Kubernetes' API shows it, and what the log says of it."""
import unittest

from cases import named, table

from airflow_appliance import pod_reason


def pod(base=None, *, init=None, limit=None, **status):
    """With the state of the container `base`, which the sidecar stands before."""
    resources = {"limits": {"memory": limit}} if limit else {}
    spec = {"nodeName": "m1", "containers": [{"name": "base", "resources": resources}]}
    if base is not None:
        beside = {"name": "beside", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
        status["containerStatuses"] = [beside, {"name": "base", "state": base}]
    if init is not None:
        status["initContainerStatuses"] = [{"name": "s3fs", **init}]
    return {"metadata": {"name": "p"}, "spec": spec, "status": status}


def ended(code, reason="Error", **more):
    return {"terminated": {"exitCode": code, "reason": reason, **more}}


def disrupted(reason, message=None):
    return [{"type": "DisruptionTarget", "status": "True", "reason": reason, "message": message}]


UNSCHEDULED = {"type": "PodScheduled", "status": "False"}
STUCK = {"waiting": {"reason": "PodInitializing"}}
REASONS = {
    "out of memory": (
        pod(ended(137, "OOMKilled"), limit="4Gi"),
        "OOMKilled (exit code 137, signal 9); the container used more memory than its limit 4Gi; ask for more by "
        "pod_override, or for all tasks by workers.memoryLimit of cluster.yaml",
    ),
    "out of memory without a limit": (
        pod(ended(137, "OOMKilled")),
        "OOMKilled (exit code 137, signal 9); its machine had no memory left; ask for more by pod_override, or for "
        "all tasks by workers.memoryLimit of cluster.yaml",
    ),
    "killed": (
        pod(ended(137)),
        "Error (exit code 137, signal 9); killed by something in or beside the pod; `kubectl describe node` may show "
        "what its machine lacked",
    ),
    "failed by itself": (pod(ended(1)), "Error (exit code 1); what it printed last, above, says why"),
    "a fault": (pod(ended(139)), "Error (exit code 139, signal 11); what it printed last, above, says why"),
    "exit code 255 is no signal": (pod(ended(255)), "Error (exit code 255); what it printed last, above, says why"),
    "could not be run": (
        pod(ended(127, "ContainerCannotRun", message='exec: "airflow":\nnot found.')),
        'ContainerCannotRun (exit code 127): exec: "airflow": not found; what it printed last, above, says why',
    ),
    "evicted": (
        pod(ended(137), reason="Evicted", message="The node was low on resource: ephemeral-storage. "),
        "Evicted: The node was low on resource: ephemeral-storage; Error (exit code 137, signal 9); a request of "
        "memory and ephemeral-storage by pod_override keeps a task from machines without room",
    ),
    "evicted before it started": (
        pod(reason="Evicted", message="Pod was rejected"),
        "Evicted: Pod was rejected; a request of memory and ephemeral-storage by pod_override keeps a task from "
        "machines without room; it never started",
    ),
    "deadline": (
        pod(ended(143), reason="DeadlineExceeded", message="Pod was active longer than the deadline"),
        "DeadlineExceeded: Pod was active longer than the deadline; Error (exit code 143, signal 15); "
        "a task with retries is run again elsewhere",
    ),
    "machine emptied": (
        pod(ended(0, "Completed"), conditions=disrupted("EvictionByEvictionAPI", "Eviction API: evicting")),
        "EvictionByEvictionAPI: Eviction API: evicting; Completed (exit code 0); a task with retries is run again "
        "elsewhere",
    ),
    "no image": (
        pod({"waiting": {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "x"'}}),
        'its container waited: ImagePullBackOff: Back-off pulling image "x"; '
        "check the image's name and the registry's password",
    ),
    "no Secret": (
        pod({"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "s" not found'}}),
        'its container waited: CreateContainerConfigError: secret "s" not found; '
        "check the Secrets and ConfigMaps that the pod names",
    ),
    "no machine": (
        pod(conditions=[{**UNSCHEDULED, "reason": "Unschedulable", "message": "0/3 nodes"}]),
        "found no machine: Unschedulable: 0/3 nodes; ask for less, or give the cluster more machines",
    ),
    "init container": (
        pod(STUCK, init={"state": ended(2)}),
        "init container s3fs ended: Error (exit code 2); see its part of the pod",
    ),
    "init container that says why": (
        pod(STUCK, init={"state": ended(1, message="s3://airflow/dags/science/ has no file; publish the DAGs there.\n")}),
        "init container s3fs ended: Error (exit code 1): s3://airflow/dags/science/ has no file; publish the DAGs there",
    ),
    "sidecar that falls again and again": (
        pod(STUCK, init={"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended(1)}),
        "init container s3fs waited: CrashLoopBackOff; see its own output with kubectl logs while a pod waits; before "
        "that: Error (exit code 1)",
    ),
    "sidecar without its mount": (
        pod(STUCK, init={"state": {"running": {}}, "started": False}),
        "init container s3fs ran and did not become ready; see its output with kubectl logs",
    ),
    "nothing known": (pod(), "it never started"),
}


@named
class Reasons(unittest.TestCase):
    maxDiff = None

    @table(REASONS)
    def says(self, row):
        found, wanted = row
        self.assertEqual(pod_reason.reason(found, deleted=False), wanted)

    def test_deleted_while_it_ran(self):
        wanted = "the pod was deleted while its task ran, by somebody or by what empties a machine"
        self.assertEqual(pod_reason.reason(pod({"running": {}}), deleted=True), wanted)
        self.assertEqual(
            pod_reason.reason(pod(ended(137)), deleted=True), f"Error (exit code 137, signal 9); {wanted}"
        )

    def test_the_last_event_helps_only_a_pod_that_never_started(self):
        never = pod_reason.reason(pod({"waiting": {"reason": "ContainerCreating"}}), True, "FailedMount: no volume")
        self.assertEqual(never, "its container waited: ContainerCreating; last event: FailedMount: no volume")
        self.assertNotIn("event", pod_reason.reason(pod(ended(1)), True, "FailedMount: no volume"))

    def test_left_alone(self):
        self.assertTrue(pod_reason.left_alone(pod(ended(0, "Completed"))))
        for other in (
            pod(ended(1)), pod({"running": {}}), pod(), pod(ended(0), reason="Evicted"),
            pod(ended(0), conditions=disrupted("DeletionByTaintManager")),
        ):
            self.assertFalse(pod_reason.left_alone(other), other)

    def test_out_of_reach(self):
        def ready(status, reason=None, base={"running": {}}):
            condition = {"type": "Ready", "status": status, "reason": reason}
            return pod_reason.out_of_reach(pod(base, conditions=[condition]))

        self.assertTrue(ready("False"))
        self.assertFalse(ready("True"))
        self.assertFalse(ready("False", "ContainersNotReady"))
        self.assertFalse(ready("False", base=ended(1)))
        self.assertFalse(pod_reason.out_of_reach(pod({"running": {}})))
        self.assertIn("has lost machine m1, and the task is silent", pod_reason.lost(pod()))


if __name__ == "__main__":
    unittest.main()
