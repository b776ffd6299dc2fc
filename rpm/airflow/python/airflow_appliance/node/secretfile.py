"""The operator's secrets.env: every key by name, and what is wrong with it. No value is ever told."""
import base64
import binascii
import os
import stat
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

from airflow_appliance.node import envfile


def read(file: Path, owner: int = 0) -> Tuple[Dict[str, str], List[str]]:
    """The values, and one line a problem, each naming its key."""
    try:
        with open(file, "rb") as stream:
            problems = _file_problems(os.fstat(stream.fileno()), owner)
            text = stream.read().decode("utf-8")
    except FileNotFoundError:
        return {}, [f"{file}: does not exist; write it from what `appliance secrets new` made"]
    except OSError as problem:
        return {}, [f"{file}: cannot be read: {problem.strerror}"]
    except UnicodeDecodeError:
        return {}, [f"{file}: is not UTF-8 text; write it again"]
    values, wrong = envfile.parse(text)
    problems += wrong
    told = {line.partition(":")[0] for line in wrong}
    for key, check in CHECKS.items():
        problem = "is missing" if key not in values else _common(values[key]) or check(values[key])
        if problem and key not in told:
            problems.append(f"{key}: {problem}")
    problems += [f"{key}: is not a key of this file; known are {', '.join(CHECKS)}" for key in values if key not in CHECKS]
    return values, [f"{file}: {problem}" for problem in problems]


def _file_problems(status: os.stat_result, owner: int) -> List[str]:
    problems = []
    if status.st_uid != owner:
        problems.append(f"belongs to uid {status.st_uid}, not to root; run chown root")
    if stat.S_IMODE(status.st_mode) & 0o077:
        problems.append(f"mode {stat.S_IMODE(status.st_mode):04o} lets others read it; run chmod 0600")
    return problems


def _common(value: str) -> Optional[str]:
    if not value:
        return "is empty"
    if any(char < " " or char == "\x7f" for char in value):
        return "holds a control character"
    return None


def _any(value: str) -> Optional[str]:
    return None


def _word(value: str) -> Optional[str]:
    return "holds white space" if any(char.isspace() for char in value) else None


def _access_key(value: str) -> Optional[str]:
    # s3fs splits KEY:SECRET at the first colon.
    return "holds a colon, which s3fs cannot read" if ":" in value else _word(value)


def _fernet(value: str) -> Optional[str]:
    # Several keys with commas are a rotation: the first encrypts, the others still decrypt.
    for key in value.split(","):
        try:
            raw = base64.b64decode(key.strip().translate({ord("-"): "+", ord("_"): "/"}), validate=True)
        except (binascii.Error, ValueError):
            return "is not URL-safe base64; `appliance secrets new` makes one"
        if len(raw) != 32:
            return f"holds {len(raw)} bytes, not 32; `appliance secrets new` makes one"
    return None


def _session_key(value: str) -> Optional[str]:
    if len(value) < 16:
        return f"has {len(value)} characters, fewer than 16; `appliance secrets new` makes one"
    # Airflow expands $NAME and ~ in every value that it takes from the environment.
    if "$" in value or value.startswith("~"):
        return "holds $ or begins with ~, which Airflow would expand; use letters and digits"
    return _word(value)


CHECKS: Dict[str, Callable[[str], Optional[str]]] = {
    "DATABASE_PASSWORD": _any,
    "FERNET_KEY": _fernet,
    "WEBSERVER_SECRET_KEY": _session_key,
    "S3_ACCESS_KEY_ID": _access_key,
    "S3_SECRET_ACCESS_KEY": _word,
    "OIDC_CLIENT_SECRET": _any,
    "KUBERNETES_TOKEN": _word,
}
