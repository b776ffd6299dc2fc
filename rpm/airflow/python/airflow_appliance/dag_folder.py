"""The DAG folder as it is seen through a mount that may be away, dead or empty.

Airflow's own search takes any error for "there is nothing": here an error is an error, and a search
counts only if the same mount answered a real read before and after it.
"""
import os
import re
import stat
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Pattern

from airflow.configuration import conf
from airflow.utils.file import might_contain_dag
from airflow_appliance.mount import Hold

IGNORE_FILE = ".airflowignore"
_ZIP_TAIL = 66 * 1024  # the directory's end and the longest comment


@dataclass
class Listing:
    """The DAG files that were there, where their code is found (inside zip files too), and when they changed."""

    files: List[str] = field(default_factory=list)
    locations: List[str] = field(default_factory=list)
    times: Dict[str, float] = field(default_factory=dict)


def search(folder: Path, directory: str, safe_mode: bool) -> Listing:
    """All DAG files of a directory inside the mounted folder; MountGone or OSError when that cannot be said."""
    found = Listing()
    with Hold(folder) as held:
        for path in _files(directory):
            _examine(path, safe_mode, found)
        held.check()
    return found


def safe_mode() -> bool:
    return conf.getboolean("core", "dag_discovery_safe_mode", fallback=True)


def _files(directory: str) -> Iterator[str]:
    if stat.S_ISREG(os.stat(directory).st_mode):
        yield directory
        return
    ignored: Dict[str, List[Pattern]] = {}
    for root, folders, files in os.walk(directory, onerror=_raise, followlinks=True):
        place = os.path.relpath(root, directory)
        patterns = ignored.get(root, []) + _patterns(root, files)
        folders[:] = [name for name in folders if not _matches(patterns, os.path.join(place, name))]
        ignored.update((os.path.join(root, name), patterns) for name in folders)
        for name in files:
            if name != IGNORE_FILE and not _matches(patterns, os.path.join(place, name)):
                yield os.path.join(root, name)


def _patterns(root: str, files: List[str]) -> List[Pattern]:
    if IGNORE_FILE not in files:
        return []
    with open(os.path.join(root, IGNORE_FILE), encoding="utf-8") as file:
        lines = [re.sub(r"\s*#.*", "", line) for line in file.read().split("\n")]
    return [re.compile(line) for line in lines if line]


def _matches(patterns: List[Pattern], path: str) -> bool:
    return any(pattern.search(path) for pattern in patterns)


def _examine(path: str, safe_mode: bool, found: Listing) -> None:
    try:
        try:
            facts = os.stat(path)
        except PermissionError:
            # S3 says so also of what was deleted since it was listed, to keys that may not list the whole bucket; the next
            # listing knows better, and what is really forbidden gets an import error until then
            if path.endswith((".py", ".zip")):
                found.files.append(path)
                found.locations.append(path)
            return
        if not stat.S_ISREG(facts.st_mode):
            return
        try:
            locations = _locations(path, facts.st_size, safe_mode)
        except (PermissionError, zipfile.BadZipFile):  # this file alone: its import error will say so
            locations = [path] if path.endswith((".py", ".zip")) else None
    except FileNotFoundError:  # deleted since it was listed, or a link to nothing
        return
    if locations is not None:
        found.files.append(path)
        found.locations.extend(locations)
        found.times[path] = facts.st_mtime


def _locations(path: str, size: int, safe_mode: bool) -> Optional[List[str]]:
    if _is_zip(path, size):
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
            return [os.path.join(path, name) for name in names if might_contain_dag(name, True, archive)]
    if not path.endswith(".py") or (safe_mode and not might_contain_dag(path, safe_mode)):
        return None
    return [path]


def _is_zip(path: str, size: int) -> bool:
    """As zipfile.is_zipfile, which takes an error while reading for "no"."""
    with open(path, "rb") as file:
        file.seek(max(0, size - _ZIP_TAIL))
        return zipfile.is_zipfile(BytesIO(file.read(_ZIP_TAIL)))


def _raise(problem: OSError) -> None:
    raise problem
