"""What a DAG of a team may be: decided by the folder that its file really lies in, and not by what the file says.

A DAG file is read with Airflow's own rights, so this keeps teams from each other's mistakes and not from malice; a
pod's rights are Kubernetes' business and S3's.
"""
import os
from types import ModuleType
from typing import Any, Optional

from airflow.exceptions import AirflowClusterPolicyViolation
from airflow_appliance import settings, tenant_permissions
from airflow_appliance.after_import import AfterImport, Change
from airflow_appliance.settings import TENANTS_ID, Settings, Tenant

# A scheduler takes the waiting task with the greatest weight first, whosever it is, so a team's weights end here.
MOST_WEIGHT = 10
# Operators that change or watch DAGs which they name, with the attribute that has the name: whoever clears a task clears what
# its marker names, and is asked for rights to the first one only. By the class's name alone, as Airflow knows a marker.
_NAMING = {
    "ExternalTaskMarker": "external_dag_id",
    "ExternalTaskSensor": "external_dag_id",
    "TriggerDagRunOperator": "trigger_dag_id",
}
# What a tenant's pod template says of its pool.
POD_POOL = "AIRFLOW_APPLIANCE_TENANT_POOL"


def install() -> None:
    """Change this process where there are tenants; UnknownCode if Airflow is not the one that is known."""
    if not settings.load().tenants:
        return
    AfterImport(
        {
            "airflow.models.dagbag": Change(
                sha256="583683610d1110dc071073192f709010052b2d7dc96552b3d48a82dfb7853e30", apply=_change_bag
            )
        }
    ).install()


def _change_bag(module: ModuleType) -> None:
    _believe_no_file(module)
    _read_no_link(module)


def _read_no_link(module: ModuleType) -> None:
    """Before anything of it is read or run: the error of what is no Python would show people a line of it."""
    process, collect, timezone = module.DagBag.process_file, module.DagBag.collect_dags, module.timezone

    def refused(self: Any, path: Any) -> bool:
        problem = path and link_problem(settings.load(), str(path))
        if problem:
            self.import_errors[str(path)] = problem
            # What the database has of a file is replaced only when the file counts as looked at.
            self.file_last_changed[str(path)] = timezone.utcnow()
        return bool(problem)

    def process_file(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
        return [] if refused(self, filepath) else process(self, filepath, *args, **kwargs)

    def collect_dags(self: Any, dag_folder: Any = None, *args: Any, **kwargs: Any) -> None:
        # A scheduler asks so for one file, and what is a link to a folder would be searched.
        if not refused(self, dag_folder):
            collect(self, dag_folder, *args, **kwargs)

    module.DagBag.process_file, module.DagBag.collect_dags = process_file, collect_dags


def link_problem(known: Settings, file: str) -> Optional[str]:
    """What is wrong with a file in a team's folder, or in the folder's place, that is a link or lies behind one."""
    root = os.path.realpath(known.dags)
    place = os.path.normpath(file)
    tenant = _tenant_at(known, place + os.sep, str(known.dags), root)
    if tenant is None:
        return None
    try:
        real = os.path.realpath(place)
    except OSError as problem:  # s3fs cannot say where a link of a folder leads
        real = f"what cannot be read ({problem.strerror})"
    if not os.path.islink(place) and real in (place, os.path.join(root, os.path.relpath(place, known.dags))):
        return None
    return (
        f"{file} is a symbolic link to {real}, or lies behind one; in the folder of tenant {tenant.name} no link is followed: "
        "put the file itself in its place"
    )


def _believe_no_file(module: ModuleType) -> None:
    """A module can say that it is another file, and Airflow believes it."""
    process = module.DagBag._process_modules

    def _process_modules(self: Any, filepath: str, mods: Any, file_last_changed_on_disk: Any) -> Any:
        for each in mods:
            said = getattr(each, "__file__", None)
            if not isinstance(said, str) or not _is_in(said, filepath):
                self.import_errors[filepath] = f"__file__ is {said!r}; leave it as Python sets it"
                mods = [other for other in mods if other is not each]
        return process(self, filepath, mods, file_last_changed_on_disk)

    module.DagBag._process_modules = _process_modules


def _is_in(said: str, filepath: str) -> bool:
    """The file itself, or one inside it when it is a zip file."""
    return said == filepath or said.startswith(filepath + os.sep)


def dag_policy(dag: Any) -> None:
    """Airflow calls it for each DAG that a file holds; AirflowClusterPolicyViolation becomes the file's import error."""
    known = settings.load()
    tenant = tenant_of_file(known, dag.fileloc)
    _refuse_link(known, dag, tenant)
    if tenant is None:
        _refuse_anothers_id(known, dag)
        return
    if not dag.dag_id.startswith(tenant.dag_ids):
        raise AirflowClusterPolicyViolation(
            f"DAG {dag.dag_id!r} in {dag.fileloc}: the folder is tenant {tenant.name}'s, whose DAG ids begin with "
            f"{tenant.dag_ids!r}; call it {tenant.dag_ids + dag.dag_id!r}"
        )
    _limit(dag, tenant)


def tenant_of_file(known: Settings, file: str) -> Optional[Tenant]:
    """Whose folder a file really lies in; None when it is nobody's."""
    return _tenant_at(known, os.path.realpath(file), os.path.realpath(known.dags))


def _tenant_at(known: Settings, place: str, *roots: str) -> Optional[Tenant]:
    for tenant in known.tenants:
        if place.startswith(tuple(os.path.join(root, tenant.dag_prefix) + os.sep for root in roots)):
            return tenant
    return None


def _refuse_link(known: Settings, dag: Any, owner: Optional[Tenant]) -> None:
    """Airflow keeps where it found a DAG: a link to another's file would take the DAG there, where its pods have no file."""
    found = _tenant_at(known, os.path.normpath(dag.fileloc), str(known.dags), os.path.realpath(known.dags))
    if found is not owner:
        raise AirflowClusterPolicyViolation(
            f"DAG {dag.dag_id!r} in {dag.fileloc}: that is a link to {os.path.realpath(dag.fileloc)}, which is "
            + (f"tenant {owner.name}'s" if owner else "no tenant's")
            + "; put the file itself in its place"
        )


def _refuse_anothers_id(known: Settings, dag: Any) -> None:
    """Also the ids of a tenant that is gone: its folder may still be there, and nobody answers for it."""
    called = TENANTS_ID.match(dag.dag_id)
    if known.tenants and called:
        owner = next((each for each in known.tenants if dag.dag_id.startswith(each.dag_ids)), None)
        raise AirflowClusterPolicyViolation(
            f"DAG {dag.dag_id!r} in {dag.fileloc}: ids that begin with {called.group()!r} are "
            + (
                f"tenant {owner.name}'s, whose folder is {owner.dag_prefix!r}; put the file there or call the DAG otherwise"
                if owner
                else "a tenant's, and there is none of that name; call the DAG otherwise"
            )
        )


def _limit(dag: Any, tenant: Tenant) -> None:
    """What a team may not choose; `access_control` in a file is overwritten."""
    dag.access_control = {
        tenant.user_role: set(tenant_permissions.DAG_USER),
        tenant.viewer_role: set(tenant_permissions.DAG_VIEWER),
    }
    dag.max_active_tasks = min(dag.max_active_tasks, tenant.max_active_tasks)
    for task in dag.tasks:
        if task.pool_slots > tenant.pool_slots:
            raise AirflowClusterPolicyViolation(
                f"task {task.task_id!r} of DAG {dag.dag_id!r}: pool_slots is {task.pool_slots}, tenant {tenant.name} "
                f"has {tenant.pool_slots}; ask for fewer"
            )
        _refuse_anothers_dag(dag, task, tenant)
        _bind(task, tenant.pool)


def _refuse_anothers_dag(dag: Any, task: Any, tenant: Tenant) -> None:
    for kind in type(task).__mro__:
        attribute = _NAMING.get(kind.__name__)
        other = getattr(task, attribute, None) if attribute else None
        if other is None:  # also of a class of the author's own that has such a name and names no DAG
            continue
        other = str(other)
        # A template behind these letters cannot take them away; of a marker people are to see before what they clear.
        if not other.startswith(tenant.dag_ids) or ("{" in other and kind.__name__ == "ExternalTaskMarker"):
            raise AirflowClusterPolicyViolation(
                f"task {task.task_id!r} of DAG {dag.dag_id!r}: its {attribute} is {other!r}; a {kind.__name__} of tenant "
                f"{tenant.name} may name DAGs that begin with {tenant.dag_ids!r}, a marker written out"
            )


def in_pod(dag: Any) -> None:
    """The same for a task in its pod, which writes pool and weight of its DAG file over what the scheduler knew."""
    pool = os.environ.get(POD_POOL)
    if pool:
        for task in dag.tasks:
            _bind(task, pool)


def _bind(task: Any, pool: str) -> None:
    task.pool = pool
    task.weight_rule = "absolute"
    task.priority_weight = max(1, min(task.priority_weight, MOST_WEIGHT))
