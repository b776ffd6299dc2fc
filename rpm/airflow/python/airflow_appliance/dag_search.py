"""The search of the DAG folder in a process of its own: a hanging mount hangs that one, and it can be killed."""
import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any, Callable, Optional

from airflow_appliance import settings
from airflow_appliance.dag_folder import Listing, safe_mode, search
from airflow_appliance.mount import Hold, MountGone

LONGEST = 300
ANSWER = 10
PATIENCE = 0.5


class SearchFailed(Exception):
    """What was in the DAG folder could not be found out."""


class Search:
    """At most one search at a time; what it says first is that the mount answers, `result` waits PATIENCE at most."""

    def __init__(self, folder: Path, directory: str, clock: Callable[[], float] = time.monotonic):
        self._folder, self._directory, self._clock = folder, str(directory), clock
        self._process: Any = None
        self._answer: Any = None
        self._started = 0.0
        self._answers = False

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def is_stuck(self) -> bool:
        """Whether the mount has not even given its marker, long after it was asked."""
        return self.is_running and not self._answers and self._clock() - self._started > ANSWER

    def start(self) -> None:
        context = multiprocessing.get_context("fork")
        self._answer, sender = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_run, args=(sender, self._folder, self._directory), name="dag-folder-search", daemon=True
        )
        self._started, self._answers = self._clock(), False
        self._process.start()
        sender.close()

    def result(self) -> Optional[Listing]:
        """The listing, or None while it is not known yet; SearchFailed when it will not be."""
        deadline = self._clock() + PATIENCE
        while self._answer.poll(max(0.0, deadline - self._clock())):
            found = self._received()
            if found is not True:
                return self._listing(found)
            self._answers = True
        if self._clock() - self._started > LONGEST:
            return self._listing(f"{self._folder}: the search has been hanging for {LONGEST} s")
        return None

    def _received(self) -> Any:
        try:
            return self._answer.recv()
        except EOFError:
            return "the search ended without a result"

    def _listing(self, found: Any) -> Listing:
        self.stop()
        if isinstance(found, Listing):
            return found
        raise SearchFailed(found)

    def stop(self) -> None:
        """A process that waits for a mount can be killed, though not ended in any milder way."""
        if self._process is None:
            return
        self._process.kill()
        self._process.join(PATIENCE)
        self._answer.close()
        self._process = None


def _run(sender: Any, folder: Path, directory: str) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    try:
        with Hold(folder):
            sender.send(True)
        teams = tuple(each.dag_prefix for each in settings.load().tenants)
        found: Any = search(folder, directory, safe_mode(), teams)
    except MountGone as problem:
        found = str(problem)
    except Exception as problem:
        found = f"{type(problem).__name__}: {problem}"
    sender.send(found)
    sender.close()
    # Nothing of the parent's, such as its database connections, is to be tidied up from here.
    os._exit(0)
