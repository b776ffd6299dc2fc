"""A few bytes that the processes of one server have in common."""
import fcntl
import logging
import os
import threading
import time
from contextlib import contextmanager
from typing import Iterator

from airflow_appliance.fetch import TIMEOUT

log = logging.getLogger(__name__)

# Seconds: somewhat more than one of them needs for a fetch.
PATIENCE = TIMEOUT + 1


class Common:
    """Memory of this process and of all that are forked from it later, for one of them at a time.

    It has no name and ends with the last of them. Other users cannot reach it; whoever runs as the same user can, by /proc.
    Where the system gives none, each process is alone with what it knows, and so is one that has waited too long for its turn.
    """

    def __init__(self) -> None:
        self._threads = threading.Lock()
        try:
            self._file = os.fdopen(os.memfd_create("appliance-common"), "r+b", buffering=0)
        except (AttributeError, OSError) as problem:
            log.warning("processes of this server cannot tell each other anything: %s", problem)
            self._file = None
        self._is_held = False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other thread or process is in here meanwhile; one that dies in here lets the next one in.

        One that is stopped in here is not waited for longer than PATIENCE.
        """
        with self._threads:
            self._is_held = self._lock()
            try:
                yield
            finally:
                if self._is_held:
                    self._is_held = False
                    fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _lock(self) -> bool:
        if not self._file:
            return False
        until = time.monotonic() + PATIENCE
        while True:
            try:
                # Unlike flock's, this lock is not inherited with the file, and a process's end ends it.
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except OSError as problem:
                if time.monotonic() > until:
                    log.warning("another process of this server keeps what they have in common: %s", problem)
                    return False
            time.sleep(0.02)

    def read(self) -> bytes:
        """What was written last; empty at first, and anything at all if the writer was killed in the middle of it."""
        return os.pread(self._file.fileno(), os.fstat(self._file.fileno()).st_size, 0) if self._is_held else b""

    def write(self, content: bytes) -> bytes:
        """For the others; gives what they read then."""
        if not self._is_held:
            return b""
        try:
            os.pwrite(self._file.fileno(), content, 0)
            os.ftruncate(self._file.fileno(), len(content))
        except OSError as problem:
            log.warning("other processes of this server cannot be told: %s", problem)
        return self.read()
