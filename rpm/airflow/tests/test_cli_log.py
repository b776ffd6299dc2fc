"""What the audit log keeps of a command."""
import json
import sys
import unittest
from argparse import Namespace
from unittest import mock

import lab  # noqa: F401 (first of all)
from cases import named, table

from airflow.utils import cli

H = "********"
COMMANDS = {
    "connections add c --conn-uri http://u:PASSWORD@h": (
        Namespace(conn_id="c"),
        ["airflow", "connections", "add", "c", "--conn-uri", H],
    ),
    "connections add --conn-uri=http://u:PASSWORD@h c": (
        Namespace(conn_id="c"),
        ["airflow", "connections", "add", f"--conn-uri={H}", "c"],
    ),
    "connections add c --conn-extra {\"k\":\"PASSWORD\"}": (
        Namespace(conn_id="c"),
        ["airflow", "connections", "add", "c", "--conn-extra", H],
    ),
    "variables set k PASSWORD": (Namespace(key="k"), ["airflow", "variables", "set", "k", H]),
    "variables set -j k PASSWORD": (Namespace(key="k"), ["airflow", "variables", "set", "-j", "k", H]),
    "variables set k -PASSWORD1": (Namespace(key="k"), ["airflow", "variables", "set", "k", H]),
    "users create -u n -p PASSWORD -r Op": (
        Namespace(username="n", role="Op"),
        ["airflow", "users", "create", "-u", "n", "-p", H, "-r", "Op"],
    ),
    "dags trigger d": (Namespace(dag_id="d"), ["airflow", "dags", "trigger", "d"]),
}


@named
class Commands(unittest.TestCase):
    @table({command: (command, *row) for command, row in COMMANDS.items()})
    def is_kept_as(self, row):
        command, namespace, expected = row
        with mock.patch.object(sys, "argv", ["airflow", *command.split()]):
            metrics = cli._build_metrics("f", namespace)
        self.assertEqual(metrics["full_command"], str(expected))
        self.assertEqual(json.loads(metrics["log"].extra)["full_command"], str(expected))
        self.assertNotIn("PASSWORD", metrics["log"].extra)


if __name__ == "__main__":
    unittest.main()
