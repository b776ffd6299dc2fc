"""Imports while the DAG folder cannot be listed.

Airflow puts the folder on Python's path. Each `try: import` of an optional module then looks into it, also before a task
has begun, and an S3 that is away in that second would end the process. A folder that cannot be read has no modules for
now; a DAG that lacks one of its own is read again (worker_dag.py, dag_guard.py).
"""
import logging
import os
import sys
from importlib import machinery
from pathlib import Path
from typing import Any, Optional

log = logging.getLogger(__name__)

_LOADERS = (
    (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
    (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
    (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
)


class DagFinder(machinery.FileFinder):
    """Finds modules in the DAG folder, and none while it cannot be listed."""

    def find_spec(self, fullname: str, target: Optional[Any] = None) -> Any:
        try:
            return super().find_spec(fullname, target)
        except OSError as problem:
            log.warning("module %r is not looked for in %s: %s", fullname, self.path, problem.strerror)
            return None


def install(folder: str) -> None:
    """From now on the folder, and what is below it, is looked at by a DagFinder."""
    root = os.path.abspath(folder)

    def hook(path: str) -> DagFinder:
        place = os.path.abspath(path)
        if place != root and (not place.startswith(root + os.sep) or _is_archive(place)):
            raise ImportError(f"{path} is no DAG folder", path=path)
        return DagFinder(path, *_LOADERS)

    sys.path_hooks.insert(0, hook)
    for path in [path for path in sys.path_importer_cache if os.path.abspath(path).startswith(root)]:
        del sys.path_importer_cache[path]


def _is_archive(place: str) -> bool:
    """A zip file of DAGs, or a package in one: Python reads these otherwise. The name tells it while S3 is away."""
    parts = [place, *(str(parent) for parent in Path(place).parents)]
    return any(part.endswith(".zip") or os.path.isfile(part) for part in parts)
