"""A task pod reads its DAG file when it can be read.

In Airflow 2.2 a task whose DAG file is not there fails, whatever its retries say: the pod ends before the task has
begun. When S3 goes away in just that second, the file is not gone. So a pod waits for its mount, as long as
Kubernetes would wait for the sidecar that mounts it.

That the mount can be read again says little of one file: s3fs asks up to four times for a name, and an S3 that comes
back in between makes "no such file" of it, while the mount's marker is read well. So what a read lacks is believed
only when it began after the mount had been well for a while. A tenant's pod has no mount but a copy (dag_copy), which
was whole before the task began: what it lacks is believed at once.
"""
import importlib
import logging
import math
import os
import time
from pathlib import Path
from types import ModuleType
from typing import Any, Optional

from airflow_appliance.after_import import AfterImport, Change
from airflow_appliance.dag_copy import record
from airflow_appliance.mount import Hold, MountGone
from airflow_appliance.node import probe

log = logging.getLogger(__name__)

WAIT_SECONDS = 600
PAUSE_SECONDS = 2
# So long the mount has been read well before what a file lacks is believed: s3fs remembers what it heard of a name for
# 30 s (stat_cache_expire), and four requests that time out take 20 s and more.
WELL_SECONDS = 30


def install() -> None:
    """Change this process; UnknownCode if Airflow is not the one that is known."""
    AfterImport(
        {
            "airflow.utils.cli": Change(
                sha256="7983f7a0cff2ed06677edd7bf113d3e47d3ead8d1aca73acf5287f8d51990a6b", apply=_wait_for_mount
            )
        }
    ).install()


def _wait_for_mount(module: ModuleType) -> None:
    read = module.get_dag

    def get_dag(subdir: Optional[str], dag_id: str) -> Any:
        until, well_since = time.monotonic() + WAIT_SECONDS, math.inf
        while True:
            began = time.monotonic()
            try:
                return read(subdir, dag_id)
            except module.AirflowException:
                # A mount is not asked: it may hang.
                copied = None if probe.mounted(_folder()) else record.read(_folder())
                if copied:
                    log.error("DAG %r is not in what this pod has: %s", dag_id, record.told(copied))
                    raise
                trouble = _trouble()
                well_since = math.inf if trouble else min(well_since, time.monotonic())
                if began - well_since >= WELL_SECONDS or time.monotonic() > until:
                    raise
                log.warning("DAG %r is not there, reading again: %s", dag_id, trouble or "the mount may have been away")
            time.sleep(PAUSE_SECONDS)
            # What Python remembers of the folder is from when it could not be read.
            importlib.invalidate_caches()

    module.get_dag = get_dag


def _trouble() -> Optional[str]:
    """Why the mount cannot be read; None where it can, or where there is none."""
    try:
        with Hold(_folder()):
            return None
    except MountGone as problem:
        return None if isinstance(problem.__cause__, FileNotFoundError) else str(problem)


def _folder() -> Path:
    from airflow.configuration import conf

    return Path(os.path.expanduser(conf.get("core", "dags_folder")))
