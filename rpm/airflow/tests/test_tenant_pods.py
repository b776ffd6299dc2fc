"""What a team's task may ask for by executor_config, and the pod that it gets."""
import os
import unittest
from decimal import Decimal
from unittest import mock

import lab
import yaml
from airflow import settings as airflow_settings
from airflow.executors.kubernetes_executor import get_base_pod_from_template
from airflow.kubernetes.kube_config import KubeConfig
from airflow.kubernetes.pod_generator import PodGenerator
from airflow.models.taskinstance import TaskInstanceKey
from cases import named, table
from kubernetes.client import ApiClient
from kubernetes.client import models as k8s

from airflow_appliance import tenant_pods, work_pods
from airflow_appliance.tenant_pods import PodRefused

TEMPLATE = """
apiVersion: v1
kind: Pod
metadata: {name: template, labels: {appliance.airflow/tenant: sci}}
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  serviceAccountName: lab-airflow-tenant-sci
  priorityClassName: lab-airflow-tenant-sci
  initContainers:
    - {name: dags, image: worker, volumeMounts: [{name: dags, mountPath: /dags}]}
  containers:
    - name: airflow-worker
      image: worker
      securityContext: {runAsUser: 50000, allowPrivilegeEscalation: false}
      resources: {requests: {cpu: 250m}, limits: {cpu: "1"}}
      volumeMounts: [{name: dags, mountPath: /opt/airflow/s3, readOnly: true}]
  volumes: [{name: dags, emptyDir: {}}]
"""
C, P = k8s.V1Container, k8s.V1PodSpec


def base(**fields):
    return P(containers=[C(name="base", **fields)])


def volume(**fields):
    return P(containers=[C(name="base")], volumes=[k8s.V1Volume(name="v", **fields)])


def env(**source):
    return base(env=[k8s.V1EnvVar(name="E", value_from=k8s.V1EnvVarSource(**source))])


def key_of(name):
    return k8s.V1SecretKeySelector(name=name, key="k")


def resources(kind="requests", **amounts):
    return base(resources=k8s.V1ResourceRequirements(**{kind: amounts}))


# What is asked, and a word of the refusal.
REFUSED = {
    "host network": (P(containers=[], host_network=True), "spec.hostNetwork"),
    "host processes": (P(containers=[], host_pid=True), "spec.hostPID"),
    "host memory": (P(containers=[], host_ipc=True), "spec.hostIPC"),
    "no host network, said": (P(containers=[], host_network=False), "spec.hostNetwork"),
    "another service account": (P(containers=[], service_account_name="lab-airflow-tenant-sci-two"), "spec.serviceAccountName"),
    "another service account, as of old": (P(containers=[], service_account="x"), "spec.serviceAccount"),
    "a token": (P(containers=[], automount_service_account_token=True), "spec.automountServiceAccountToken"),
    "another class": (P(containers=[], priority_class_name="system-node-critical"), "spec.priorityClassName"),
    "a place on a machine": (P(containers=[], node_name="node1"), "spec.nodeName"),
    "another scheduler": (P(containers=[], scheduler_name="x"), "spec.schedulerName"),
    "a runtime": (P(containers=[], runtime_class_name="x"), "spec.runtimeClassName"),
    "names of hosts": (P(containers=[], host_aliases=[k8s.V1HostAlias(ip="10.0.0.1", hostnames=["s3"])]), "spec.hostAliases"),
    "another name server": (P(containers=[], dns_policy="None"), "spec.dnsPolicy"),
    "passwords of registries": (P(containers=[], image_pull_secrets=[k8s.V1LocalObjectReference(name="x")]), "spec.imagePullSecrets"),
    "root for the pod": (P(containers=[], security_context=k8s.V1PodSecurityContext(run_as_user=0)), "spec.securityContext"),
    "an init container": (P(containers=[], init_containers=[C(name="i", image="i")]), "spec.initContainers"),
    "a second container": (P(containers=[C(name="base"), C(name="b", image="b")]), "more than one"),
    "privileged": (base(security_context=k8s.V1SecurityContext(privileged=True)), "securityContext"),
    "a capability": (
        base(security_context=k8s.V1SecurityContext(capabilities=k8s.V1Capabilities(add=["SYS_ADMIN"]))), "securityContext"
    ),
    "another command": (base(command=["/bin/sh"]), "command"),
    "a port of the machine": (base(ports=[k8s.V1ContainerPort(container_port=1, host_port=1)]), "ports"),
    "a hook": (base(lifecycle=k8s.V1Lifecycle()), "lifecycle"),
    "an image": (base(image="evil:1"), "'evil:1' is not among tenant sci's images"),
    "an image of another team": (base(image="registry.test/sci-two@sha256:1"), "not among"),
    "a folder of the machine": (volume(host_path=k8s.V1HostPathVolumeSource(path="/")), "hostPath"),
    "a file server": (volume(nfs=k8s.V1NFSVolumeSource(path="/", server="s")), "nfs"),
    "a projected token": (volume(projected=k8s.V1ProjectedVolumeSource(sources=[])), "projected"),
    "a driver": (volume(csi=k8s.V1CSIVolumeSource(driver="d")), "csi"),
    "a secret of the cluster": (volume(secret=k8s.V1SecretVolumeSource(secret_name="lab-airflow-metadata")), "lab-airflow-metadata"),
    "a secret of another team": (volume(secret=k8s.V1SecretVolumeSource(secret_name="sci-two.x")), "sci-two.x"),
    "a secret without a name": (volume(secret=k8s.V1SecretVolumeSource()), "None"),
    "settings of another team": (volume(config_map=k8s.V1ConfigMapVolumeSource(name="sci-two.x")), "sci-two.x"),
    "a disk of another team": (
        volume(persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(claim_name="sci-two.x")), "sci-two.x"
    ),
    "a variable from a secret": (env(secret_key_ref=key_of("lab-airflow-fernet-key")), "lab-airflow-fernet-key"),
    "a variable from another team's": (env(secret_key_ref=key_of("sci-two.db")), "sci-two.db"),
    "all variables of a secret": (
        base(env_from=[k8s.V1EnvFromSource(secret_ref=k8s.V1SecretEnvSource(name="lab-airflow-metadata"))]), "metadata"
    ),
    "a setting of Airflow's": (base(env=[k8s.V1EnvVar(name="AIRFLOW__CORE__FERNET_KEY", value="x")]), "AIRFLOW__CORE__FERNET_KEY"),
    "another pool": (base(env=[k8s.V1EnvVar(name="AIRFLOW_APPLIANCE_TENANT_POOL", value="default_pool")]), "TENANT_POOL"),
    "another connection to the database": (base(env=[k8s.V1EnvVar(name="AIRFLOW_CONN_AIRFLOW_DB", value="x")]), "AIRFLOW_DB"),
    "a volume of the template": (base(volume_mounts=[k8s.V1VolumeMount(name="dags", mount_path="/x")]), "'dags' is none"),
    "more than the quota": (resources(memory="9Gi"), "9Gi is more than the whole quota of tenant sci, 8Gi"),
    "more as a limit": (resources("limits", cpu="4001m"), "4001m is more"),
    "more GPUs": (resources(**{"example.test/gpu": "2"}), "2 is more than the whole quota of tenant sci, 1"),
    "a resource that is not its": (resources(**{"other.test/gpu": "1"}), "not in tenant sci's quota"),
    "no amount": (resources(memory="lots"), "'lots' is no amount"),
    "a machine that is kept free": (
        P(containers=[], tolerations=[k8s.V1Toleration(key="node-role.kubernetes.io/control-plane")]), "tolerations[0].key"
    ),
    "every machine that is kept free": (P(containers=[], tolerations=[k8s.V1Toleration(operator="Exists")]), "tolerations[0].key"),
}
ALLOWED = {
    "nothing": None,
    "a GPU and its machines": P(
        containers=[C(name="base", resources=k8s.V1ResourceRequirements(limits={"example.test/gpu": "1", "memory": "8Gi"}))],
        tolerations=[k8s.V1Toleration(key="example.test/gpu", operator="Exists")],
        node_selector={"gpu": "yes"},
    ),
    "its image": base(image="registry.test/sci@sha256:1"),
    "its secrets": volume(secret=k8s.V1SecretVolumeSource(secret_name="sci.db")),
    "its variables": env(secret_key_ref=key_of("sci.db")),
    "a connection of its own": base(env=[k8s.V1EnvVar(name="AIRFLOW_CONN_WAREHOUSE", value="postgresql://")]),
    "a variable of the pod": env(field_ref=k8s.V1ObjectFieldSelector(field_path="status.podIP")),
    "a scratch disk": P(
        containers=[C(name="base", volume_mounts=[k8s.V1VolumeMount(name="v", mount_path="/scratch")])],
        volumes=[k8s.V1Volume(name="v", empty_dir=k8s.V1EmptyDirVolumeSource())],
    ),
}
METADATA = {
    "another team's label": {"labels": {"appliance.airflow/tenant": "sci-two"}},
    "the worker's label": {"labels": {"app.kubernetes.io/component": "worker"}},
    "the executor's label": {"labels": {"kubernetes_executor": "False"}},
    "an annotation to the node": {"annotations": {"container.apparmor.security.beta.kubernetes.io/base": "unconfined"}},
    "an annotation to a network": {"annotations": {"k8s.v1.cni.cncf.io/networks": "other"}},
    "another DAG": {"annotations": {"dag_id": "sci-two__a"}},
    "another namespace": {"namespace": "kube-system"},
    "an owner": {"owner_references": [k8s.V1OwnerReference(api_version="v1", kind="Pod", name="x", uid="x")]},
}


@named
class TenantPods(unittest.TestCase):
    def setUp(self):
        folder = lab.HOME / "tenants"
        folder.mkdir(exist_ok=True)
        (folder / "sci.yaml").write_text(TEMPLATE)

    def job(self, spec=None, template=None, dag="sci__a", **metadata):
        pod = k8s.V1Pod(spec=spec, metadata=k8s.V1ObjectMeta(**metadata) if metadata else None)
        return tenant_pods.admitted((TaskInstanceKey(dag, "t", "r", 1), ["airflow"], pod if spec or metadata else None, template))

    def made(self, *args, **kwargs):
        """The pod as the executor sends it."""
        key, command, override, template = self.job(*args, **kwargs)
        pod = PodGenerator.construct_pod(
            dag_id=key.dag_id, task_id="t", pod_id="p", try_number=1, kube_image=KubeConfig().kube_image, date=None,
            run_id="r", args=command, namespace="airflow", scheduler_job_id=1, pod_override_object=override,
            base_worker_pod=get_base_pod_from_template(template, KubeConfig()),
        )
        airflow_settings.pod_mutation_hook(pod)
        return ApiClient().sanitize_for_serialization(pod)

    @table(REFUSED)
    def refuses(self, row):
        spec, word = row
        with self.assertRaises(PodRefused) as raised:
            self.job(spec)
        self.assertIn(word, str(raised.exception))
        self.assertIn("tenant sci", str(raised.exception))
        # What is not a team's is as before.
        self.job(spec, dag="plain")

    @table(METADATA)
    def refuses_to_call_itself(self, metadata):
        with self.assertRaises(PodRefused):
            self.job(**metadata)

    @table(ALLOWED)
    def allows(self, spec):
        pod = self.made(spec)
        template = yaml.safe_load(TEMPLATE)
        self.assertEqual("sci", pod["metadata"]["labels"]["appliance.airflow/tenant"])
        for field in ("serviceAccountName", "priorityClassName", "initContainers", "automountServiceAccountToken"):
            self.assertEqual(template["spec"][field], pod["spec"][field], field)
        container = pod["spec"]["containers"][0]
        self.assertEqual(template["spec"]["containers"][0]["securityContext"], container["securityContext"])
        self.assertIn(template["spec"]["containers"][0]["volumeMounts"][0], container["volumeMounts"])
        if spec:
            wanted = ApiClient().sanitize_for_serialization(spec)
            for field in ("tolerations", "nodeSelector"):
                self.assertEqual(wanted.get(field), pod["spec"].get(field))
            for field in ("image", "resources"):
                if field in wanted["containers"][0]:
                    self.assertEqual(wanted["containers"][0][field], container[field])

    def test_a_template_of_the_tasks_own(self):
        with self.assertRaisesRegex(PodRefused, "pod_template_file"):
            self.job(template="/etc/airflow/secrets.env")

    def test_all_at_once(self):
        with self.assertRaises(PodRefused) as raised:
            self.job(P(containers=[C(name="base", image="evil")], host_network=True), labels={"dag_id": "x"})
        for word in ("evil", "hostNetwork", "dag_id"):
            self.assertIn(word, str(raised.exception))

    def test_its_own_labels_stay(self):
        self.assertEqual("green", self.made(labels={"colour": "green"})["metadata"]["labels"]["colour"])

    def test_a_task_that_starts_pods_gets_a_token(self):
        pod = self.made(labels={"appliance.airflow/pod-operator": "true"})
        self.assertIs(True, pod["spec"]["automountServiceAccountToken"])
        self.assertEqual("lab-airflow-tenant-sci", pod["spec"]["serviceAccountName"])

    def started(self, namespace=None, labels=None, **spec):
        """A pod that a task starts, as the operator hands it to the hook."""
        pod = k8s.V1Pod(
            metadata=k8s.V1ObjectMeta(namespace=namespace, labels={"kubernetes_pod_operator": "True", **(labels or {})}),
            spec=P(**{"containers": [C(name="base"), C(name="beside")], **spec}),
        )
        with mock.patch.dict(os.environ, {work_pods.NAMESPACE: "airflow-sci", work_pods.PRIORITY_CLASS: "of-sci"}):
            airflow_settings.pod_mutation_hook(pod)
        return ApiClient().sanitize_for_serialization(pod)

    def test_a_pod_that_a_task_starts_is_as_its_namespace_wants_it(self):
        pod = self.started(init_containers=[C(name="first")])
        self.assertEqual("airflow-sci", pod["metadata"]["namespace"])
        self.assertEqual("of-sci", pod["spec"]["priorityClassName"])
        self.assertEqual(
            {"runAsUser": 50000, "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            pod["spec"]["securityContext"],
        )
        for container in (*pod["spec"]["initContainers"], *pod["spec"]["containers"]):
            self.assertEqual(
                {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}, container["securityContext"]
            )

    def test_what_such_a_pod_says_stays(self):
        said = C(name="base", security_context=k8s.V1SecurityContext(privileged=True))
        pod = self.started(
            containers=[said], security_context=k8s.V1PodSecurityContext(run_as_user=0), priority_class_name="great"
        )
        self.assertEqual("great", pod["spec"]["priorityClassName"])
        self.assertEqual(0, pod["spec"]["securityContext"]["runAsUser"])
        self.assertIs(True, pod["spec"]["containers"][0]["securityContext"]["privileged"])

    def test_elsewhere_it_is_left_alone(self):
        for pod in (self.started("airflow"), self.started(labels={"kubernetes_pod_operator": "False"})):
            self.assertNotIn("securityContext", pod["spec"])

    def test_a_team_whose_name_begins_alike_has_its_own_template(self):
        self.assertTrue(self.job(dag="sci-two__a")[3].endswith("/tenants/sci-two.yaml"))
        with self.assertRaisesRegex(tenant_pods.PodRefused, "DAG sci-three__a: .* none of that name any more"):
            self.job(dag="sci-three__a")
        self.assertIsNone(self.job(dag="plain")[3])

    def test_amounts(self):
        known = {
            "1": 1, "250m": Decimal("0.25"), "1Gi": 2**30, "1.5k": 1500, "1e3": 1000, "1E": 10**18, "1Ei": 2**60,
            "3n": Decimal("3e-9"), "2u": Decimal("2e-6"),
        }
        for text in (*known, "", "x", "Gi", "nan", "inf", "1Q", "1 Gi x"):
            self.assertEqual(known.get(text), tenant_pods.amount(text), text)


if __name__ == "__main__":
    unittest.main()
