"""Pods that a team's own tasks start (KubernetesPodOperator), in the team's namespace for such pods.

That namespace takes restricted pods only. Who says nothing of it gets what it asks for, as the task's own pod has it;
what somebody says stays, and Kubernetes decides. Airflow 2.2's client does not know all of these fields.
"""
import os
from typing import Any, Dict

# What a tenant's pod template says of its namespace, and of the one priority class that may be there.
NAMESPACE = "AIRFLOW_APPLIANCE_WORK_NAMESPACE"
PRIORITY_CLASS = "AIRFLOW_APPLIANCE_WORK_PRIORITY_CLASS"
_POD = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
_USER = 50000
_CONTAINER = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def complete(pod: Any, put: Any) -> None:
    """Adds what is not said; `put(spec, field, value)` sets a field by its name in YAML."""
    namespace = os.environ.get(NAMESPACE)
    if not namespace or (pod.metadata.labels or {}).get("kubernetes_pod_operator") != "True":
        return
    if not pod.metadata.namespace:
        pod.metadata.namespace = namespace
    if pod.metadata.namespace != namespace:
        return
    from kubernetes.client import ApiClient

    spec = ApiClient().sanitize_for_serialization(pod.spec)
    containers = {kind: spec[kind] for kind in ("initContainers", "containers") if spec.get(kind)}
    for each in containers.values():
        for container in each:
            container["securityContext"] = {**_CONTAINER, **(container.get("securityContext") or {})}
    put(pod.spec, "securityContext", _of_pod(spec))
    if not spec.get("priorityClassName"):
        put(pod.spec, "priorityClassName", os.environ[PRIORITY_CLASS])
    for kind, value in containers.items():
        put(pod.spec, kind, value)


def _of_pod(spec: Dict[str, Any]) -> Dict[str, Any]:
    said = spec.get("securityContext") or {}
    return {"runAsUser": _USER, **_POD, **said}
