"""Task pods of teams: each has its tenant's own template, and a task may ask for what is named here and nothing else.

What Kubernetes' own rules cannot tell apart in one namespace is decided before a pod is made: which service account,
secrets, volumes and images are whose. A field that is not known here is refused, so that what a later Kubernetes adds
is refused, too.
"""
import re
from decimal import Decimal
from typing import Any, Dict, Iterator, Mapping, Optional, Set, Tuple

from airflow_appliance import settings
from airflow_appliance.pods import POD_OPERATOR
from airflow_appliance.settings import TENANTS_ID, Tenant

# What Airflow itself writes.
_AIRFLOWS = {
    "airflow-worker", "airflow_version", "dag_id", "execution_date", "kubernetes_executor", "kubernetes_pod_operator",
    "run_id", "task_id", "try_number",
}
# Of two variables of a name the later one counts, which is the task's.
_VARIABLES = ("AIRFLOW__", "AIRFLOW_APPLIANCE_", "AIRFLOW_CONN_AIRFLOW_", "AIRFLOW_IS_")
# As they are: where a pod may run is the cluster's business, and none of these gives it a right.
_POD = {"nodeSelector", "affinity", "terminationGracePeriodSeconds", "activeDeadlineSeconds"}
_CONTAINER = {"name", "workingDir"}
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]*)?(?:[eE][0-9]+)?)([numkMGTPE]|[KMGTPE]i)?")
_UNITS = {
    "": Decimal(1),
    **{unit: Decimal(1).scaleb(power) for unit, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18))},
    **{f"{unit}i": Decimal(2 ** (10 * power)) for power, unit in enumerate("KMGTPE", 1)},
}
_USUAL = {"cpu", "memory", "ephemeral-storage"}


class PodRefused(Exception):
    """A task asks for what its tenant may not have; the text names each field."""


def of_dag(dag_id: str) -> Optional[Tenant]:
    """Whose DAG it is: the ids are the tenants' own (tenant_policy.py)."""
    return next((each for each in settings.load().tenants if dag_id.startswith(each.dag_ids)), None)


def admitted(job: Tuple[Any, Any, Any, Any]) -> Tuple[Any, Any, Any, Any]:
    """The executor's job with the template of its tenant; PodRefused when it asks for what that may not have."""
    key, command, override, template_file = job
    tenant = of_dag(key.dag_id)
    if tenant is None:
        if settings.load().tenants and TENANTS_ID.match(key.dag_id):
            raise PodRefused(f"DAG {key.dag_id}: is a tenant's by its name, and there is none of that name any more")
        return job
    from kubernetes.client import ApiClient

    check(tenant, ApiClient().sanitize_for_serialization(override), template_file)
    return key, command, override, str(settings.path().parent / "tenants" / f"{tenant.name}.yaml")


def check(tenant: Tenant, override: Optional[Dict[str, Any]], template_file: Optional[str]) -> None:
    """PodRefused with all that is wrong in a task's executor_config; `override` as it would be sent to Kubernetes."""
    problems = [] if template_file is None else ["pod_template_file: is the tenant's own; use pod_override"]
    problems += _Asked(tenant).pod(override or {})
    if problems:
        raise PodRefused(f"executor_config of a task of tenant {tenant.name}: " + "; ".join(problems))


class _Asked:
    """One pod_override as a tenant's task asks for it."""

    def __init__(self, tenant: Tenant):
        self._tenant = tenant
        self._own = f"{tenant.name}."

    def pod(self, pod: Mapping[str, Any]) -> Iterator[str]:
        yield from _only(pod, {"apiVersion", "kind", "metadata", "spec"}, "")
        yield from self._metadata(pod.get("metadata") or {})
        spec = pod.get("spec") or {}
        yield from _only(spec, {*_POD, "containers", "volumes", "tolerations"}, "spec.")
        containers = spec.get("containers") or []
        if len(containers) > 1:
            yield "spec.containers: has more than one; a task has one container"
        volumes = spec.get("volumes") or []
        names = {str(volume.get("name")) for volume in volumes}
        for at, volume in enumerate(volumes):
            yield from self._volume(volume, f"spec.volumes[{at}].")
        for container in containers[:1]:
            yield from self._container(container, names)
        for at, toleration in enumerate(spec.get("tolerations") or []):
            if toleration.get("key") not in self._tenant.resources:
                known = ", ".join(sorted(self._tenant.resources)) or "none"
                yield f"spec.tolerations[{at}].key: is {toleration.get('key')!r}; it may be a resource of the quota ({known})"

    def _metadata(self, metadata: Mapping[str, Any]) -> Iterator[str]:
        yield from _only(metadata, {"labels", "annotations", "name"}, "metadata.")
        for kind in ("labels", "annotations"):
            for name, value in (metadata.get(kind) or {}).items():
                if kind == "labels" and name == POD_OPERATOR and value == "true":
                    continue
                # Names with a domain are words to Kubernetes, to this appliance and to what else runs in the cluster.
                if name in _AIRFLOWS or "/" in name:
                    yield f"metadata.{kind}: {name!r} is not for tasks to say; choose another name, without '/'"

    def _container(self, container: Mapping[str, Any], volumes: Set[str]) -> Iterator[str]:
        place = "spec.containers[0]."
        yield from _only(container, {*_CONTAINER, "image", "env", "envFrom", "resources", "volumeMounts"}, place)
        image = container.get("image")
        if image is not None and image not in self._tenant.images:
            yield f"{place}image: {image!r} is not among tenant {self._tenant.name}'s images in cluster.yaml"
        for variable in container.get("env") or []:
            if str(variable.get("name")).startswith(_VARIABLES):
                yield f"{place}env {variable.get('name')}: is Airflow's own; leave it out"
            yield from self._sources(variable.get("valueFrom") or {}, f"{place}env {variable.get('name')}: ")
        for each in container.get("envFrom") or []:
            yield from self._sources(each, f"{place}envFrom: ")
        for mount in container.get("volumeMounts") or []:
            if mount.get("name") not in volumes:
                yield f"{place}volumeMounts: volume {mount.get('name')!r} is none of the task's own"
        yield from self._resources(container.get("resources") or {}, f"{place}resources.")

    def _sources(self, sources: Mapping[str, Any], place: str) -> Iterator[str]:
        for kind, source in sources.items():
            if kind in ("fieldRef", "resourceFieldRef", "prefix"):
                continue
            if kind in ("secretKeyRef", "configMapKeyRef", "secretRef", "configMapRef"):
                yield from self._is_own(source.get("name"), place + kind)
            else:
                yield f"{place}{kind} is not for a tenant's tasks; leave it out"

    def _volume(self, volume: Mapping[str, Any], place: str) -> Iterator[str]:
        for kind, source in volume.items():
            if kind in ("name", "emptyDir"):
                continue
            named = {"secret": "secretName", "configMap": "name", "persistentVolumeClaim": "claimName"}.get(kind)
            if named:
                yield from self._is_own((source or {}).get(named), place + kind)
            else:
                yield f"{place}{kind} is not for a tenant's tasks; use emptyDir, or a claim of the tenant's"

    def _is_own(self, name: Any, place: str) -> Iterator[str]:
        if not str(name).startswith(self._own):
            yield f"{place}: {name!r} is not tenant {self._tenant.name}'s, whose names begin with {self._own!r}"

    def _resources(self, resources: Mapping[str, Any], place: str) -> Iterator[str]:
        yield from _only(resources, {"requests", "limits"}, place)
        allowed = {"cpu": self._tenant.cpu, "memory": self._tenant.memory}
        allowed.update({name: str(number) for name, number in self._tenant.resources.items()})
        for kind in ("requests", "limits"):
            for name, asked in (resources.get(kind) or {}).items():
                if name not in allowed and name not in _USUAL:
                    yield f"{place}{kind}.{name}: is not in tenant {self._tenant.name}'s quota"
                elif amount(asked) is None:
                    yield f"{place}{kind}.{name}: {asked!r} is no amount"
                elif name in allowed and amount(asked) > amount(allowed[name]):
                    yield f"{place}{kind}.{name}: {asked} is more than the whole quota of tenant {self._tenant.name}, {allowed[name]}"


def _only(block: Mapping[str, Any], known: Set[str], place: str) -> Iterator[str]:
    for name in block:
        if name not in known:
            yield f"{place}{name}: is not for a tenant's tasks; leave it out"


def amount(text: Any) -> Optional[Decimal]:
    """A quantity of Kubernetes as a number; None when it is none."""
    said = _QUANTITY.fullmatch(str(text))
    return Decimal(said.group(1)) * _UNITS[said.group(2) or ""] if said else None
