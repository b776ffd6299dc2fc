"""What Airflow's audit log says of a command: its words and options, but no value that could be a secret."""
import json
import sys
from argparse import Namespace
from types import ModuleType
from typing import Any, Dict, List

from airflow_appliance.after_import import AfterImport, Change

HIDDEN = "********"
# Their values are connections, variables and passwords; Airflow itself hides three options of them.
_SECRETIVE = {"connections", "variables", "users"}
# What an entry is about is no secret.
_NAMES = ("conn_id", "key", "username", "role", "email")


def install() -> None:
    """Change the commands of this process; UnknownCode if Airflow is not the one that is known."""
    AfterImport(
        {
            "airflow.utils.cli": Change(
                sha256="7983f7a0cff2ed06677edd7bf113d3e47d3ead8d1aca73acf5287f8d51990a6b", apply=_apply
            )
        }
    ).install()


def _apply(module: ModuleType) -> None:
    build = module._build_metrics

    def _build_metrics(func_name: str, namespace: Namespace) -> Dict[str, Any]:
        metrics = build(func_name, namespace)
        if sys.argv[1:2] and sys.argv[1] in _SECRETIVE:
            metrics["full_command"] = str(shown(sys.argv, namespace))
            metrics["log"].extra = json.dumps({key: metrics[key] for key in ("host_name", "full_command")})
        return metrics

    module._build_metrics = _build_metrics


def shown(command: List[str], namespace: Namespace) -> List[str]:
    """The command as it may be read by others."""
    names = {getattr(namespace, name, None) for name in _NAMES}
    return command[:3] + [_word(word, names) for word in command[3:]]


def _word(word: str, names: Any) -> str:
    option, equals, value = word.partition("=")
    if option.startswith("-") and option.strip("-").replace("-", "").isalpha():
        return option + equals + (value if not value or value in names else HIDDEN)
    return word if word in names else HIDDEN
