"""What a copy is told by the environment of its container."""
import re
from pathlib import Path
from typing import List, Mapping, NamedTuple, Optional
from urllib.parse import urlsplit

from airflow_appliance.dag_copy.names import trouble
from airflow_appliance.dag_copy.signature import Keys

# A task pod's share of a machine's disk; DAGs are text, and what is large belongs elsewhere.
MAX_FILES = 10_000
MAX_BYTES = 256 << 20


class SettingsError(Exception):
    """All that is wrong with the environment, in one line."""


class Settings(NamedTuple):
    """One copy: from `s3://bucket/prefix` to `target/folder`; `ca` is a PEM file, `site_ca` one that is joined to it."""

    endpoint: str
    region: str
    bucket: str
    path_style: bool
    prefix: str
    folder: str
    target: Path
    keys: Keys
    ca: Optional[str]
    site_ca: Optional[str]
    max_files: int
    max_bytes: int

    @property
    def source(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


def read(environment: Mapping[str, str]) -> Settings:
    """The settings; SettingsError names every variable that is missing or wrong."""
    said = _Environment(environment)
    folder = said.path("DAG_COPY_FOLDER", "")
    above = said.path("DAG_COPY_PREFIX", "")
    ca, site_ca = environment.get("AWS_CA_BUNDLE"), environment.get("SITE_CA_FILE")
    if site_ca and not ca:
        said.problems.append("SITE_CA_FILE is set and AWS_CA_BUNDLE, the file to be made of it, is not")
    found = Settings(
        endpoint=said.address("DAG_COPY_ENDPOINT"),
        region=said.text("DAG_COPY_REGION", "us-east-1"),
        bucket=said.text("DAG_COPY_BUCKET"),
        path_style=said.flag("DAG_COPY_PATH_STYLE", "true"),
        prefix="".join(f"{part}/" for part in (above, folder) if part),
        folder=folder,
        target=Path(said.text("DAG_COPY_TARGET", "/s3/dags")),
        keys=Keys(
            said.text("AWS_ACCESS_KEY_ID"), said.text("AWS_SECRET_ACCESS_KEY"), environment.get("AWS_SESSION_TOKEN")
        ),
        ca=ca or None,
        site_ca=site_ca or None,
        max_files=said.number("DAG_COPY_MAX_FILES", MAX_FILES),
        max_bytes=said.number("DAG_COPY_MAX_BYTES", MAX_BYTES),
    )
    if said.problems:
        raise SettingsError(f"{'; '.join(said.problems)}; correct the environment of this container")
    return found


class _Environment:
    """Variables by their kind, and what is wrong with them; no value of a key is ever told."""

    def __init__(self, values: Mapping[str, str]):
        self._values = values
        self.problems: List[str] = []

    def text(self, name: str, default: Optional[str] = None) -> str:
        value = self._values.get(name) or default
        if not value:
            self.problems.append(f"{name} is not set or empty")
        return value or ""

    def path(self, name: str, default: str) -> str:
        value = self._values.get(name, default).strip("/")
        problem = trouble(value) if value else None
        if problem:
            self.problems.append(f"{name} {value!r} {problem}")
        return value

    def address(self, name: str) -> str:
        value = self.text(name)
        parts = urlsplit(value)
        is_plain = parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc
        if value and not (is_plain and parts.path in ("", "/") and not parts.query):
            self.problems.append(f"{name} {value!r} is not http://HOST[:PORT] or https://HOST[:PORT]")
        return value.rstrip("/")

    def flag(self, name: str, default: str) -> bool:
        value = self._values.get(name) or default
        if value not in ("true", "false"):
            self.problems.append(f"{name} {value!r} is not true or false")
        return value == "true"

    def number(self, name: str, default: int) -> int:
        value = self._values.get(name) or str(default)
        if not re.fullmatch("[1-9][0-9]{0,17}", value):
            self.problems.append(f"{name} {value!r} is not a number above zero")
            return default
        return int(value)
