"""A few bytes that the processes of one server have in common."""
import fcntl
import logging
import os
import threading
from contextlib import contextmanager
from typing import Iterator

log = logging.getLogger(__name__)


class Common:
    """Memory of this process and of all that are forked from it later, for one of them at a time.

    It has no name by which others could reach it, and ends with the last of them. Where the system gives none, each process
    is alone with what it knows.
    """

    def __init__(self) -> None:
        self._threads = threading.Lock()
        try:
            self._file = os.fdopen(os.memfd_create("appliance-common"), "r+b", buffering=0)
        except OSError as problem:
            log.warning("processes of this server cannot tell each other anything: %s", problem)
            self._file = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other thread or process is in here meanwhile; one that dies in here lets the next one in."""
        with self._threads:
            if not self._file:
                yield
                return
            # Unlike flock's, this lock is not inherited with the file, and a process's end ends it.
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def read(self) -> bytes:
        """What was written last; empty at first, and anything at all if the writer was killed in the middle of it."""
        return os.pread(self._file.fileno(), os.fstat(self._file.fileno()).st_size, 0) if self._file else b""

    def write(self, content: bytes) -> bytes:
        """For the others; gives what they read then."""
        if not self._file:
            return b""
        try:
            os.pwrite(self._file.fileno(), content, 0)
            os.ftruncate(self._file.fileno(), len(content))
        except OSError as problem:
            log.warning("other processes of this server cannot be told: %s", problem)
        return self.read()
