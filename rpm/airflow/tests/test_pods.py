"""What the old Kubernetes client drops of the pod template is in the pod that is sent."""
import unittest

import lab
import yaml
from airflow import settings
from airflow.kubernetes.pod_generator import PodGenerator
from kubernetes.client import ApiClient
from kubernetes.client import models as k8s

TEMPLATE = """
apiVersion: v1
kind: Pod
metadata:
  name: template
spec:
  hostUsers: false
  restartPolicy: Never
  securityContext:
    runAsUser: 50000
    seccompProfile: {type: RuntimeDefault}
  initContainers:
    - name: s3fs
      image: registry.test/s3fs@sha256:1
      restartPolicy: Always
      startupProbe:
        exec: {command: [grep, -q, fuse.s3fs, /proc/mounts]}
        periodSeconds: 1
      securityContext: {privileged: true}
      env: [{name: BUCKET, value: airflow}]
  containers:
    - name: airflow-worker
      image: registry.test/airflow@sha256:2
      securityContext:
        allowPrivilegeEscalation: false
        seccompProfile: {type: RuntimeDefault}
      volumeMounts: [{name: dags, mountPath: /opt/airflow/s3, mountPropagation: HostToContainer}]
    - name: beside
      image: registry.test/beside
      startupProbe: {httpGet: {path: /, port: 80}}
  volumes: [{name: dags, emptyDir: {}}]
"""
RAW = yaml.safe_load(TEMPLATE)["spec"]


class Pods(unittest.TestCase):
    def setUp(self):
        self.file = lab.HOME / "pod_template.yaml"
        self.file.write_text(TEMPLATE)

    def made(self, override=None, hook=settings.pod_mutation_hook, template=None):
        """The pod as KubernetesExecutor makes and sends it."""
        if template:
            (lab.HOME / "own.yaml").write_text(template)
        pod = PodGenerator.construct_pod(
            dag_id="d", task_id="t", pod_id="p", try_number=1, kube_image=None, date=None, run_id="r",
            args=["airflow", "tasks", "run"], namespace="airflow", scheduler_job_id=1,
            pod_override_object=override,
            base_worker_pod=PodGenerator.deserialize_model_file(str(lab.HOME / "own.yaml" if template else self.file)),
        )
        hook(pod)
        return ApiClient().sanitize_for_serialization(pod)["spec"]

    def override(self, **spec):
        return k8s.V1Pod(spec=k8s.V1PodSpec(**{"containers": [k8s.V1Container(name="base")], **spec}))

    def test_without_the_hook_the_client_drops_fields(self):
        spec = self.made(hook=lambda pod: None)
        self.assertNotIn("restartPolicy", spec["initContainers"][0])
        self.assertNotIn("hostUsers", spec)

    def test_the_sidecar_is_as_in_the_template(self):
        self.assertEqual(self.made()["initContainers"], RAW["initContainers"])

    def test_other_dropped_fields_are_back(self):
        spec = self.made()
        self.assertIs(spec["hostUsers"], False)
        self.assertEqual(spec["securityContext"], RAW["securityContext"])
        self.assertEqual(spec["containers"][0]["securityContext"], RAW["containers"][0]["securityContext"])
        self.assertEqual(spec["containers"][1], RAW["containers"][1])

    def test_the_task_container_keeps_what_airflow_gave_it(self):
        base = self.made()["containers"][0]
        self.assertEqual(base["name"], "base")
        self.assertEqual(base["args"], ["airflow", "tasks", "run"])
        self.assertIn({"name": "AIRFLOW_IS_K8S_EXECUTOR_POD", "value": "True"}, base["env"])

    def test_init_containers_of_an_override_stay(self):
        own = k8s.V1Container(name="own", image="own", command=["true"])
        found = self.made(self.override(init_containers=[own]))["initContainers"]
        self.assertEqual(found, [RAW["initContainers"][0], {"name": "own", "image": "own", "command": ["true"]}])

    def test_what_an_override_sets_wins(self):
        spec = self.made(
            self.override(
                containers=[k8s.V1Container(name="base", image="other", env=[k8s.V1EnvVar(name="A", value="1")])],
                security_context=k8s.V1PodSecurityContext(run_as_user=1),
                node_selector={"gpu": "yes"},
            )
        )
        self.assertEqual(spec["containers"][0]["image"], "other")
        self.assertIn({"name": "A", "value": "1"}, spec["containers"][0]["env"])
        self.assertEqual(spec["nodeSelector"], {"gpu": "yes"})
        self.assertEqual(spec["securityContext"]["runAsUser"], 1)
        self.assertEqual(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})

    def test_a_template_of_the_task_gets_nothing_that_the_client_knows(self):
        own = "apiVersion: v1\nkind: Pod\nspec:\n  containers: [{name: base, image: own}]\n"
        spec = self.made(template=own)
        self.assertNotIn("initContainers", spec)
        self.assertNotIn("volumes", spec)
        self.assertNotIn("securityContext", spec["containers"][0])

    def test_pods_of_the_pod_operator_are_left_alone(self):
        for labels in (None, {}, {"kubernetes_executor": "False"}):
            pod = k8s.V1Pod(
                metadata=k8s.V1ObjectMeta(labels=labels),
                spec=k8s.V1PodSpec(containers=[], init_containers=[k8s.V1Container(name="s3fs")]),
            )
            settings.pod_mutation_hook(pod)
            self.assertEqual(ApiClient().sanitize_for_serialization(pod.spec)["initContainers"], [{"name": "s3fs"}])
        settings.pod_mutation_hook(k8s.V1Pod(spec=k8s.V1PodSpec(containers=[])))

    def test_the_classes_of_the_client_stay_as_they_are(self):
        self.made()
        self.assertNotIn("hostUsers", k8s.V1PodSpec.openapi_types)


if __name__ == "__main__":
    unittest.main()
