"""Task pods as the pod template means them.

Airflow 2.2 reads the template with a Kubernetes client of 2019 that drops every field it does not
know: the s3fs sidecar would lose `restartPolicy: Always` and its startup probe, and the task would
wait for it for ever. The hook puts back what was dropped, and nothing else.
"""
from pathlib import Path
from typing import Any, Dict, List, Optional

import yaml

from airflow.configuration import conf


def pod_mutation_hook(pod: Any) -> None:
    """Airflow calls it for each pod before it is created; only the executor's own are made from our template."""
    labels = (pod.metadata and pod.metadata.labels) or {}
    if labels.get("kubernetes_executor") != "True":
        return
    # Airflow's pod code is imported late: each command runs this module, few make a pod.
    from airflow.kubernetes.pod_generator import PodGenerator
    from kubernetes.client import ApiClient

    serialize = ApiClient().sanitize_for_serialization
    file = conf.get("kubernetes", "pod_template_file")
    raw = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    understood = serialize(PodGenerator.deserialize_model_file(file))
    spec, before = serialize(pod.spec), serialize(pod.spec)
    _restore(spec, raw["spec"], understood["spec"])
    for name, value in spec.items():
        if value != before.get(name):
            _set(pod.spec, name, value)


def _restore(target: Dict[str, Any], raw: Dict[str, Any], known: Dict[str, Any]) -> None:
    """Puts fields of `raw` that are missing in `known` into `target`, at the same place."""
    for name, value in raw.items():
        if value is None:
            continue
        if name not in known:
            target.setdefault(name, value)
        elif isinstance(value, dict) and isinstance(target.get(name), dict):
            _restore(target[name], value, known[name])
        elif isinstance(value, list) and isinstance(target.get(name), list):
            _restore_items(name, target[name], value, known[name])


def _restore_items(field: str, targets: List[Any], raw: List[Any], known: List[Any]) -> None:
    for position, (value, understood) in enumerate(zip(raw, known)):
        if not isinstance(value, dict):
            continue
        target = _counterpart(field, position, value, targets)
        if target is not None:
            _restore(target, value, understood)


def _counterpart(field: str, position: int, value: Dict[str, Any], targets: List[Any]) -> Optional[Dict[str, Any]]:
    """The same item after a pod_override: found by name, but Airflow renames the first container."""
    if field == "containers" and position == 0:
        return targets[0] if targets else None
    if "name" not in value:
        return None
    return next((target for target in targets if target.get("name") == value["name"]), None)


def _set(spec: Any, field: str, value: Any) -> None:
    """Sets a field by its name in YAML, also one that the client's class does not have."""
    attribute = next((name for name, key in spec.attribute_map.items() if key == field), None)
    if attribute is None:
        attribute = field
        spec.attribute_map = {**spec.attribute_map, field: field}
        spec.openapi_types = {**spec.openapi_types, field: "object"}
    setattr(spec, attribute, value)
