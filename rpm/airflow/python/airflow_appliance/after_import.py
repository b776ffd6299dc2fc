"""Changes Airflow's modules at the moment they are imported, and only if they are the ones that are known."""
import hashlib
import importlib.abc
import importlib.machinery
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, Dict, Optional, Sequence


class UnknownCode(Exception):
    """Airflow's code is not the one that this package was written for."""


@dataclass(frozen=True)
class Change:
    """What is to be done to a module whose source has this digest."""

    sha256: str
    apply: Callable[[ModuleType], None]

    def __call__(self, module: ModuleType) -> None:
        found = hashlib.sha256(Path(module.__file__).read_bytes()).hexdigest()
        if found != self.sha256:
            raise UnknownCode(
                f"{module.__name__}: its source has sha256 {found}, airflow_appliance was written for {self.sha256}; "
                "compare the two and adapt airflow_appliance before this Airflow is used"
            )
        self.apply(module)


class AfterImport(importlib.abc.MetaPathFinder):
    """Applies a change to each named module: now if it is imported already, else when it is."""

    def __init__(self, changes: Dict[str, Change]):
        self._changes = dict(changes)

    def install(self) -> None:
        for name in [name for name in self._changes if name in sys.modules]:
            self._changes.pop(name)(sys.modules[name])
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Optional[Sequence[str]], target: Any = None) -> Any:
        change = self._changes.get(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path) if change else None
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def run_and_change(module: ModuleType) -> None:
            run(module)
            change(module)

        spec.loader.exec_module = run_and_change
        return spec
