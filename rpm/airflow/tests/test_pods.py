"""What Airflow and its old Kubernetes client lose of the pod template is in the pod that is sent."""
import os
import unittest
from unittest import mock

import lab
import yaml
from airflow import settings
from airflow.executors.kubernetes_executor import get_base_pod_from_template
from airflow.kubernetes.kube_config import KubeConfig
from airflow.kubernetes.pod_generator import PodGenerator
from kubernetes.client import ApiClient
from kubernetes.client import models as k8s

# The example's, as a release holds it: a test of the build tool keeps it so.
RELEASED = lab.REPOSITORY / "buildtool/src/test/golden/homelab/manifests/pod_template.yaml"
TEMPLATE = """
apiVersion: v1
kind: Pod
metadata:
  name: template
spec:
  hostUsers: false
  enableServiceLinks: false
  automountServiceAccountToken: false
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
      stdin: false
      resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]
      securityContext:
        allowPrivilegeEscalation: false
        seccompProfile: {type: RuntimeDefault}
      volumeMounts: [{name: dags, mountPath: /opt/airflow/s3, mountPropagation: HostToContainer, recursiveReadOnly: Enabled}]
    - name: beside
      image: registry.test/beside
      startupProbe: {httpGet: {path: /, port: 80}}
  volumes:
    - {name: dags, emptyDir: {}}
    - {name: data, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce]}}}}
"""
RAW = yaml.safe_load(TEMPLATE)["spec"]
OWN = """
apiVersion: v1
kind: Pod
spec:
  hostUsers: true
  initContainers: [{name: own, image: own, restartPolicy: Always, startupProbe: {exec: {command: ["true"]}}}]
  containers: [{name: base, image: own, resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}]}]
"""


class Made(unittest.TestCase):
    template = TEMPLATE

    def setUp(self):
        (lab.HOME / "pod_template.yaml").write_text(self.template)

    def made(self, override=None, hook=settings.pod_mutation_hook, own=None):
        """The pod as KubernetesExecutor makes and sends it."""
        if own:
            (lab.HOME / "own.yaml").write_text(own)
        pod = PodGenerator.construct_pod(
            dag_id="d", task_id="t", pod_id="p", try_number=1, kube_image=KubeConfig().kube_image, date=None,
            run_id="r", args=["airflow", "tasks", "run"], namespace="airflow", scheduler_job_id=1,
            pod_override_object=override,
            base_worker_pod=get_base_pod_from_template(str(lab.HOME / "own.yaml") if own else None, KubeConfig()),
        )
        hook(pod)
        return ApiClient().sanitize_for_serialization(pod)

    def spec(self, *args, **kwargs):
        return self.made(*args, **kwargs)["spec"]

    def override(self, **spec):
        return k8s.V1Pod(spec=k8s.V1PodSpec(**{"containers": [k8s.V1Container(name="base")], **spec}))


class Pods(Made):
    def test_without_the_hook_fields_are_lost(self):
        spec = self.spec(hook=lambda pod: None)
        self.assertNotIn("restartPolicy", spec["initContainers"][0])
        for field in ("hostUsers", "enableServiceLinks", "automountServiceAccountToken"):
            self.assertNotIn(field, spec)

    def test_the_sidecar_is_as_in_the_template(self):
        self.assertEqual(self.spec()["initContainers"], RAW["initContainers"])

    def test_other_lost_fields_are_back(self):
        spec = self.spec()
        for field in ("hostUsers", "enableServiceLinks", "automountServiceAccountToken"):
            self.assertIs(spec[field], False, field)
        self.assertEqual(spec["securityContext"], RAW["securityContext"])
        self.assertEqual(spec["volumes"], RAW["volumes"])
        for field in ("securityContext", "stdin", "resizePolicy", "volumeMounts"):
            self.assertEqual(spec["containers"][0][field], RAW["containers"][0][field])
        self.assertEqual(spec["containers"][1], RAW["containers"][1])

    def test_the_task_container_keeps_what_airflow_gave_it(self):
        base = self.spec()["containers"][0]
        self.assertEqual(base["name"], "base")
        self.assertEqual(base["args"], ["airflow", "tasks", "run"])
        self.assertIn({"name": "AIRFLOW_IS_K8S_EXECUTOR_POD", "value": "True"}, base["env"])

    def test_init_containers_and_volumes_of_an_override_stay(self):
        own = k8s.V1Container(name="own", image="own", command=["true"])
        volume = k8s.V1Volume(name="own", empty_dir=k8s.V1EmptyDirVolumeSource())
        spec = self.spec(self.override(init_containers=[own], volumes=[volume]))
        self.assertEqual(spec["initContainers"], [*RAW["initContainers"], {"name": "own", "image": "own", "command": ["true"]}])
        self.assertEqual(spec["volumes"], [*RAW["volumes"], {"name": "own", "emptyDir": {}}])

    def test_what_an_override_sets_wins(self):
        container = k8s.V1Container(
            name="base", image="other", stdin=True, env=[k8s.V1EnvVar(name="A", value="1")],
            volume_mounts=[k8s.V1VolumeMount(name="data", mount_path="/data")],
            resources=k8s.V1ResourceRequirements(limits={"nvidia.com/gpu": "1"}),
        )
        spec = self.spec(
            self.override(
                containers=[container], node_selector={"gpu": "yes"}, automount_service_account_token=True,
                security_context=k8s.V1PodSecurityContext(run_as_user=1), service_account_name="own",
            )
        )
        base = spec["containers"][0]
        self.assertEqual((base["image"], base["stdin"], spec["serviceAccountName"]), ("other", True, "own"))
        self.assertIn({"name": "A", "value": "1"}, base["env"])
        self.assertEqual(base["resources"], {"limits": {"nvidia.com/gpu": "1"}})
        self.assertEqual(base["volumeMounts"], [*RAW["containers"][0]["volumeMounts"], {"name": "data", "mountPath": "/data"}])
        self.assertEqual(spec["nodeSelector"], {"gpu": "yes"})
        self.assertIs(spec["automountServiceAccountToken"], True)
        self.assertEqual(spec["securityContext"], {"runAsUser": 1, "seccompProfile": {"type": "RuntimeDefault"}})

    def test_containers_that_an_override_adds_stay(self):
        second = k8s.V1Container(name="second", image="second")
        third = k8s.V1Container(name="third", image="third", args=["x"])
        spec = self.spec(self.override(containers=[k8s.V1Container(name="base"), second, third]))
        # Airflow merges by position: the second one is the template's second one under another name
        self.assertEqual(spec["containers"][1], {**RAW["containers"][1], "name": "second", "image": "second"})
        self.assertEqual(spec["containers"][2], {"name": "third", "image": "third", "args": ["x"]})

    def test_a_template_of_the_task_is_whole_and_gets_nothing_of_the_clusters(self):
        spec = self.spec(own=OWN)
        wanted = yaml.safe_load(OWN)["spec"]
        self.assertEqual(spec["initContainers"], wanted["initContainers"])
        self.assertEqual(spec["containers"][0]["resizePolicy"], wanted["containers"][0]["resizePolicy"])
        self.assertIs(spec["hostUsers"], True)
        self.assertEqual({"hostUsers", "initContainers", "containers"}, set(spec))

    def test_a_template_of_the_task_with_an_override(self):
        own = k8s.V1Container(name="more", image="more")
        spec = self.spec(self.override(init_containers=[own], host_network=True), own=OWN)
        self.assertEqual(
            spec["initContainers"], [*yaml.safe_load(OWN)["spec"]["initContainers"], {"name": "more", "image": "more"}]
        )
        self.assertIs(spec["hostNetwork"], True)

    def test_the_hook_may_run_twice(self):
        def twice(pod):
            settings.pod_mutation_hook(pod)
            settings.pod_mutation_hook(pod)

        self.assertEqual(self.spec(), self.spec(hook=twice))

    def test_pods_of_the_pod_operator_are_left_alone(self):
        for labels in (None, {}, {"kubernetes_executor": "False"}, {"kubernetes_pod_operator": "True"}):
            pod = k8s.V1Pod(
                metadata=k8s.V1ObjectMeta(labels=labels),
                spec=k8s.V1PodSpec(containers=[], init_containers=[k8s.V1Container(name="s3fs")]),
            )
            settings.pod_mutation_hook(pod)
            self.assertEqual(ApiClient().sanitize_for_serialization(pod.spec)["initContainers"], [{"name": "s3fs"}])
        settings.pod_mutation_hook(k8s.V1Pod(spec=k8s.V1PodSpec(containers=[])))

    def test_in_a_task_pod_that_has_no_template_it_is_left_alone(self):
        with mock.patch.dict(os.environ, {"AIRFLOW__KUBERNETES__POD_TEMPLATE_FILE": ""}):
            pod = k8s.V1Pod(
                metadata=k8s.V1ObjectMeta(labels={"kubernetes_executor": "True"}),
                spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="base")]),
            )
            before = ApiClient().sanitize_for_serialization(pod)
            settings.pod_mutation_hook(pod)
            self.assertEqual(ApiClient().sanitize_for_serialization(pod), before)

    def test_the_classes_of_the_client_stay_as_they_are(self):
        self.made()
        self.assertNotIn("hostUsers", k8s.V1PodSpec.openapi_types)


class Released(Made):
    """The template of a release, by Airflow's own code: every field of it is in the pod."""

    template = RELEASED.read_text(encoding="utf-8")

    def lacks(self, found, wanted, place=""):
        """Places of `wanted` that `found` does not have; a list may be longer."""
        if isinstance(wanted, dict):
            if not isinstance(found, dict):
                return [place]
            return [lack for key in wanted for lack in self.lacks(found.get(key), wanted[key], f"{place}.{key}")]
        if isinstance(wanted, list):
            pairs = [*zip(found or [], wanted)]
            short = [] if len(pairs) == len(wanted) else [place]
            return short + [lack for i, pair in enumerate(pairs) for lack in self.lacks(*pair, f"{place}[{i}]")]
        return [] if found == wanted and type(found) is type(wanted) else [place]

    GIVEN = [".metadata.name", ".spec.containers[0].name"]

    def test_every_field_is_there(self):
        self.assertEqual(self.GIVEN, self.lacks(self.made(), yaml.safe_load(self.template)))

    def test_every_field_is_there_with_an_override(self):
        override = k8s.V1Pod(
            metadata=k8s.V1ObjectMeta(labels={"team": "science"}, annotations={"why": "gpu"}),
            spec=k8s.V1PodSpec(
                containers=[
                    k8s.V1Container(name="base", env=[k8s.V1EnvVar(name="A", value="1")], working_dir="/tmp"),
                    k8s.V1Container(name="beside", image="beside"),
                ],
                init_containers=[k8s.V1Container(name="first", image="first")],
                volumes=[k8s.V1Volume(name="own", empty_dir=k8s.V1EmptyDirVolumeSource())],
                tolerations=[k8s.V1Toleration(key="gpu", operator="Exists")],
            ),
        )
        pod = self.made(override)
        self.assertEqual(self.GIVEN, self.lacks(pod, yaml.safe_load(self.template)))
        wanted = ApiClient().sanitize_for_serialization(override)
        self.assertEqual([], self.lacks(pod["metadata"], wanted["metadata"]))
        for field in ("tolerations",):
            self.assertEqual(pod["spec"][field], wanted["spec"][field])
        self.assertEqual(pod["spec"]["containers"][1], wanted["spec"]["containers"][1])
        self.assertEqual(pod["spec"]["initContainers"][-1], wanted["spec"]["initContainers"][0])
        self.assertEqual(pod["spec"]["volumes"][-1], wanted["spec"]["volumes"][0])
        self.assertIn({"name": "A", "value": "1"}, pod["spec"]["containers"][0]["env"])
        self.assertEqual(pod["spec"]["containers"][0]["workingDir"], "/tmp")

    def test_the_image_is_the_templates(self):
        self.assertRegex(self.spec()["containers"][0]["image"], "/airflow-worker@sha256:[0-9a-f]{64}$")


if __name__ == "__main__":
    unittest.main()
