"""What a task leaves behind of itself, inside its pod.

Airflow 2.2 keeps a task's log in a file of the pod and uploads it when the task ends: with the pod, the log
dies too. Here it is the container's output besides, where Kubernetes keeps it and the scheduler fetches it
(`pod_end.py`), and the webserver shows it while the task runs. And a task whose process was killed while the
rest of the pod lives on says why, as does one whose pod could not be made for a while.
"""
import os
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Optional

from airflow_appliance.after_import import AfterImport, Change

# Of control groups' version 2 and 1: the file that counts the kernel's kills, and the one with the limit.
MEMORY = (("memory.events", "memory.max"), ("memory/memory.oom_control", "memory/memory.limit_in_bytes"))
CGROUPS = Path("/sys/fs/cgroup")
# A scheduler gives it to a pod that it could not make at once: what the task's log begins with.
WAITED = "AIRFLOW_APPLIANCE_WAITED"


def in_worker_pod() -> bool:
    """Airflow says it to each pod of its executor."""
    return os.environ.get("AIRFLOW_IS_K8S_EXECUTOR_POD") == "True"


def install() -> None:
    """Change this process and its children; UnknownCode if Airflow is not the one that is known."""
    AfterImport(
        {
            "airflow.utils.log.file_task_handler": Change(
                sha256="5d79f10b00f4647626a9453bd575a2bf4265acd18c2d2e4152f13db55a022147", apply=_echo
            ),
            "airflow.jobs.local_task_job": Change(
                sha256="4a85924207b4a8d87e77a9c0515641b18a44e695e3519d98b92de09f7d6f01af", apply=_say_why
            ),
        }
    ).install()


def _echo(module: ModuleType) -> None:
    to_file = module.FileTaskHandler.emit

    def emit(handler: Any, record: Any) -> None:
        to_file(handler, record)
        if not handler.handler:
            return
        try:
            _print(handler.handler.format(record))
        except Exception:
            pass  # a wrong format, a closed output, a signal within a write: the file has told it, the task goes on

    module.FileTaskHandler.emit = emit


def _print(text: str) -> None:
    """To the container's output: sys.stdout leads back into the log while a task runs."""
    output = sys.__stdout__
    # What was printed before has its place before.
    output.flush()
    output.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    output.buffer.flush()


def _say_why(module: ModuleType) -> None:
    make_runner, handle = module.get_task_runner, module.LocalTaskJob.handle_task_exit

    def get_task_runner(job: Any) -> Any:
        """What opens the task's log."""
        runner = make_runner(job)
        waited = os.environ.pop(WAITED, None)
        if waited:
            job.log.warning("%s", waited)
        return runner

    def handle_task_exit(job: Any, return_code: int) -> None:
        """Airflow's own sets the state, by which a task that was killed fails or is tried again at once."""
        try:
            handle(job, return_code)
        finally:
            if return_code == -signal.SIGKILL:
                job.log.error("The task's process was %s", _killed_by())

    module.get_task_runner, module.LocalTaskJob.handle_task_exit = get_task_runner, handle_task_exit


def _killed_by() -> str:
    for counter, limit in MEMORY:
        kills = _value(CGROUPS / counter, "oom_kill")
        if kills:
            allowed = _size(_text(CGROUPS / limit))
            return (
                f"killed by the kernel: out of memory, limit {allowed}; ask for more by pod_override, "
                "or for all tasks by workers.memoryLimit of cluster.yaml"
            )
    return (
        "killed with SIGKILL by something in or beside the pod; "
        "the kernel counts no kill for want of memory in this container"
    )


def _value(file: Path, name: str) -> int:
    """A line `name 3` of a control group's file; 0 if there is none."""
    for line in _text(file).splitlines():
        words = line.split()
        if len(words) == 2 and words[0] == name and words[1].isdigit():
            return int(words[1])
    return 0


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _size(limit: str) -> str:
    """Bytes in whole MiB as people write them; version 1 says `no limit` by a huge number, version 2 by `max`."""
    number: Optional[int] = int(limit) if limit.isdigit() else None
    if number is None or number >= 1 << 60:
        return "of the machine"
    return f"{number / (1 << 20):.0f}Mi"
