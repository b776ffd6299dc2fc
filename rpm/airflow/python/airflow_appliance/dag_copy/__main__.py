"""The init container of a task pod: copies its tenant's DAGs, or says why not."""
import os
import signal
import sys
from typing import Any

from airflow_appliance.dag_copy.copy import copy
from airflow_appliance.dag_copy.errors import CannotCopy
from airflow_appliance.dag_copy.settings import SettingsError, read

# What a container writes there is its reason in the pod's status, and so in the task's log (pod_reason.py).
REASON = "/dev/termination-log"
REFUSED, MISUSED = 1, 2


def main() -> int:
    # The first process of a container ignores signals that it has no handler for.
    signal.signal(signal.SIGTERM, _end)
    try:
        settings = read(os.environ)
        copied = copy(settings, _say)
    except CannotCopy as problem:
        return _fail(REFUSED, str(problem))
    except SettingsError as problem:
        return _fail(MISUSED, str(problem))
    print(f"dag-copy: {copied.files:,} files, {copied.bytes:,} bytes of {settings.source} in {copied.seconds:.2f} s")
    return 0


def _fail(code: int, reason: str) -> int:
    _say(reason)
    if os.path.exists(REASON):
        with open(REASON, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(reason)
    return code


def _say(text: str) -> None:
    print(f"dag-copy: {text}", file=sys.stderr, flush=True)


def _end(number: int, _: Any) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
