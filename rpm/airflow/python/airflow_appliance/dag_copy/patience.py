"""Waiting for an S3 that is away: so long in all, and told once for all threads."""
import random
import threading
import time
from typing import Callable, Optional, TypeVar

from airflow_appliance.dag_copy.errors import Away, CannotCopy

FIRST_PAUSE = 0.2
# A pod begins that soon after S3 has come back.
LONGEST_PAUSE = 5.0
# How often it is told what is waited for.
TELL_SECONDS = 10

Answer = TypeVar("Answer")


class Patience:
    """Asks again until a moment on time.monotonic's clock."""

    def __init__(self, seconds: float, say: Callable[[str], None]):
        self.seconds, self.until = seconds, time.monotonic() + seconds
        self._say = say
        self._lock = threading.Lock()
        self._away_since: Optional[float] = None
        self._told = False
        self._told_at = float("-inf")

    def through(self, ask: Callable[[], Answer]) -> Answer:
        """What a question is answered, however often it takes; CannotCopy when the time is over."""
        pause = FIRST_PAUSE
        while True:
            try:
                answer = ask()
            except Away as problem:
                self._tell(str(problem))
                self.check(str(problem))
                # Pods that began together do not all ask in the same moment.
                time.sleep(min(pause * random.uniform(0.5, 1), max(0, self.until - time.monotonic())))
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                self._answered()
                return answer

    def check(self, last: str) -> None:
        """CannotCopy when the time is over."""
        if time.monotonic() >= self.until:
            raise CannotCopy(f"gave up after {self.seconds:.0f} s: {last}; see whether S3 runs and can be reached from pods")

    def _tell(self, problem: str) -> None:
        with self._lock:
            now = time.monotonic()
            if self._away_since is None:
                self._away_since = now
            if now - self._told_at < TELL_SECONDS:
                return
            self._told, self._told_at = True, now
            left = max(0, self.until - now)
        self._say(f"waiting for S3, {left:.0f} s more at most: {problem}")

    def _answered(self) -> None:
        if self._away_since is None:
            return
        with self._lock:
            since, told = self._away_since, self._told
            self._away_since, self._told = None, False
        if since is not None and told:
            self._say(f"S3 answers again after {time.monotonic() - since:.0f} s")
