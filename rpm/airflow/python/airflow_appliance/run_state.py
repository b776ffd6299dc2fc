"""A task writes its own state and leaves its run's alone.

In Airflow 2.2 whatever stores a task that it read before stores with it the task's run as that was then. So a run that
somebody marks as failed or successful is "running" again as soon as one of its tasks ends that began before, and goes
on to the end.
"""
from types import ModuleType

from airflow_appliance.after_import import AfterImport, Change


def install() -> None:
    """Change this process; UnknownCode if Airflow is not the one that is known."""
    AfterImport(
        {
            "airflow.models.taskinstance": Change(
                sha256="c34e5dce6c98c5b88b3b2dd198cc9c8d53c847659e9c734f974020449e9c556c", apply=_leave_run_alone
            )
        }
    ).install()


def _leave_run_alone(module: ModuleType) -> None:
    run = module.TaskInstance.dag_run.prop
    run.cascade = set(run.cascade) - {"merge"}
