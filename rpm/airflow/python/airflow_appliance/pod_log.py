"""The log of a task whose pod ended, where Airflow's own handler would have put it.

The handler's own write is not used: it takes a log that it could not read for an empty one and replaces it.
"""
import json
import logging
import os
import time
from datetime import datetime
from typing import Any, Dict, List, Optional, Tuple

# Of a pod's output; Kubernetes keeps 10 MiB of a container by default, and a reader of a log wants its end.
MAX_LINES = 10_000
MAX_BYTES = 1 << 20
READ_SECONDS = 10
# S3 has no appending: a log is read, and written as a whole.
MAX_LOG_BYTES = 64 << 20
CONNECT_SECONDS = 3
ANSWER_SECONDS = 10


class Unwritable(Exception):
    """The log cannot be completed; says why."""


def output(client: Any, pod: str, namespace: str) -> str:
    """The end of what the task's container printed, or a line that says why there is none."""
    deadline = time.monotonic() + READ_SECONDS
    kept, cut = b"", False
    try:
        answer = client.read_namespaced_pod_log(
            name=pod, namespace=namespace, container="base", tail_lines=MAX_LINES,
            _preload_content=False, _request_timeout=(CONNECT_SECONDS, READ_SECONDS),
        )
        try:
            for chunk in answer.stream(64 * 1024):
                kept += chunk
                if len(kept) > MAX_BYTES:
                    kept, cut = kept[-MAX_BYTES:], True
                if time.monotonic() > deadline:
                    raise TimeoutError(f"took longer than {READ_SECONDS} s")
        finally:
            answer.close()
    except Exception as problem:  # whatever Kubernetes' client may throw: the reason is still to be told
        trouble = f"*** The pod's output could not be read: {_short(problem)}"
        return "\n".join(part for part in (kept.decode("utf-8", "replace"), trouble) if part)
    text = kept.decode("utf-8", "replace")
    return "*** The beginning of the pod's output is left out\n" + text.partition("\n")[2] if cut else text


def last_warning(client: Any, pod: str, namespace: str) -> Optional[str]:
    """What Kubernetes last warned of about the pod; None if nothing can be found."""
    try:
        answer = client.list_namespaced_event(
            namespace, field_selector=f"involvedObject.name={pod},type=Warning", limit=100,
            _preload_content=False, _request_timeout=(CONNECT_SECONDS, READ_SECONDS),
        )
        items = json.loads(answer.data)["items"]
    except Exception:  # a help only
        logging.getLogger(__name__).info("events of pod %s could not be read", pod, exc_info=True)
        return None
    last = max(items, key=lambda item: item.get("lastTimestamp") or item.get("eventTime") or "", default=None)
    return last and f"{last.get('reason')}: {last.get('message')}"


def completed(log: str, printed: str, last: str, mark: str) -> Optional[str]:
    """The log with what it lacks of the pod's output and the last line; None if the mark is in it already.

    The log may have all of it (the worker's upload), nothing (no upload), or only what another pod of the same
    try wrote, as for a sensor that is rescheduled. A line with its time is what both have in common.
    """
    if mark in log:
        return None
    there = set(log.splitlines())
    lines = printed.splitlines()
    common = [number for number, line in enumerate(lines) if line.startswith("[") and line in there]
    lacking = lines[common[-1] + 1 :] if common else lines
    return "\n".join([*([log.rstrip("\n")] if log else []), *lacking, last, ""])


class RemoteLog:
    """The object of S3 that Airflow's pages show for one try of a task."""

    def __init__(self, handler: Any, task_instance: Any, try_number: int):
        self.location = os.path.join(handler.remote_base, handler._render_filename(task_instance, try_number))
        self._place: Optional[Tuple[str, str]] = None
        self._client: Any = None

    def complete(self, printed: str, last: str, mark: str) -> None:
        """Make the log end with the last line; Unwritable or the S3 client's error if it cannot be done."""
        before = self._read()
        after = completed(before, printed, last, mark)
        if after is not None:
            self._write(after)

    def _connect(self) -> Tuple[Any, Dict[str, str]]:
        # Only a process that writes a log needs these, and they take a second to load.
        from airflow.configuration import conf
        from airflow.providers.amazon.aws.hooks.s3 import S3Hook
        from botocore.config import Config

        if self._client is None:
            bounds = Config(connect_timeout=CONNECT_SECONDS, read_timeout=ANSWER_SECONDS, retries={"max_attempts": 1})
            hook = S3Hook(conf.get("logging", "remote_log_conn_id"))
            # The hook takes what the connection says in place of what its caller says; both are needed.
            hook.get_session()
            self._client = hook.get_client_type(config=hook.config.merge(bounds) if hook.config else bounds)
            self._place = S3Hook.parse_s3_url(self.location)
        bucket, key = self._place
        return self._client, {"Bucket": bucket, "Key": key}

    def _read(self) -> str:
        client, place = self._connect()
        try:
            found = client.get_object(**place)
        except client.exceptions.NoSuchKey:
            return ""
        if found["ContentLength"] > MAX_LOG_BYTES:
            raise Unwritable(f"{self.location} has {found['ContentLength'] >> 20} MiB, too much to be written anew")
        return found["Body"].read().decode("utf-8", "replace")

    def _write(self, text: str) -> None:
        from airflow.configuration import conf

        client, place = self._connect()
        encrypted = conf.getboolean("logging", "encrypt_s3_logs")
        client.put_object(
            Body=text.encode("utf-8", "replace"), **place, **({"ServerSideEncryption": "AES256"} if encrypted else {})
        )


def line(message: str, source: str, level: int = logging.ERROR) -> str:
    """As the worker's handler writes it: Airflow's pages take a time for one of the default time zone, as pods have it."""
    from airflow.configuration import conf
    from airflow.settings import TIMEZONE

    form = logging.Formatter(conf.get("logging", "log_format"))
    form.converter = lambda seconds: datetime.fromtimestamp(seconds, TIMEZONE).timetuple()
    record = logging.LogRecord("airflow.task", level, source, 1, message, None, None)
    return form.format(record)


def handler() -> Any:
    """The handler by which Airflow's pages read logs; None where logs stay on the machine."""
    from airflow.configuration import conf

    name = conf.get("logging", "task_log_reader")
    handlers: List[Any] = logging.getLogger("airflow.task").handlers
    found = next((each for each in handlers if each.name == name), None)
    return found if getattr(found, "remote_base", "").startswith("s3://") else None


def _short(problem: BaseException) -> str:
    """An API error's own text has the whole answer in it."""
    status, said = getattr(problem, "status", None), getattr(problem, "reason", None)
    return f"{status} {said}" if status else f"{type(problem).__name__}: {problem}"
