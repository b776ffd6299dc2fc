"""Airflow's executor as a node runs it; in one place, since a module is changed once."""
from types import ModuleType

from airflow_appliance import launched, pod_end
from airflow_appliance.after_import import AfterImport, Change


def install() -> None:
    """Change the executor of this process; UnknownCode if Airflow is not the one that is known."""
    AfterImport(
        {
            "airflow.executors.kubernetes_executor": Change(
                sha256="9d14497b681f993343c009e8ee8fef6938f9fe60d9a3ce37c352b31fa2d9e162", apply=_apply
            )
        }
    ).install()


def _apply(module: ModuleType) -> None:
    pod_end.watch(module)
    launched.look_after_own(module)
