import json
import os
import tempfile
import unittest
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import samples
from airflow_appliance.node import derive, envfile, secretfile


class Read(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "secrets.env"

    def problems(self, mode=0o600, **changes):
        values = {key: value for key, value in {**samples.SECRETS, **changes}.items() if value is not None}
        self.file.write_text(envfile.render(values), encoding="utf-8")
        os.chmod(self.file, mode)
        return [line.replace(f"{self.file}: ", "") for line in secretfile.read(self.file, os.getuid())[1]]

    def test_a_good_file(self):
        self.assertEqual([], self.problems())

    def test_several_fernet_keys_are_a_rotation(self):
        self.assertEqual([], self.problems(FERNET_KEY=",".join([samples.SECRETS["FERNET_KEY"]] * 2)))

    def test_every_key_is_named_that_is_missing_or_empty(self):
        for key in samples.SECRETS:
            self.assertEqual([f"{key}: is missing"], self.problems(**{key: None}))
            self.assertEqual([f"{key}: is empty"], self.problems(**{key: ""}))

    def test_all_problems_at_once(self):
        self.assertEqual(
            [
                "FERNET_KEY: holds 3 bytes, not 32; `appliance secrets new` makes one",
                "WEBSERVER_SECRET_KEY: has 5 characters, fewer than 16; `appliance secrets new` makes one",
                "KUBERNETES_TOKEN: is missing",
            ],
            self.problems(FERNET_KEY="YWJj", WEBSERVER_SECRET_KEY="short", KUBERNETES_TOKEN=None),
        )

    def test_malformed_values(self):
        for key, value, problem in [
            ("FERNET_KEY", "not base64!", "is not URL-safe base64; `appliance secrets new` makes one"),
            ("WEBSERVER_SECRET_KEY", "0123456789abcde$HOME", "holds $ or begins with ~, which Airflow would expand; use letters and digits"),
            ("S3_ACCESS_KEY_ID", "a:b", "holds a colon, which s3fs cannot read"),
            ("S3_SECRET_ACCESS_KEY", "a b", "holds white space"),
            ("KUBERNETES_TOKEN", "a\u00a0b", "holds white space"),
        ]:
            self.assertEqual([f"{key}: {problem}"], self.problems(**{key: value}))

    def test_a_misspelt_key_is_named_with_those_that_are_known(self):
        known = ", ".join(samples.SECRETS)
        self.assertEqual(
            [f"DATABASE_PASWORD: is not a key of this file; known are {known}"], self.problems(DATABASE_PASWORD="x")
        )

    def test_others_may_not_read_it(self):
        self.assertEqual(["mode 0640 lets others read it; run chmod 0600"], self.problems(mode=0o640))

    def test_it_belongs_to_its_owner(self):
        self.problems()
        self.assertEqual(
            [f"{self.file}: belongs to uid {os.getuid()}, not to root; run chown root"],
            secretfile.read(self.file, os.getuid() + 1)[1],
        )

    def test_no_file(self):
        self.assertIn("does not exist", secretfile.read(self.file)[1][0])

    def test_no_value_is_ever_told(self):
        self.file.write_text("hunter2\nFERNET_KEY=hunter2\nOIDC_CLIENT_SECRET='hunter2\n", encoding="utf-8")
        self.assertNotIn("hunter2", "".join(secretfile.read(self.file)[1]))


class Derived(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.facts = samples.settings(folder.name)
        self.values = derive.environment(self.facts, samples.SECRETS)

    def test_the_database_url_survives_every_character(self):
        self.assertEqual(
            "postgresql+psycopg2://air%20flow:p%40ss%3Aw%2Frd%25%24HOME@db:5432/airflow"
            "?sslmode=verify-full&sslrootcert=%2Fca%2Fdb.pem&keepalives_idle=20&keepalives_interval=10"
            "&keepalives_count=3&tcp_user_timeout=30000&options=-c%20tcp_keepalives_idle%3D10"
            "%20-c%20tcp_keepalives_interval%3D5%20-c%20tcp_keepalives_count%3D3%20-c%20tcp_user_timeout%3D25000",
            self.values["AIRFLOW__CORE__SQL_ALCHEMY_CONN"],
        )
        self.assertTrue(self.values["AIRFLOW__CELERY__RESULT_BACKEND"].startswith("db+postgresql://air%20flow:"))

    def test_the_log_connection(self):
        url = urlsplit(self.values["AIRFLOW_CONN_AIRFLOW_LOG"])
        self.assertEqual(("s3", "AK", "s%2Fe%2Bc%3D"), (url.scheme, url.username, url.password))
        self.assertEqual(
            {"host": "http://s3:9000", "region_name": "r1", "config_kwargs": {"s3": {"addressing_style": "path"}}},
            json.loads(parse_qs(url.query)["__extra__"][0]),
        )

    def test_the_pods_have_the_same_connections(self):
        # connections.json is also what the tests of the Java class Connections expect
        for case in json.loads(Path(__file__).with_name("connections.json").read_text(encoding="utf-8"))["cases"]:
            database, store = {**case["database"], "ca": case["ca"]}, case["store"]
            facts = samples.settings(self.facts.home, database=database, objectStore=store)
            values = derive.environment(facts, {**samples.SECRETS, **case["secrets"]})
            metadata = values["AIRFLOW__CORE__SQL_ALCHEMY_CONN"]
            self.assertEqual(case["metadata"], metadata.replace("postgresql+psycopg2:", "postgresql:"))
            self.assertEqual(case["logs"], values["AIRFLOW_CONN_AIRFLOW_LOG"])

    def test_nothing_in_it_is_expanded_by_airflow(self):
        for key in ("AIRFLOW__CORE__SQL_ALCHEMY_CONN", "AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__WEBSERVER__SECRET_KEY"):
            self.assertEqual(self.values[key], os.path.expanduser(os.path.expandvars(self.values[key])))

    def test_the_site_s_ca_is_trusted_beside_the_system_s(self):
        folder = Path(self.facts.home)
        (folder / "site.pem").write_text("SITE\n")
        (folder / "system.pem").write_text("SYSTEM\n\n")
        facts = samples.settings(folder, ca=str(folder / "ca-bundle.pem"), caFile=str(folder / "site.pem"))
        self.assertEqual("SYSTEM\nSITE\n", derive.ca_bundle(facts, [folder / "none.pem", folder / "system.pem"]))
        self.assertEqual("SITE\n", derive.ca_bundle(facts, [folder / "none.pem"]))
        self.assertEqual(facts.ca, derive.environment(facts, samples.SECRETS)["AWS_CA_BUNDLE"])

    def test_the_kubeconfig_names_token_and_ca(self):
        document = json.loads(derive.kubeconfig(self.facts, samples.SECRETS))
        self.assertEqual("a.b-c_d", document["users"][0]["user"]["token"])
        self.assertEqual(
            {"server": "https://k8s:6443", "certificate-authority": "/ca/k8s.pem"}, document["clusters"][0]["cluster"]
        )
        self.assertEqual("airflow", document["current-context"])

    def test_a_file_is_written_whole_with_its_mode(self):
        file = self.facts.runtime / "x"
        derive._write(file, "old\n", 0o640, os.getgid())
        derive._write(file, "new\n", 0o600, os.getgid())
        self.assertEqual(("new\n", 0o600), (file.read_text(), file.stat().st_mode & 0o7777))
        self.assertEqual(["x"], [entry.name for entry in self.facts.runtime.iterdir()])


if __name__ == "__main__":
    unittest.main()
