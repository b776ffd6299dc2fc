"""Whether the DAG folder is really the mounted bucket; needs nothing but the standard library."""
import os
from pathlib import Path

MARKER = ".airflow-appliance"
MARKER_TEXT = b"airflow-appliance"


class MountGone(Exception):
    """The DAG folder is not, or no longer, the mounted bucket."""


class Hold:
    """An open handle on the mount: should the mount die, it stays dead for this handle, even after a new mount."""

    def __init__(self, folder: Path):
        self._folder = folder
        try:
            self._fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as problem:
            raise MountGone(f"{folder}: {problem.strerror}") from problem

    def __enter__(self) -> "Hold":
        try:
            self.check()
        except MountGone:
            os.close(self._fd)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def check(self) -> None:
        """Read the marker through the handle, which asks the mount's server and not the kernel's cache."""
        try:
            marker = os.open(MARKER, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._fd)
            try:
                text = os.read(marker, 100)
            finally:
                os.close(marker)
        except OSError as problem:
            raise MountGone(f"{self._folder}/{MARKER}: {problem.strerror}") from problem
        if text.strip() != MARKER_TEXT:
            raise MountGone(f"{self._folder}/{MARKER}: holds {text!r}, must hold {MARKER_TEXT!r}")
