"""The DAG folder as it is seen through a mount that may be away, dead or empty.

Airflow's own search takes any error for "there is nothing": here an error is an error, and a search
counts only if the same mount answered a real read before and after it.

Anybody who may write to a bucket may write links, pipes and devices: s3fs makes them of an object's `mode`. In a team's
folder no link is followed, wherever it leads: the copy that its pods get takes none, and one to `/` or to nowhere would
end the search for everybody.
"""
import errno
import logging
import os
import re
import stat
import time
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, Optional, Pattern, Tuple

from airflow.configuration import conf
from airflow.utils.file import might_contain_dag
from airflow_appliance.mount import Hold

log = logging.getLogger(__name__)

IGNORE_FILE = ".airflowignore"
# What is said of one file by a mount that is well: a loop of links, a name that is too long, a place before the beginning
# (of a damaged zip file), no right. S3 says no right also of what was deleted since it was listed, to keys that may not list
# the whole bucket.
_THIS_FILE = {errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL, errno.EACCES, errno.EPERM}
# One read of thousands fails also when S3 is well. All failed ones of a search together have this long, with their pauses: a
# mount that is away is to be found so soon, and s3fs itself takes seconds for each failure.
TRIES = 3
PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 10
_ZIP_TAIL = 66 * 1024  # the directory's end and the longest comment


@dataclass
class Listing:
    """The DAG files that were there, where their code is found (inside zip files too), and when they changed."""

    files: List[str] = field(default_factory=list)
    locations: List[str] = field(default_factory=list)
    times: Dict[str, float] = field(default_factory=dict)


def search(folder: Path, directory: str, safe_mode: bool, teams: Tuple[str, ...] = ()) -> Listing:
    """All DAG files of a directory inside the mounted folder; MountGone or OSError when that cannot be said.

    `teams` are the folders in which no link is followed, each below the mounted one; a link there is a file that gets an
    import error (tenant_policy.py).
    """
    closed = tuple(os.path.join(folder, team) + os.sep for team in teams)
    found, reads = Listing(), _Reads()
    with Hold(folder) as held:
        for path in _files(directory, closed, reads):
            if _is_closed(path, closed):
                found.files.append(path)
                found.locations.append(path)
            else:
                _examine(path, safe_mode, found, reads)
        held.check()
    return found


class _Reads:
    """The reads of one search, which are tried again when they fail."""

    def __init__(self) -> None:
        self._left = float(PATIENCE_SECONDS)

    def of(self, read: Callable[..., Any], *args: Any) -> Any:
        for _ in range(TRIES - 1):
            begun = time.monotonic()
            try:
                return read(*args)
            except OSError as problem:
                self._left -= time.monotonic() - begun + PAUSE_SECONDS
                if self._left < 0 or not _may_pass(problem):
                    raise
                log.info("%s could not be read and is read again: %s", args[0], problem)
            time.sleep(PAUSE_SECONDS)
        return read(*args)


def _may_pass(problem: OSError) -> bool:
    """Not what is said of the file itself, and not the end of the mount."""
    return not isinstance(problem, FileNotFoundError) and problem.errno not in _THIS_FILE | {errno.ENOTCONN}


def safe_mode() -> bool:
    return conf.getboolean("core", "dag_discovery_safe_mode", fallback=True)


def _is_closed(path: str, closed: Tuple[str, ...]) -> bool:
    """A link in a team's folder, or in its place."""
    return (path + os.sep).startswith(closed) and os.path.islink(path)


def _files(directory: str, closed: Tuple[str, ...], reads: _Reads) -> Iterator[str]:
    if stat.S_ISREG(os.stat(directory).st_mode):
        yield directory
        return
    ignored: Dict[str, List[Pattern]] = {}
    above: Dict[str, FrozenSet[str]] = {}
    for root, folders, files in os.walk(directory, onerror=_raise, followlinks=True):
        place = os.path.relpath(root, directory)
        patterns = ignored.get(root, []) + _patterns(root, files, closed, reads)
        way = above.get(root, frozenset()) | {os.path.realpath(root)}
        links = [name for name in folders if _is_closed(os.path.join(root, name), closed)]
        folders[:] = [
            name
            for name in folders
            if name not in links
            and not _matches(patterns, os.path.join(place, name))
            and not _leads_back(os.path.join(root, name), way)
        ]
        ignored.update((os.path.join(root, name), patterns) for name in folders)
        above.update((os.path.join(root, name), way) for name in folders)
        for name in links + files:
            if name != IGNORE_FILE and not _matches(patterns, os.path.join(place, name)):
                yield os.path.join(root, name)


def _leads_back(folder: str, way: FrozenSet[str]) -> bool:
    """A link to a folder that it lies in would be followed for ever."""
    if not os.path.islink(folder) or os.path.realpath(folder) not in way:
        return False
    log.warning("%s is a link to a folder above it; it is left out", folder)
    return True


def _patterns(root: str, files: List[str], closed: Tuple[str, ...], reads: _Reads) -> List[Pattern]:
    """Of this folder's ignore file; a line that is no regular expression ignores nothing, and nobody else's files."""
    if IGNORE_FILE not in files:
        return []
    place = os.path.join(root, IGNORE_FILE)
    try:
        text = None if _is_closed(place, closed) else reads.of(_text, place)
    except (PermissionError, FileNotFoundError):  # deleted since it was listed
        return []
    if text is None:
        log.warning("%s is no file of its own; nothing is ignored for it", place)
        return []
    patterns = []
    for number, line in enumerate(text.split("\n"), 1):
        line = re.sub(r"\s*#.*", "", line)
        try:
            patterns += [re.compile(line)] if line else []
        except re.error as problem:
            log.warning("%s, line %s: %r is no regular expression (%s); nothing is ignored for it", place, number, line, problem)
    return patterns


def _text(path: str) -> Optional[str]:
    if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would be waited for for ever
        return None
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def _matches(patterns: List[Pattern], path: str) -> bool:
    return any(pattern.search(path) for pattern in patterns)


def _examine(path: str, safe_mode: bool, found: Listing, reads: _Reads) -> None:
    try:
        changed, locations = reads.of(_look, path, safe_mode)
    except FileNotFoundError:  # deleted since it was listed, or a link to nothing
        return
    except Exception as problem:  # also whatever a zip file may be: damaged, encrypted, of an unknown kind
        if isinstance(problem, OSError) and problem.errno not in _THIS_FILE:
            raise
        # One file's trouble is that file's, which gets an import error and keeps nobody else's from being read.
        if path.endswith((".py", ".zip")):
            found.files.append(path)
            found.locations.append(path)
        return
    if locations is not None:
        found.files.append(path)
        found.locations.extend(locations)
        found.times[path] = changed


def _look(path: str, safe_mode: bool) -> Tuple[float, Optional[List[str]]]:
    """When a file changed and where its code is found; None of what is no DAG file."""
    facts = os.stat(path)
    return facts.st_mtime, _locations(path, facts.st_size, safe_mode) if stat.S_ISREG(facts.st_mode) else None


def _locations(path: str, size: int, safe_mode: bool) -> Optional[List[str]]:
    if _is_zip(path, size):
        with _opened(path) as archive:
            names = [info.filename for info in archive.infolist()]
            # not os.path.join, to which a name from "/" on is a place outside
            return [f"{path}/{name}" for name in names if might_contain_dag(name, True, archive)]
    if not path.endswith(".py") or (safe_mode and not might_contain_dag(path, safe_mode)):
        return None
    return [path]


def _opened(path: str) -> zipfile.ZipFile:
    """As zipfile.ZipFile, which takes an error while reading for a damaged file."""
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as problem:
        if isinstance(problem.__context__, OSError):
            raise problem.__context__ from None
        raise


def _is_zip(path: str, size: int) -> bool:
    """As zipfile.is_zipfile, which takes an error while reading for "no"."""
    with open(path, "rb") as file:
        file.seek(max(0, size - _ZIP_TAIL))
        return zipfile.is_zipfile(BytesIO(file.read(_ZIP_TAIL)))


def _raise(problem: OSError) -> None:
    raise problem
