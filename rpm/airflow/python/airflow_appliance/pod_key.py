"""What a pod is for. One that somebody copied or made by hand has the executor's labels, and may not say it.

In Airflow 2.2 such a pod ends whoever lists it or watches it: every scheduler, again and again.
"""
import logging
from types import ModuleType, SimpleNamespace
from typing import Any, Iterator, Optional, Set

log = logging.getLogger(__name__)

REMEMBERED = 1000
_told: Set[str] = set()


def key_of(pod: Any) -> Optional[Any]:
    """The key of the pod's task; None when its annotations name none."""
    from airflow.kubernetes.kubernetes_helper_functions import annotations_to_key

    try:
        return annotations_to_key(pod.metadata.annotations)
    except (KeyError, TypeError, ValueError) as problem:
        _tell(pod, problem)
        return None


def _tell(pod: Any, problem: Exception) -> None:
    """Once: it is listed again and again."""
    name = f"{pod.metadata.namespace}/{pod.metadata.name}"
    if name in _told:
        return
    if len(_told) >= REMEMBERED:
        _told.clear()
    _told.add(name)
    log.warning(
        "pod %s has the executor's labels and names no task in its annotations (%s: %s), so it is left alone;"
        " remove the label kubernetes_executor, or airflow-worker, from a copy",
        name, type(problem).__name__, problem,
    )


def watch_known(module: ModuleType) -> None:
    """The executor's watcher hears of pods of tasks only."""

    class Watch(module.watch.Watch):
        def stream(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
            for event in super().stream(*args, **kwargs):
                if event["type"] == "ERROR" or key_of(event["object"]):
                    yield event

    module.watch = SimpleNamespace(Watch=Watch)
