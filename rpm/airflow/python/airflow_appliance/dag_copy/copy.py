"""All files of a prefix, or none: copied beside the target, compared with S3 once more, and renamed."""
import errno
import os
import queue
import threading
import time
from ssl import SSLContext
from typing import Any, Callable, Container, Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from airflow_appliance.dag_copy import names, record, trust
from airflow_appliance.dag_copy.bucket import Bucket
from airflow_appliance.dag_copy.errors import CannotCopy, Changed, NoFile
from airflow_appliance.dag_copy.line import SECONDS
from airflow_appliance.dag_copy.names import Entry
from airflow_appliance.dag_copy.patience import Patience
from airflow_appliance.dag_copy.record import RECORD
from airflow_appliance.dag_copy.settings import Settings
from airflow_appliance.dag_copy.staging import Staging
from airflow_appliance.mount import MARKER, MARKER_TEXT

# Less than [kubernetes] worker_pods_pending_timeout, after which the pod is deleted and has not said why.
WAIT_SECONDS = 540
THREADS = 16
# A team that uploads, or replaces all its files, is waited for: 1, 2, 4, 8 and three times 10 s.
TRIES = 8
LONGEST_PAUSE = 10

Fetched = Tuple[Entry, Optional[str], Optional[Exception]]


class Copied(NamedTuple):
    """What there is now."""

    files: int
    bytes: int
    seconds: float


def copy(settings: Settings, say: Callable[[str], None]) -> Copied:
    """Makes the target; CannotCopy says why there is none."""
    began = time.monotonic()
    context = trust.context(settings)
    try:
        with Staging(settings.target, settings.folder) as staging:
            versions = _Copy(settings, context, staging, say).run()
            seconds = time.monotonic() - began
            staging.publish({RECORD: record.text(settings.source, versions, seconds), MARKER: MARKER_TEXT + b"\n"})
    except OSError as problem:
        # Of the disk: S3's are waited for or told where they occur.
        no_room = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = "give it more room" if no_room else "it has to be there, and this user's to write"
        place = problem.filename or settings.target
        raise CannotCopy(f"{place}: {problem.strerror}; the volume is {settings.target.parent}: {advice}") from problem
    return Copied(len(versions), sum(entry.size for entry in versions), time.monotonic() - began)


class _Copy:
    """Looks until S3 shows the same before and after; what is there already is not fetched again."""

    def __init__(self, settings: Settings, context: Optional[SSLContext], staging: Staging, say: Callable[[str], None]):
        self._settings, self._staging, self._say = settings, staging, say
        self._patience = Patience(WAIT_SECONDS, say)
        self._connect = lambda: Bucket(settings, context, self._patience)
        self._bucket = self._connect()
        self._versions: Dict[Entry, Optional[str]] = {}

    def run(self) -> Dict[Entry, Optional[str]]:
        refused: Dict[Entry, NoFile] = {}
        try:
            for number in range(1, TRIES + 1):
                before = self._listing()
                again = self._complete(before)
                after = self._listing()
                # Once may be what was away for a moment: keys that may not list the whole bucket are refused what is gone.
                self._judge({entry: problem for entry, problem in again.items() if entry in refused}, after)
                refused = again
                change = _change(before, after, self._versions, refused)
                if not change:
                    return self._versions
                if number < TRIES:
                    self._say(f"{self._settings.source} {change}; looking again, {number + 1} of {TRIES}")
                    time.sleep(min(2 ** (number - 1), LONGEST_PAUSE))
        finally:
            self._bucket.close()
        advice = "publish the DAGs there, or correct the tenant's dagPrefix in cluster.yaml"
        if after:
            advice = "run the task again when the upload is over"
        raise CannotCopy(f"{self._settings.source} {change}, and this was look {TRIES} of {TRIES}; {advice}")

    def _listing(self) -> List[Entry]:
        settings = self._settings
        found = names.files(self._bucket.list(), settings.prefix, settings.source)
        names.check_room(found, settings.source, settings.max_files, settings.max_bytes)
        return found

    def _complete(self, listing: List[Entry]) -> Dict[Entry, NoFile]:
        """Everything of the listing is there and nothing else, but what has changed meanwhile, and what S3 refused."""
        for entry in self._versions.keys() - set(listing):
            self._staging.remove(self._path(entry))
            del self._versions[entry]
        self._staging.make_folders(self._path(entry) for entry in listing)
        lacking = [entry for entry in listing if entry not in self._versions]
        refused: Dict[Entry, NoFile] = {}
        for entry, version, problem in self._fetched(lacking):
            if isinstance(problem, NoFile):
                refused[entry] = problem
            elif problem is None:
                self._versions[entry] = version
            elif not isinstance(problem, Changed):
                raise problem
        return refused

    def _judge(self, refused: Dict[Entry, NoFile], listing: List[Entry]) -> None:
        """Raises what S3 refused and still lists."""
        problems = [refused[entry] for entry in listing if entry in refused]
        if problems:
            what = names.listed(sorted(problem.problem for problem in problems))
            advice = "; ".join(sorted({problem.advice for problem in problems}))
            raise CannotCopy(f"{self._settings.source}: {what}; {advice}")

    def _fetched(self, lacking: List[Entry]) -> Iterator[Fetched]:
        """Each with its version or what went wrong, as they arrive."""
        todo: "queue.SimpleQueue[Entry]" = queue.SimpleQueue()
        done: "queue.SimpleQueue[Fetched]" = queue.SimpleQueue()
        for entry in lacking:
            todo.put(entry)
        stop = threading.Event()
        try:
            for _ in range(min(THREADS, len(lacking))):
                # Daemons: one that hangs may not hold up the end of the process.
                threading.Thread(target=self._work, args=(todo, done, stop), daemon=True).start()
            for number in range(len(lacking)):
                # A thread that gives up says more than this.
                left = self._patience.until - time.monotonic() + 2 * SECONDS
                try:
                    yield done.get(timeout=max(0, left))
                except queue.Empty:
                    self._patience.check(f"{number} of {len(lacking)} files had arrived")
        finally:
            stop.set()

    def _work(self, todo: Any, done: Any, stop: threading.Event) -> None:
        bucket = self._connect()
        while not stop.is_set():
            try:
                entry = todo.get_nowait()
            except queue.Empty:
                break
            path = self._staging.path(self._path(entry))
            try:
                done.put((entry, bucket.fetch(entry, path), None))
            except Exception as problem:  # is raised, or judged, by who asked
                if os.path.exists(path):
                    os.unlink(path)
                done.put((entry, None, problem))
        bucket.close()

    def _path(self, entry: Entry) -> str:
        return entry.key[len(self._settings.prefix) :]


def _change(
    before: List[Entry], after: List[Entry], copied: Iterable[Entry], refused: Container[Entry]
) -> Optional[str]:
    """What keeps a copy from being S3's state of one moment; None if nothing does."""
    if not after:
        return "has no file"
    then, now = {entry.key: entry for entry in before}, {entry.key: entry for entry in after}
    changes = {
        "added": now.keys() - then.keys(),
        "deleted": then.keys() - now.keys(),
        "changed": {key for key in then.keys() & now.keys() if then[key] != now[key]},
    }
    if not any(changes.values()):
        lacking = min(set(after) - set(copied), default=None)
        if lacking is None:
            return None
        return f"lists {lacking.key!r} and {'does not give it' if lacking in refused else 'has it in another state'}"
    return "changed while it was copied: " + ", ".join(
        f"{len(keys):,} {what} ({min(keys)!r})" for what, keys in changes.items() if keys
    )
