"""Task pods as the pod template means them.

Airflow 2.2 reads the template with a Kubernetes client of 2019 that drops every field it does not
know: the s3fs sidecar would lose `restartPolicy: Always` and its startup probe, and the task would
wait for it for ever. Its merge with a task's pod_override also takes `false` for nothing. The hook
puts back what was lost, and nothing else: what a task asked for stays as it is.
"""
import inspect
import os
from pathlib import Path
from types import ModuleType
from typing import Any, Dict, List

import yaml

from airflow.configuration import conf
from airflow_appliance import work_pods
from airflow_appliance.after_import import AfterImport, Change

# Lists to which a task's own items are appended; all other values of a task replace the template's.
EXTENDED = {"initContainers", "volumes", "volumeMounts", "env", "envFrom", "ports", "volumeDevices"}
TEMPLATE = "_appliance_template"
# In a tenant's template; and what a task of a tenant says that starts pods of its own, for which it needs a token.
TENANT, POD_OPERATOR = "appliance.airflow/tenant", "appliance.airflow/pod-operator"


def install() -> None:
    """Let each pod remember its template, which may be the task's own; UnknownCode if Airflow is another one."""
    AfterImport(
        {
            "airflow.kubernetes.pod_generator": Change(
                sha256="fac75572dce9b51967eb76ccf6b4fa8fe1f25f92410d851ab082c89544cb877c", apply=_remember
            )
        }
    ).install()


def _remember(module: ModuleType) -> None:
    generator = module.PodGenerator
    read, construct = generator.deserialize_model_file, generator.construct_pod
    signature = inspect.signature(construct)

    def deserialize_model_file(path: str) -> Any:
        pod = read(path)
        setattr(pod, TEMPLATE, _template(path))
        return pod

    def construct_pod(*args: Any, **kwargs: Any) -> Any:
        base = signature.bind(*args, **kwargs).arguments["base_worker_pod"]
        pod = construct(*args, **kwargs)
        setattr(pod, TEMPLATE, getattr(base, TEMPLATE, None))
        return pod

    generator.deserialize_model_file = staticmethod(deserialize_model_file)
    generator.construct_pod = staticmethod(construct_pod)


def _template(path: str) -> Dict[str, Any]:
    """As Airflow reads it: a file, or the text itself."""
    return yaml.safe_load(Path(path).read_text(encoding="utf-8") if os.path.exists(path) else path)


def pod_mutation_hook(pod: Any) -> None:
    """Airflow calls it for each pod before it is created; only the executor's own are made from a template of ours."""
    labels = (pod.metadata and pod.metadata.labels) or {}
    if labels.get("kubernetes_executor") != "True":
        work_pods.complete(pod, _set)
        return
    configured = conf.get("kubernetes", "pod_template_file")
    if not (hasattr(pod, TEMPLATE) or configured):
        return  # in a task pod, which renders what it believes it is for the database and has no template
    # Airflow's pod code is imported late: each command runs this module, few make a pod.
    from airflow.kubernetes.pod_generator import PodGenerator
    from kubernetes.client import ApiClient

    serialize = ApiClient().sanitize_for_serialization
    raw = getattr(pod, TEMPLATE, None) or _template(configured)
    understood = serialize(PodGenerator.deserialize_model_dict(raw))
    spec, before = serialize(pod.spec), serialize(pod.spec)
    _merged(spec, raw["spec"], understood["spec"])
    for name, value in spec.items():
        if value != before.get(name):
            _set(pod.spec, name, value)
    if labels.get(TENANT) and labels.get(POD_OPERATOR) == "true":
        pod.spec.automount_service_account_token = True


def _merged(target: Dict[str, Any], raw: Dict[str, Any], known: Dict[str, Any]) -> None:
    """A pod or container, whose fields Airflow merges one by one; `known` is what the client understood of `raw`."""
    for name, value in raw.items():
        if value is None:
            continue
        if name not in target:
            target[name] = value
        elif name not in known:
            continue  # put back before
        elif target[name] == known[name]:
            target[name] = value
        elif name == "containers":
            # The task's containers were merged into the template's in their order, whatever their names.
            for merged, template, understood in zip(target[name], value, known[name]):
                _merged(merged, template, understood)
        elif name in EXTENDED:
            _extended(target[name], value, known[name])
        elif isinstance(value, dict) and isinstance(target[name], dict):
            _replaced(target[name], value, known[name])


def _extended(target: List[Any], raw: List[Any], known: List[Any]) -> None:
    """A list that begins with the template's items."""
    for position, (value, understood) in enumerate(zip(raw, known)):
        if target[position] == understood:
            target[position] = value


def _replaced(target: Dict[str, Any], raw: Dict[str, Any], known: Dict[str, Any]) -> None:
    """An object that the task replaced as a whole: it could not name the fields that its client does not know."""
    for name, value in raw.items():
        if name not in known:
            if value is not None:
                target.setdefault(name, value)
        elif isinstance(value, dict) and isinstance(target.get(name), dict):
            _replaced(target[name], value, known[name])


def _set(spec: Any, field: str, value: Any) -> None:
    """Sets a field by its name in YAML, also one that the client's class does not have."""
    attribute = next((name for name, key in spec.attribute_map.items() if key == field), None)
    if attribute is None:
        attribute = field
        spec.attribute_map = {**spec.attribute_map, field: field}
        spec.openapi_types = {**spec.openapi_types, field: "object"}
    setattr(spec, attribute, value)
