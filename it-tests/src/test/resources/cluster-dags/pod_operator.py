"""A pod of the task's own, as the page on manifests says it."""
from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("pod_operator", start_date=datetime(2022, 1, 1), schedule_interval=None) as dag:
    KubernetesPodOperator(
        task_id="probe",
        name="probe",
        namespace="airflow",
        image="IMAGE",
        cmds=["sh", "-c", "echo said by the pod"],
        in_cluster=True,
        is_delete_operator_pod=True,
        executor_config={
            "pod_override": k8s.V1Pod(
                metadata=k8s.V1ObjectMeta(labels={"appliance.airflow/pod-operator": "true"}),
                spec=k8s.V1PodSpec(
                    service_account_name="homelab-airflow-pod-operator-serviceaccount",
                    automount_service_account_token=True,
                    containers=[k8s.V1Container(name="base")],
                ),
            )
        },
    )
