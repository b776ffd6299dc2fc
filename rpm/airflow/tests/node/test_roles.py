import http.server
import os
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import samples
from airflow_appliance.node import command, dags, migrate, probe, webserver


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(self.path.strip("/") or 403))
        self.end_headers()
        self.wfile.write(b"body")

    def log_message(self, *arguments):
        pass


class Probes(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def test_an_answer_is_an_answer_whatever_it_says(self):
        self.assertEqual((403, b"body"), probe.http_get(self.url, 2))

    def test_nobody_there(self):
        self.server.shutdown()
        self.server.server_close()
        with self.assertRaises(OSError):
            probe.http_get(self.url, 2)

    def test_an_ordinary_folder_is_no_mount(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / ".airflow-appliance"
            file.write_text("airflow-appliance\n")
            self.assertEqual(f"{folder} is not mounted", probe.MountedFile(file).problem())


class Processes(unittest.TestCase):
    def test_a_zombie_does_not_run(self):
        child = subprocess.Popen([sys.executable, "-c", ""])
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        self.assertFalse(webserver.running(child.pid))
        child.wait()
        self.assertFalse(webserver.running(child.pid))
        self.assertTrue(webserver.running(os.getpid()))


class Revisions(unittest.TestCase):
    def folder(self, **files):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        for name, parents in files.items():
            Path(made.name, f"{name}_x.py").write_text(f"revision = '{name}'\ndown_revision = {parents!r}\n")
        return Path(made.name)

    def test_the_head_is_nobody_s_parent(self):
        known, head = migrate.revisions(self.folder(a1=None, b2="a1", b3="a1", c4=("b2", "b3")))
        self.assertEqual(({"a1", "b2", "b3", "c4"}, "c4"), (known, head))

    def test_two_heads_are_refused(self):
        with self.assertRaises(SystemExit):
            migrate.revisions(self.folder(a1=None, b2=None))


class Command(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.root = made.name
        self.write("run/airflow/environment", 'A="derived"\nB="derived"\n')

    def write(self, name, text):
        Path(self.root, name).parent.mkdir(parents=True, exist_ok=True)
        Path(self.root, name).write_text(text)

    def test_local_settings_win_and_python_is_undisturbed(self):
        self.write("etc/airflow/local.env", "B=local\n")
        found = command.prepared({"A": "mine", "TERM": "vt100", "PYTHONPATH": "/evil"}, self.root)
        self.assertEqual(("derived", "local", "vt100"), (found["A"], found["B"], found["TERM"]))
        self.assertNotIn("PYTHONPATH", found)
        self.assertEqual(f"{self.root}/etc/airflow", found["AIRFLOW_HOME"])

    def test_an_instance_has_its_own_paths(self):
        self.write("run/airflow-team-a/environment", "A=1\n")
        found = command.prepared({"AIRFLOW_INSTANCE": "team-a"}, self.root)
        self.assertEqual(("1", f"{self.root}/etc/airflow/instances/team-a"), (found["A"], found["AIRFLOW_HOME"]))

    def test_a_name_is_no_path(self):
        with self.assertRaisesRegex(Exception, "AIRFLOW_INSTANCE is '../x'"):
            command.prepared({"AIRFLOW_INSTANCE": "../x"}, self.root)

    def test_without_secrets_one_line_says_where_to_look(self):
        Path(self.root, "run/airflow/environment").unlink()
        with self.assertRaisesRegex(Exception, "environment does not exist; see systemctl status airflow-secrets"):
            command.prepared({}, self.root)


class S3fs(unittest.TestCase):
    def test_no_secret_is_among_the_arguments(self):
        with tempfile.TemporaryDirectory() as folder:
            arguments = " ".join(dags.command(samples.settings(folder), 990))
        self.assertIn(f"b:/dags {folder}/dags -f -o url=http://s3:9000", arguments)
        self.assertIn(",uid=0,gid=990,", arguments)
        self.assertIn("use_path_request_style", arguments)


if __name__ == "__main__":
    unittest.main()
