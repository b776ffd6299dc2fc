"""The scheduler's role: it starts when DAGs and Kubernetes are there, and its heartbeat has to be fresh."""
import json
import re
import socket
from datetime import datetime, timedelta, timezone
from typing import List, Optional, Tuple

import psycopg2

from airflow_appliance.node import probe
from airflow_appliance.node.database import connect
from airflow_appliance.node.facts import AIRFLOW, Facts
from airflow_appliance.node.supervise import Health, Role

API_SECONDS = 5
# Airflow itself calls a scheduler dead after [scheduler] scheduler_health_check_threshold = 30 s.
STALE_SECONDS = 45
CLOCK_SECONDS = 5
# A job's times are by this node's clock, and are compared with no other.
HEARTBEAT = """
    SELECT max(latest_heartbeat), now() FROM job
    WHERE job_type = 'SchedulerJob' AND state = 'running' AND hostname = ANY(%s) AND start_date > %s
"""


class Scheduler(Role):
    command = [AIRFLOW, "scheduler"]
    interval = 5.0

    def __init__(self, facts: Facts):
        self.environment = facts.environment
        self._facts = facts
        self._marker = probe.MountedFile(facts.marker)
        self._begun = _now()
        self._names = {socket.gethostname()}
        self._found = False
        self._connection = None
        self._ahead = 0

    def blocker(self) -> Optional[str]:
        return self._marker_problem() or self._api_problem()

    def _marker_problem(self) -> Optional[str]:
        problem = self._marker.problem()
        return problem and f"DAG mount: {problem}; see systemctl status airflow-dags"

    def _api_problem(self) -> Optional[str]:
        """What is wrong with the Kubernetes API, asked as the scheduler will ask it."""
        kubernetes = self._facts.kubernetes
        try:
            headers = {"Authorization": f"Bearer {self._token()}"}
            code, body = probe.http_get(kubernetes.api + "/version", API_SECONDS, headers, kubernetes.ca)
            if code != 200:
                return f"Kubernetes API {kubernetes.api}: /version answers {code}; check KUBERNETES_TOKEN"
            found = str(json.loads(body)["gitVersion"])
            if _version(found) < _version(kubernetes.minimum_version):
                return f"Kubernetes API {kubernetes.api} is {found}, but {kubernetes.minimum_version} is the least"
            pods = f"/api/v1/namespaces/{kubernetes.namespace}/pods?limit=1"
            code, _ = probe.http_get(kubernetes.api + pods, API_SECONDS, headers, kubernetes.ca)
        except (OSError, ValueError, KeyError) as problem:
            return f"Kubernetes API {kubernetes.api}: {problem}"
        if code != 200:
            return (
                f"Kubernetes API {kubernetes.api}: listing pods of namespace {kubernetes.namespace} answers {code};"
                " check KUBERNETES_TOKEN and the role of its account"
            )
        return None

    def _token(self) -> str:
        with open(self._facts.runtime / "kubeconfig", encoding="utf-8") as stream:
            return json.load(stream)["users"][0]["user"]["token"]

    def started(self) -> None:
        self._begun, self._found = _now(), False

    def look(self) -> Health:
        alive, text = self._heartbeat()
        mount = self._marker_problem()
        return Health(f"{text}; {mount or 'DAG mount is read'}", ready=alive and "s ago" in text, alive=alive)

    def _heartbeat(self) -> Tuple[bool, str]:
        try:
            age, ahead = self._ages()
        except psycopg2.Error as problem:
            # Without the database nobody knows, and a restart would not bring it back.
            self._connection = None
            return True, f"PostgreSQL cannot be asked for the heartbeat: {problem}"
        host, clock = max(self._names, key=len), self._clock(ahead)
        if age is None:
            return False, f"no heartbeat of a scheduler on {host} yet{clock}"
        if age > STALE_SECONDS:
            return False, f"no heartbeat of the scheduler on {host} for more than {STALE_SECONDS} s{clock}"
        return True, f"heartbeat of {host} less than {STALE_SECONDS} s ago{clock}"

    def _ages(self) -> Tuple[Optional[float], float]:
        """Seconds since the last heartbeat, if any, and by how many this node's clock is ahead of PostgreSQL's."""
        if self._connection is None:
            self._connection = connect(f"airflow-heartbeat@{socket.gethostname()}")
            self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            # Only jobs that began after this child: an earlier one on this node may look alive still.
            now, since = _now(), self._begun - timedelta(seconds=1)
            cursor.execute(HEARTBEAT, (self._known_names(), since))
            latest, server = cursor.fetchone()
            self._found = latest is not None
            return latest and (now - latest).total_seconds(), (now - server).total_seconds()

    def _known_names(self) -> List[str]:
        """Airflow asks DNS once, when its job begins: what is the name then stays the job's, whatever DNS says later."""
        if not self._found:
            self._names.add(socket.getfqdn())
        return sorted(self._names)

    def _clock(self, ahead: float) -> str:
        """What to say of a difference; the same until it is another second, since each new text is a line of the journal."""
        if abs(ahead - self._ahead) > 1:
            self._ahead = round(ahead)
        if abs(self._ahead) <= CLOCK_SECONDS:
            return ""
        return f"; this node's clock is {abs(self._ahead)} s {'ahead of' if self._ahead > 0 else 'behind'} PostgreSQL's"


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _version(text: str) -> Tuple[int, ...]:
    found = re.match(r"v?(\d+)\.(\d+)", text)
    if not found:
        raise ValueError(f"{text!r} is not a Kubernetes version")
    return tuple(int(part) for part in found.groups())
