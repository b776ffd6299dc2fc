"""The DAG mount's role: s3fs in the foreground, judged by real reads of the marker object."""
import grp
import os
import re
import subprocess
import sys
import time
from typing import List, Optional

from airflow_appliance.node import probe
from airflow_appliance.node.facts import Facts
from airflow_appliance.node.supervise import Health, Role

S3FS = "/usr/bin/s3fs"
S3_SECONDS = 3
# How long reads may fail while S3 itself answers, before s3fs is taken to be stuck.
STUCK_SECONDS = 8


class Dags(Role):
    interval = 2.0
    start_seconds = None
    stop_seconds = 10.0

    def __init__(self, facts: Facts):
        self.environment = facts.environment
        self._facts = facts
        self._marker = probe.MountedFile(facts.marker)
        self._failing_since: Optional[float] = None
        self._read_once = False
        if facts.ca:
            os.environ["CURL_CA_BUNDLE"] = facts.ca  # how s3fs learns of a private CA
        self.command = command(facts, grp.getgrnam("airflow").gr_gid)

    def blocker(self) -> Optional[str]:
        self._clean()
        return self._s3_problem()

    def started(self) -> None:
        self._failing_since, self._read_once = None, False
        self._marker = probe.MountedFile(self._facts.marker)

    def ended(self) -> None:
        self._clean()

    def look(self) -> Health:
        problem = self._marker.problem()
        where = f"s3://{self._facts.store.bucket}/{self._facts.store.dag_prefix}"
        if problem is None:
            self._failing_since, self._read_once = None, True
            return Health(f"{where} is mounted at {self._facts.dags} and read", ready=True)
        if "No such file" in problem and not self._read_once and not self._s3_problem():
            return Health(f"{self._facts.marker.name} is missing in {where}: run `appliance bucket prepare`")
        if self._read_once and (probe.NOT_MOUNTED in problem or "not connected" in problem):
            return Health(f"the mount is dead: {problem}; mounting again", dead=True)
        return self._failing(problem)

    def _failing(self, problem: str) -> Health:
        """S3 away: s3fs recovers by itself once S3 is back. S3 there and reads failing: s3fs is stuck."""
        away = self._s3_problem()
        if away:
            self._failing_since = None
            return Health(f"{away}; no DAG is read until it answers")
        now = time.monotonic()
        self._failing_since = self._failing_since or now
        if now - self._failing_since > STUCK_SECONDS:
            return Health(f"S3 answers, but {problem}; mounting again", dead=True)
        return Health(f"{problem}; S3 answers, waiting for s3fs")

    def _s3_problem(self) -> Optional[str]:
        endpoint = self._facts.store.endpoint
        try:
            code, _ = probe.http_get(endpoint, S3_SECONDS, ca=self._facts.ca)
        except OSError as problem:
            return f"S3 at {endpoint} does not answer: {problem}"
        # Any refusal is an answer: this request carries no signature.
        return f"S3 at {endpoint} answers {code}" if code >= 500 else None

    def _clean(self) -> None:
        """Remove what a dead s3fs left; lazily, since a reader may still hang in it."""
        for _ in range(16):
            if not probe.mounted(self._facts.dags):
                return
            gone = subprocess.run(["umount", "-l", str(self._facts.dags)], check=False)
            if gone.returncode:
                print(f"umount -l {self._facts.dags} ended with {gone.returncode}", file=sys.stderr)
                return


def command(facts: Facts, gid: int) -> List[str]:
    """s3fs in the foreground; every option has its reason beside it."""
    store = facts.store
    options = [
        f"url={store.endpoint}",
        f"endpoint={store.region}",  # the region goes into every request's signature
        f"passwd_file={facts.runtime}/s3fs.passwd",
        "ro",  # Python would write bytecode into the bucket
        "nosuid,nodev,noexec",  # nothing in a bucket is a program or a device of this node
        "allow_other",  # mounted by root, read by user airflow
        f"uid=0,gid={gid},umask=0027,mp_umask=0027",  # by its group, and by nobody else
        # 1,000 DAG files are listed by one request, but each unknown one costs a HEAD. 30 s is how old an
        # edited file may look; 10,000 entries hold all files and folders.
        "max_stat_cache_size=10000,stat_cache_expire=30",
        "multireq_max=4",  # HEADs in parallel after a listing; more of them are new connections with TLS, which cost more
        # Errors come in seconds, not in the default five minutes, so that a reader ends and the guard acts.
        # (A private CA is taken up by the second try of the first request only: the first one knows the system's.)
        f"connect_timeout=3,readwrite_timeout=6,retries={2 if facts.ca and store.endpoint.startswith('https:') else 1}",
        "dbglevel=err",  # failed requests go to the journal
    ]
    if store.path_style:
        options.append("use_path_request_style")
    if _version() >= (1, 92):
        # What were defaults up to 1.91: show folders without an object of their own, as teams upload them,
        # and do not remember that a name was not there. s3fs takes an S3 that is away for such an answer,
        # and the name stays missing as long as somebody asks for it.
        options += ["compat_dir", "disable_noobj_cache"]
    return [S3FS, f"{store.bucket}:/{store.dag_prefix}", str(facts.dags), "-f", "-o", ",".join(options)]


def _version() -> tuple:
    """Which s3fs is installed; EPEL's and Debian's differ in options."""
    try:
        said = subprocess.run([S3FS, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except OSError:
        return (0, 0)
    found = re.search(r"V(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)
