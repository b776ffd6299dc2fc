"""The loop around one child process that systemd sees as the unit's main process.

READY is sent when the role really answers, WATCHDOG only while it does, and STATUS says what is missing.
"""
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional

from airflow_appliance.node import notify

SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGABRT, signal.SIGCHLD}
WAIT_SECONDS = 2
OURS = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}


@dataclass(frozen=True)
class Health:
    """What a look at the child found; `alive` earns a watchdog ping, `dead` ends the unit at once."""

    text: str
    ready: bool = False
    alive: bool = True
    dead: bool = False


class Role:
    """What differs between the units; every call returns within seconds."""

    command: List[str] = []
    environment: Optional[Path] = None  # the file that systemd read this program's environment from
    interval = 5.0
    start_seconds: Optional[float] = 300.0  # a busy node needs two minutes
    stop_seconds = 40.0

    def blocker(self) -> Optional[str]:
        """Why the child cannot start yet, or None."""
        return None

    def started(self) -> None:
        """The child was started just now."""

    def look(self) -> Health:
        """How the running child is."""
        raise NotImplementedError

    def ended(self) -> None:
        """The child is gone; tidy up after it."""


def run(role: Role) -> int:
    """Run the role until it is told to stop (0) or has to be restarted by systemd (1)."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    return _Supervisor(role).run()


def fingerprint(file: Optional[Path]) -> Optional[tuple]:
    """Which version of a file stands there; it is always replaced as a whole."""
    try:
        found = file.stat() if file else None
    except OSError:
        found = None
    return found and (found.st_ino, found.st_mtime_ns)


class _Stop(Exception):
    """A signal asked for the end; the argument is its number."""


class _Supervisor:
    def __init__(self, role: Role):
        self._role = role
        self._status = notify.Status()
        self._child: Optional[subprocess.Popen] = None
        self._born = fingerprint(role.environment)

    def run(self) -> int:
        try:
            while True:
                if not self._wait_until_possible():
                    return 1
                self._start()
                code = self._watch()
                if code is not None:
                    return code
        except _Stop as stop:
            # systemd sends SIGABRT when the watchdog was not fed: then the child does not listen either.
            notify.send("STOPPING=1", "STATUS=stopping")
            self._end(0 if stop.args[0] == signal.SIGABRT else self._role.stop_seconds)
            return 1 if stop.args[0] == signal.SIGABRT else 0

    def _wait_until_possible(self) -> bool:
        """Whether the child may start; not so when secrets or code were renewed while this waited."""
        while True:
            reason = self._role.blocker()
            if fingerprint(self._role.environment) != self._born:
                # systemd restarts only what has started, so a program that still waits sees to it itself.
                self._status.say("the secrets were derived anew: restarting")
                return False
            if reason is None:
                return True
            self._status.say(f"waiting: {reason}")
            notify.extend()
            notify.send("WATCHDOG=1")
            self._pause(WAIT_SECONDS)

    def _start(self) -> None:
        self._child = subprocess.Popen(
            self._role.command,
            stdin=subprocess.DEVNULL,
            # gunicorn would tell systemd that it is ready itself.
            env={key: value for key, value in os.environ.items() if key not in OURS},
            preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS),
        )
        self._role.started()

    def _watch(self) -> Optional[int]:
        """1 when systemd shall restart the unit, None when a child that was never ready is to be tried again."""
        begun, ready = time.monotonic(), False
        while True:
            code = self._child.poll()
            if code is not None:
                return self._child_ended(code, ready)
            health = self._role.look()
            self._status.say(health.text)
            if health.dead:
                self._end(self._role.stop_seconds)
                return 1
            if health.ready and not ready:
                ready = True
                notify.send("READY=1")
            if health.alive:
                notify.send("WATCHDOG=1")
            if not ready:
                late = self._role.start_seconds
                if late is not None and time.monotonic() - begun > late:
                    self._status.say(f"not ready after {late:.0f} s: {health.text}")
                    self._end(self._role.stop_seconds)
                    return 1
                notify.extend()
            self._pause(self._role.interval if ready else 1)

    def _child_ended(self, code: int, ready: bool) -> Optional[int]:
        how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
        self._status.say(f"{self._role.command[0]} {how}; its last messages are in the journal")
        self._role.ended()
        if ready or self._role.start_seconds is not None:
            return 1
        # A role without a deadline keeps its status line and tries again by itself.
        notify.extend()
        self._pause(WAIT_SECONDS)
        return None

    def _pause(self, seconds: float) -> None:
        """Sleep, but wake up when the child ends; raise when told to stop."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            got = signal.sigtimedwait(SIGNALS, max(0.0, until - time.monotonic()))
            if got is None:
                return
            if got.si_signo != signal.SIGCHLD:
                raise _Stop(got.si_signo)
            if self._child is not None and self._child.poll() is not None:
                return

    def _end(self, grace: float) -> None:
        child = self._child
        if child is not None and child.poll() is None:
            if grace > 0:
                child.terminate()
                try:
                    child.wait(grace)
                except subprocess.TimeoutExpired:
                    pass
            if child.poll() is None:
                child.kill()
                child.wait()
        self._role.ended()
