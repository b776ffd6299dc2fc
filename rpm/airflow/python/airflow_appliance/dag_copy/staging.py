"""The folder in which a copy grows until it is whole."""
import os
from pathlib import Path
from typing import Iterable, Mapping, Set

from airflow_appliance.dag_copy.names import folders

FILE_MODE = 0o444
FOLDER_MODE = 0o555


class Staging:
    """Stands beside the target, since a folder is renamed within a volume only; what is there from before goes."""

    def __init__(self, target: Path, folder: str):
        self._target = target
        self._root = target.with_name(f".{target.name}.new")
        self._files = str(self._root / folder)
        self._folders: Set[str] = set()

    def __enter__(self) -> "Staging":
        # Kubernetes runs an init container again when it has lost the pod's sandbox.
        _remove(self._target)
        _remove(self._root)
        os.makedirs(self._files)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            _remove(self._root)
        except OSError:
            # Of a copy that failed, threads may still write; what they failed of is to be told.
            if kind is None:
                raise

    def path(self, file: str) -> str:
        return f"{self._files}/{file}"

    def make_folders(self, files: Iterable[str]) -> None:
        """Those that the files stand in, and no others: a file may have the name of a folder that was."""
        wanted = {folder for file in files for folder in folders(file)}
        for folder in sorted(self._folders - wanted, reverse=True):
            os.rmdir(self.path(folder))
        for folder in sorted(wanted - self._folders):
            os.mkdir(self.path(folder))
        self._folders = wanted

    def remove(self, file: str) -> None:
        os.unlink(self.path(file))

    def publish(self, beside: Mapping[str, bytes]) -> None:
        """Puts further files at the top, and lets the target appear."""
        for name, text in beside.items():
            file = self._root / name
            file.unlink(missing_ok=True)
            file.write_bytes(text)
            file.chmod(FILE_MODE)
        for root, _, _ in os.walk(self._root, topdown=False):
            os.chmod(root, FOLDER_MODE)
        os.rename(self._root, self._target)


def _remove(tree: Path) -> None:
    if not os.path.lexists(tree):
        return
    # Loads what a first copy needs no millisecond of.
    import shutil

    for root, _, _ in os.walk(tree):
        os.chmod(root, 0o700)
    shutil.rmtree(tree)
