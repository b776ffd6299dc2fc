"""What a team's task pods may have and what they may not; each task is one case."""
import os
import socket
import time
from datetime import datetime
from pathlib import Path

from airflow import DAG
from airflow.decorators import task
from airflow.models import TaskInstance
from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator
from airflow.utils.session import create_session
from kubernetes.client import models as k8s

IMAGE, WORK, FOREIGN_WORK = "PROBE_IMAGE", "airflow-TENANT", "airflow-OTHER"
TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
C, P, META = k8s.V1Container, k8s.V1PodSpec, k8s.V1ObjectMeta


def asks(spec=None, **metadata):
    spec = spec or P(containers=[C(name="base")])
    return {"pod_override": k8s.V1Pod(spec=spec, metadata=META(**metadata) if metadata else None)}


def base(**fields):
    return P(containers=[C(name="base", **fields)])


def volume(**fields):
    return P(containers=[C(name="base")], volumes=[k8s.V1Volume(name="v", **fields)])


def resources(**limits):
    return base(resources=k8s.V1ResourceRequirements(limits=limits, requests=limits))


REFUSED = {
    "host_network": asks(P(containers=[], host_network=True)),
    "host_path": asks(volume(host_path=k8s.V1HostPathVolumeSource(path="/"))),
    "privileged": asks(base(security_context=k8s.V1SecurityContext(privileged=True))),
    "service_account": asks(P(containers=[], service_account_name="homelab-airflow-tenant-OTHER")),
    "cluster_secret": asks(volume(secret=k8s.V1SecretVolumeSource(secret_name="homelab-airflow-s3-secret"))),
    "other_secret": asks(volume(secret=k8s.V1SecretVolumeSource(secret_name="homelab-airflow-tenant-OTHER-s3"))),
    "other_class": asks(P(containers=[], priority_class_name="homelab-airflow-tenant-OTHER")),
    "other_label": asks(labels={"appliance.airflow/tenant": "OTHER"}),
    "image": asks(base(image="registry.example/evil:1")),
    "memory": asks(resources(memory="9Gi")),
    "gpus": asks(resources(**{"example.test/gpu": "2"})),
    "template": {"pod_template_file": "/etc/airflow/pod_template.yaml"},
}


def reached(host, port):
    try:
        with socket.create_connection((host, int(port)), 4):
            return "open"
    except OSError as problem:
        return type(problem).__name__


def until(dag_run, task_id, state, seconds):
    """Waits until another task of the run has been in a state for so long."""
    begun, since = time.monotonic(), None
    while since is None or time.monotonic() - since < seconds:
        with create_session() as session:
            found = session.query(TaskInstance.state).filter_by(dag_id=dag_run.dag_id, run_id=dag_run.run_id, task_id=task_id)
            now = found.scalar()
        since = (since or time.monotonic()) if now == state else None
        assert time.monotonic() - begun < 180, f"{task_id} is {now}, not {state}"
        time.sleep(1)


with DAG("TENANT__pods", start_date=datetime(2022, 1, 1), schedule_interval=None, catchup=False, max_active_tasks=6) as dag:

    @task
    def look(dag_run=None):
        root = Path("/opt/airflow/s3/dags")
        for file in sorted(root.rglob("*")):
            if file.is_file():
                print(f"file {file.relative_to(root)}")
        print(f"token {TOKEN.exists()}; user {os.getuid()}")
        for name, (host, port) in sorted(dag_run.conf.get("targets", {}).items()):
            print(f"reach {name}: {reached(host, port)}")

    @task
    def listen():
        """For as long as its run is wanted; each end of a try to reach it is answered."""
        with socket.create_server(("0.0.0.0", 7000)) as server:
            while True:
                server.accept()[0].close()

    @task(executor_config=asks(labels={"appliance.airflow/pod-operator": "true"}))
    def api():
        """What the token of a task that may start pods is good for."""
        from kubernetes import client, config
        from kubernetes.client.rest import ApiException

        config.load_incluster_config()
        core, rights = client.CoreV1Api(), client.RbacAuthorizationV1Api()
        account, everything = "homelab-airflow-tenant-TENANT", {"kind": "ClusterRole", "name": "admin", "apiGroup": ""}
        binding = {"metadata": {"name": "mine"}, "roleRef": everything, "subjects": []}
        secret = "homelab-airflow-tenant-OTHER-s3"
        for name, call in {
            "pods of its own": lambda: core.list_namespaced_pod(WORK),
            "workers": lambda: core.list_namespaced_pod("airflow"),
            "a worker's log": lambda: core.read_namespaced_pod_log("any", "airflow"),
            "a shell in a worker": lambda: core.connect_get_namespaced_pod_exec("any", "airflow", command="id"),
            "a worker's end": lambda: core.delete_namespaced_pod("any", "airflow"),
            "the workers' secrets": lambda: core.list_namespaced_secret("airflow"),
            "another team's secret": lambda: core.read_namespaced_secret(secret, "airflow"),
            "secrets of its own": lambda: core.list_namespaced_secret(WORK),
            "another team's pods": lambda: core.list_namespaced_pod(FOREIGN_WORK),
            "a shell in another team's pod": lambda: core.connect_get_namespaced_pod_exec("any", FOREIGN_WORK, command="id"),
            "everybody's pods": core.list_pod_for_all_namespaces,
            "nodes": core.list_node,
            "namespaces": core.list_namespace,
            "more rights": lambda: rights.create_namespaced_role_binding(WORK, binding),
            "a greater quota": lambda: core.patch_namespaced_resource_quota(account, WORK, {"spec": {"hard": {"pods": "99"}}}),
        }.items():
            try:
                call()
                print(f"api {name}: allowed")
            except ApiException as problem:
                print(f"api {name}: {problem.status}")

    look()
    api()
    if LISTENS:
        listen()
    for name, config in REFUSED.items():

        @task(task_id=f"refused_{name}", executor_config=config)
        def refused():
            raise AssertionError("this pod ought not to have been made")

        refused()

    # Two of each are more than the team's quota. The second one comes when the first has run for a while, since Kubernetes may
    # count pods a moment late, and the first ends when the second has waited.
    for name, wanted in {"gpu": {"example.test/gpu": "1"}, "memory": {"memory": "5Gi"}}.items():

        @task(task_id=f"{name}_one", executor_config=asks(resources(**wanted)), priority_weight=10)
        def first(other, dag_run=None):
            until(dag_run, other, "queued", 15)
            print("had what it asked for")

        @task(task_id=f"before_{name}_two", priority_weight=10)
        def between(other, dag_run=None):
            until(dag_run, other, "running", 5)

        @task(task_id=f"{name}_two", executor_config=asks(resources(**wanted)), priority_weight=10)
        def second():
            time.sleep(15)
            print("had what it asked for")

        if "example.test/gpu" in "RESOURCES":
            first(f"{name}_two")
            between(f"{name}_one") >> second()

    # a policy holds shortly after a pod's start, so a look comes a little later
    looks = (
        "echo said by the pod; sleep 5; {% for name, place in dag_run.conf.get('targets', {}).items() %}"
        "(nc -w 3 {{ place | join(' ') }} </dev/null >/dev/null 2>&1 && echo 'reach {{ name }}: open'"
        " || echo 'reach {{ name }}: closed') & {% endfor %} wait"
    )
    privileged = k8s.V1SecurityContext(privileged=True, allow_privilege_escalation=True)
    for name, namespace, spec in (
        ("own", None, None),
        ("privileged", WORK, k8s.V1Pod(spec=P(containers=[C(name="base", security_context=privileged)]))),
        ("urgent", WORK, k8s.V1Pod(spec=P(containers=[C(name="base")], priority_class_name="system-cluster-critical"))),
        ("workers", "airflow", None),
        ("others", FOREIGN_WORK, None),
    ):
        KubernetesPodOperator(
            task_id=f"pod_{name}",
            name=f"pod-{name}",
            namespace=namespace,
            full_pod_spec=spec,
            image=IMAGE,
            cmds=["sh", "-c", looks],
            in_cluster=True,
            is_delete_operator_pod=True,
            executor_config=asks(labels={"appliance.airflow/pod-operator": "true"}),
        )

with DAG("TENANT__reach", start_date=datetime(2022, 1, 1), schedule_interval=None, catchup=False) as reach:
    look()
