"""Which keys of a bucket can be files of one folder."""
from typing import Iterable, List, NamedTuple, Optional, Set

from airflow_appliance.dag_copy.errors import CannotCopy

# Linux's own limits in bytes, the second less what stands before.
LONGEST_NAME = 255
LONGEST_PATH = 3000
# So many are named in an error; its text has a place of 4096 bytes.
NAMED = 10


class Entry(NamedTuple):
    """An object as a listing shows it; the tag changes with its content."""

    key: str
    tag: str
    size: int


def trouble(path: str) -> Optional[str]:
    """Why a path cannot lie inside a folder, or None."""
    parts = path.split("/")
    if path.startswith("/"):
        return "begins with '/'"
    if "" in parts:
        return "has an empty part ('//')"
    if "." in parts or ".." in parts:
        return "has '.' or '..' as a part"
    if "\0" in path:
        return "holds a NUL character"
    try:
        sizes = [len(part.encode()) for part in parts]
    except UnicodeEncodeError:
        return "is not UTF-8"
    if max(sizes) > LONGEST_NAME or sum(sizes) + len(sizes) > LONGEST_PATH:
        return f"is longer than {LONGEST_NAME} bytes in one part or {LONGEST_PATH} in all"
    return None


def folders(path: str) -> Iterable[str]:
    """The folders that a file stands in, the innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def files(entries: Iterable[Entry], prefix: str, source: str) -> List[Entry]:
    """Those that are files and not marks of a folder; CannotCopy names all that can be neither."""
    found: List[Entry] = []
    above: Set[str] = set()
    problems: List[str] = []
    for entry in entries:
        path = entry.key[len(prefix) :]
        if not path:
            continue  # the mark of the folder itself
        is_mark = path.endswith("/")
        problem = trouble(path[:-1] if is_mark else path)
        if problem:
            problems.append(f"{entry.key!r} {problem}")
            continue
        above.update(folders(path))
        if not is_mark:
            found.append(entry)
    problems += [f"{entry.key!r} is a file and a folder" for entry in found if entry.key[len(prefix) :] in above]
    if problems:
        raise CannotCopy(f"{source}: rename or delete these objects, which cannot be files here: {listed(problems)}")
    return found


def check_room(found: List[Entry], source: str, max_files: int, max_bytes: int) -> None:
    """CannotCopy when it is more than a pod has room for."""
    if len(found) > max_files:
        raise CannotCopy(
            f"{source} has {len(found):,} files, a task pod takes {max_files:,} (DAG_COPY_MAX_FILES); "
            "delete what is no DAG, or join modules in a zip file"
        )
    size = sum(entry.size for entry in found)
    if size > max_bytes:
        largest = max(found, key=lambda entry: entry.size)
        raise CannotCopy(
            f"{source} has {size:,} bytes, a task pod takes {max_bytes:,} (DAG_COPY_MAX_BYTES); the largest is "
            f"{largest.key!r} with {largest.size:,}; keep data outside the DAG folder"
        )


def listed(problems: List[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(problems) - NAMED
    return "; ".join(problems[:NAMED]) + (f"; and {more:,} more" if more > 0 else "")
