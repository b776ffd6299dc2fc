"""The facts of this cluster that the shipped Python needs, read from AIRFLOW_HOME/settings.json."""
import json
import os
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, List, Mapping, Optional, Tuple, Type

DEFAULT_SESSION_SECONDS = 8 * 3600
# Where there are tenants, DAG ids that begin like this are theirs, also those of one that is gone.
TENANTS_ID = re.compile(r"[a-z][a-z0-9-]*__")


class SettingsError(Exception):
    """Settings.json is missing or does not say what it must."""


@dataclass(frozen=True)
class Oidc:
    """The identity provider's realm, what its roles mean here, and which of its clients are machines with which role."""

    issuer: str
    server_url: str
    client: str
    roles: Mapping[str, str]
    session_seconds: int
    machines: Mapping[str, str] = field(default_factory=dict)
    basic_auth: bool = False


@dataclass(frozen=True)
class Tenant:
    """A team that shares this Airflow; `roles` are the provider's, to Airflow's."""

    name: str
    dag_ids: str
    dag_prefix: str
    roles: Mapping[str, str]
    user_role: str
    viewer_role: str
    pool: str
    pool_slots: int
    max_active_tasks: int
    cpu: str
    memory: str
    resources: Mapping[str, int]
    images: Tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """One cluster's settings; `ca` is a PEM file of the system's CAs and the site's, or None."""

    cluster: str
    dags: Path
    oidc: Oidc
    ca: Optional[str]
    tenants: Tuple[Tenant, ...] = ()


def path() -> Path:
    """Where settings.json stands on this machine."""
    return Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser() / "settings.json"


@lru_cache(maxsize=None)
def load(file: Optional[Path] = None) -> Settings:
    """Read the settings once; SettingsError says what is wrong and where."""
    file = file or path()
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{file}: does not exist; reinstall the airflow-cluster package") from None
    except OSError as problem:
        raise SettingsError(f"{file}: cannot be read: {problem.strerror}; check its owner and mode") from None
    except ValueError as problem:
        raise SettingsError(f"{file}: is not JSON: {problem}; reinstall the airflow-cluster package") from None
    return _Section(file, "", document).settings()


class _Section:
    """An object of the document that names itself in errors."""

    def __init__(self, file: Path, name: str, value: Any):
        self._file, self._name, self._value = file, name, value
        if not isinstance(value, dict):
            raise self._wrong(name or "document", "an object", value)

    def settings(self) -> Settings:
        oidc = self.section("oidc")
        return Settings(
            cluster=self.text("cluster"),
            dags=Path(self.section("paths").text("dags")),
            oidc=Oidc(
                issuer=oidc.text("issuer"),
                server_url=oidc.text("serverUrl"),
                client=oidc.text("client"),
                roles=oidc.names("roles"),
                session_seconds=oidc.number("sessionSeconds", DEFAULT_SESSION_SECONDS),
                machines=oidc.names("machines", {}),
                basic_auth=oidc.flag("basicAuth"),
            ),
            ca=self.optional_text("ca"),
            tenants=tuple(each.tenant() for each in self.sections("tenants")),
        )

    def tenant(self) -> Tenant:
        return Tenant(
            name=self.text("name"),
            dag_ids=self.text("dagIds"),
            dag_prefix=self.text("dagPrefix"),
            roles=self.names("roles"),
            user_role=self.text("userRole"),
            viewer_role=self.text("viewerRole"),
            pool=self.text("pool"),
            pool_slots=self.number("poolSlots"),
            max_active_tasks=self.number("maxActiveTasks"),
            cpu=self.text("cpu"),
            memory=self.text("memory"),
            resources=self._typed("resources", dict, "an object"),
            images=tuple(self._typed("images", list, "a list")),
        )

    def section(self, key: str) -> "_Section":
        return _Section(self._file, self._key(key), self._typed(key, dict, "an object"))

    def sections(self, key: str) -> List["_Section"]:
        """The objects of a list; none where it is left out."""
        found = self._typed(key, list, "a list") if key in self._value else []
        return [_Section(self._file, f"{self._key(key)}[{at}]", each) for at, each in enumerate(found)]

    def text(self, key: str) -> str:
        return self._typed(key, str, "a text")

    def optional_text(self, key: str) -> Optional[str]:
        return None if self._value.get(key) is None else self.text(key)

    def names(self, key: str, default: Optional[Mapping[str, str]] = None) -> Mapping[str, str]:
        if default is not None and key not in self._value:
            return default
        found = self._typed(key, dict, "an object")
        if not all(isinstance(name, str) for name in found.values()):
            raise self._wrong(self._key(key), "an object of texts", found)
        return dict(found)

    def number(self, key: str, default: Optional[int] = None) -> int:
        found = self._value.get(key, default)
        if type(found) is not int or found < 1:
            raise self._wrong(self._key(key), "a number above zero", found)
        return found

    def flag(self, key: str) -> bool:
        return False if key not in self._value else self._typed(key, bool, "true or false")

    def _typed(self, key: str, kind: Type, wanted: str) -> Any:
        found = self._value.get(key)
        if not isinstance(found, kind) or found == "":
            raise self._wrong(self._key(key), wanted, found)
        return found

    def _key(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def _wrong(self, key: str, wanted: str, found: Any) -> SettingsError:
        return SettingsError(f"{self._file} {key}: must be {wanted}, found {json.dumps(found)}")
