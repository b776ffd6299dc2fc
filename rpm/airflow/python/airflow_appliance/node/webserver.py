"""The webserver's role: gunicorn's master has to live and /health has to answer."""
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Optional

from airflow_appliance.node import probe
from airflow_appliance.node.certificate import CIPHERS, Certificate
from airflow_appliance.node.facts import AIRFLOW, Facts
from airflow_appliance.node.supervise import Health, Role

HEALTH_SECONDS = 10


class Webserver(Role):
    interval = 5.0

    def __init__(self, facts: Facts):
        self.environment = facts.environment
        self._pid_file = facts.runtime / "webserver" / "webserver.pid"
        self._url = f"{'https' if facts.tls else 'http'}://127.0.0.1:{facts.port}/health"
        self._master: Optional[int] = None
        self.command = [AIRFLOW, "webserver", "--pid", str(self._pid_file)]
        self._certificate = _certificate(facts) if facts.tls else None
        # The application is loaded once and not by each of its processes, which have most of its memory in common then.
        arguments = ["--preload"]
        if self._certificate:
            self.command += self._certificate.arguments()
            arguments += ["--ciphers", CIPHERS]
        os.environ["GUNICORN_CMD_ARGS"] = " ".join([*arguments, os.environ.get("GUNICORN_CMD_ARGS", "")])

    def blocker(self) -> Optional[str]:
        return self._certificate and self._certificate.blocker()

    def look(self) -> Health:
        health = self._answer()
        remark = self._certificate and self._certificate.remark()
        return replace(health, text=f"{health.text}; {remark}") if remark else health

    def _answer(self) -> Health:
        # Airflow itself does not notice when gunicorn's master was killed: the dead child stays a
        # zombie, and psutil calls a zombie running.
        self._master = self._master or _pid(self._pid_file)
        if self._master is None:
            return Health("starting: gunicorn's master is not there yet")
        if not running(self._master):
            return Health(f"gunicorn's master (pid {self._master}) is dead; restarting", dead=True)
        begun = time.monotonic()
        try:
            # The certificate is for the load balancer's name, not for 127.0.0.1.
            code, _ = probe.http_get(self._url, HEALTH_SECONDS, verify=False)
        except OSError as problem:
            return Health(f"{self._url}: {problem}", alive=False)
        text = f"{self._url} answers {code}"
        if time.monotonic() - begun > 2:
            text += " slowly"
        return Health(text, ready=code == 200)


def _certificate(facts: Facts) -> Certificate:
    """That of airflow.cfg, unless local.env names another one for this node."""
    found = (
        Path(os.environ.get(f"AIRFLOW__WEBSERVER__WEB_SERVER_SSL_{kind}") or given)
        for kind, given in (("CERT", facts.certificate), ("KEY", facts.key))
    )
    return Certificate(*found, served=facts.runtime / "webserver" / "tls.pem")


def _pid(file: Path) -> Optional[int]:
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def running(pid: int) -> bool:
    """Whether the process exists and is not a zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
