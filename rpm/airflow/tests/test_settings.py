"""The settings file, the webserver's configuration made from it, and what is missing there."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import lab
from flask import Config
from cases import named, table

from airflow_appliance import oidc, settings

GOOD = json.loads((lab.HOME / "settings.json").read_text())


def without(*keys):
    document = json.loads(json.dumps(GOOD))
    place = document
    for key in keys[:-1]:
        place = place[key]
    place.pop(keys[-1], None)
    return document


def replaced(value, *keys):
    document = without(*keys)
    place = document
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    return document


WRONG = {
    "not JSON": ("{", "is not JSON: "),
    "a list": ("[]", " document: must be an object, found []"),
    "no cluster": (without("cluster"), " cluster: must be a text, found null"),
    "no oidc": (without("oidc"), " oidc: must be an object, found null"),
    "no issuer": (without("oidc", "issuer"), " oidc.issuer: must be a text, found null"),
    "empty client": (replaced("", "oidc", "client"), ' oidc.client: must be a text, found ""'),
    "a number as server": (replaced(1, "oidc", "serverUrl"), " oidc.serverUrl: must be a text, found 1"),
    "roles a list": (replaced([], "oidc", "roles"), " oidc.roles: must be an object, found []"),
    "a role of roles": (
        replaced({"a": ["Op"]}, "oidc", "roles"),
        ' oidc.roles: must be an object of texts, found {"a": ["Op"]}',
    ),
    "no DAG folder": (without("paths", "dags"), " paths.dags: must be a text, found null"),
    "ca a number": (replaced(1, "ca"), " ca: must be a text, found 1"),
    "tenants an object": (replaced({}, "tenants"), " tenants: must be a list, found {}"),
    "a tenant of nothing": (replaced([1], "tenants"), " tenants[0]: must be an object, found 1"),
    "a tenant without slots": (
        replaced([lab.tenant("a"), lab.tenant("b", poolSlots=0)], "tenants"),
        " tenants[1].poolSlots: must be a number above zero, found 0",
    ),
    "a limit of nothing": (
        replaced(0, "oidc", "sessionSeconds"),
        " oidc.sessionSeconds: must be a number above zero, found 0",
    ),
}


@named
class SettingsFile(unittest.TestCase):
    def write(self, document):
        file = Path(tempfile.mkdtemp(dir=lab.HOME)) / "settings.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document))
        return file

    def test_good(self):
        found = settings.load(self.write(GOOD))
        self.assertEqual((found.cluster, found.dags, found.ca), ("lab", lab.DAGS, None))
        self.assertEqual(found.oidc.roles["airflow_op"], "Op")
        self.assertEqual(found.oidc.session_seconds, 8 * 3600)

    def test_stands_in_airflow_home_and_is_read_once(self):
        self.assertEqual(settings.path(), lab.HOME / "settings.json")
        self.assertIs(settings.load(), settings.load())

    def test_missing(self):
        with self.assertRaisesRegex(settings.SettingsError, "settings.json: does not exist; reinstall"):
            settings.load(lab.HOME / "nowhere" / "settings.json")

    def test_unreadable(self):
        with self.assertRaisesRegex(settings.SettingsError, "cannot be read: Is a directory"):
            settings.load(lab.HOME)

    @table(WRONG)
    def refuses(self, row):
        document, message = row
        file = self.write(document)
        with self.assertRaises(settings.SettingsError) as caught:
            settings.load(file)
        self.assertIn(str(file), str(caught.exception))
        self.assertIn(message, str(caught.exception))


class WebserverConfig(unittest.TestCase):
    def run_config(self, argv, **environment):
        with mock.patch.object(sys, "argv", argv), mock.patch.dict(os.environ, environment):
            if "OIDC_CLIENT_SECRET" not in environment:
                os.environ.pop("OIDC_CLIENT_SECRET", None)
            found = Config(lab.HOME)
            found.from_pyfile("webserver_config.py")
            return found

    def test_says_what_the_settings_say(self):
        found = self.run_config(["gunicorn"], OIDC_CLIENT_SECRET="s")
        self.assertEqual(found["AUTH_ROLES_MAPPING"]["airflow_admin"], ["Admin"])
        self.assertEqual(found["AUTH_USER_REGISTRATION_ROLE"], "Public")
        self.assertIs(found["AUTH_ROLES_SYNC_AT_LOGIN"], True)

    def test_the_webserver_does_not_start_without_the_secret(self):
        for argv in (["/usr/lib/airflow/bin/gunicorn"], ["/usr/bin/airflow", "webserver", "--debug"], ["x"], []):
            for secret in ({}, {"OIDC_CLIENT_SECRET": ""}):
                with self.assertRaisesRegex(oidc.SecretMissing, "^OIDC_CLIENT_SECRET: is not in the environment"):
                    self.run_config(argv, **secret)

    def test_commands_work_without_the_secret(self):
        for argv in (["/usr/bin/airflow", "sync-perm"], ["/x/airflow/__main__.py", "users", "list"]):
            self.assertIn("SECURITY_MANAGER_CLASS", self.run_config(argv))

    def test_the_real_command_works_without_the_secret(self):
        environment = {k: v for k, v in os.environ.items() if k != "OIDC_CLIENT_SECRET"}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "airflow", "roles", "list", "--output", "json"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Viewer", done.stdout)

    def test_sessions_must_be_in_the_database(self):
        from airflow.exceptions import AirflowConfigException
        from airflow.www.app import create_app

        with mock.patch.dict(os.environ, AIRFLOW__WEBSERVER__SESSION_BACKEND="securecookie"):
            with self.assertRaisesRegex(AirflowConfigException, "is 'securecookie', must be 'database'"):
                create_app(testing=True)


if __name__ == "__main__":
    unittest.main()
