import contextlib
import http.server
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest import mock

import psycopg2

import samples
from airflow_appliance.node import command, dags, migrate, probe, scheduler, webserver


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(self.path.strip("/") or 403))
        self.end_headers()
        self.wfile.write(b"body")

    def log_message(self, *arguments):
        pass


class Healthy(Answers):
    status = 200

    def do_GET(self):
        self.send_response(self.status)
        self.end_headers()


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


class WebserverHealth(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = Path(made.name)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Healthy)
        self.addCleanup(self.server.server_close)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.shutdown)
        self.master = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        self.addCleanup(self.master.wait)
        self.addCleanup(self.master.kill)
        facts = samples.settings(self.folder, webserver={"port": self.server.server_port})
        self.role = webserver.Webserver(facts)

    def arrives(self):
        (self.folder / "webserver").mkdir()
        (self.folder / "webserver" / "webserver.pid").write_text(str(self.master.pid))

    def test_no_master_yet(self):
        found = self.role.look()
        self.assertEqual((False, True, False), (found.ready, found.alive, found.dead))

    def test_it_answers(self):
        self.arrives()
        self.assertTrue(self.role.look().ready)

    def test_an_answer_that_fails_is_no_readiness(self):
        self.arrives()
        Healthy.status = 500
        self.addCleanup(setattr, Healthy, "status", 200)
        found = self.role.look()
        self.assertEqual((False, True), (found.ready, found.alive))

    def test_silence_is_not_alive(self):
        self.arrives()
        self.server.shutdown()
        self.server.server_close()
        found = self.role.look()
        self.assertEqual((False, False, False), (found.ready, found.alive, found.dead))

    def test_a_killed_master_is_dead_although_somebody_answers(self):
        self.arrives()
        self.role.look()
        self.master.kill()
        os.waitid(os.P_PID, self.master.pid, os.WEXITED | os.WNOWAIT)
        self.assertTrue(self.role.look().dead)


class SchedulerHeartbeat(unittest.TestCase):
    """The judgement of an answer; that the query finds this node's own job is shown on a real node."""

    def heartbeat(self, answer):
        class Asked(scheduler.Scheduler):
            def _ages(self):
                if isinstance(answer, Exception):
                    raise answer
                return answer, 0.0

        with tempfile.TemporaryDirectory() as folder:
            found = Asked(samples.settings(folder)).look()
        return found.alive, found.ready

    def test_fresh(self):
        self.assertEqual((True, True), self.heartbeat(3.0))

    def test_none_yet(self):
        self.assertEqual((False, False), self.heartbeat(None))

    def test_stale(self):
        self.assertEqual((False, False), self.heartbeat(46.0))

    def test_a_database_that_is_away_is_no_reason_for_a_restart(self):
        self.assertEqual((True, False), self.heartbeat(psycopg2.OperationalError("away")))


class Database:
    """PostgreSQL with its own clock and the job of one scheduler; a connection and its cursor."""

    def __init__(self, ahead, started, beat):
        self.ahead, self.started, self.beat, self.host = ahead, started, beat, socket.getfqdn()

    def cursor(self):
        return contextlib.nullcontext(self)

    def execute(self, _query, parameters):
        hosts, since = parameters
        found = self.host in hosts and self.started > since
        self.answer = self.beat if found else None, datetime.now(timezone.utc) + timedelta(seconds=self.ahead)

    def fetchone(self):
        return self.answer


class SchedulerClocks(unittest.TestCase):
    """A job's times are by the clock of its node."""

    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.role = scheduler.Scheduler(samples.settings(made.name))

    def look(self, ahead, started=2, beat=0):
        """With a job of so many seconds after the start of the child, and a beat of so many seconds ago."""
        self.role.started()
        now = datetime.now(timezone.utc)
        database = Database(ahead, now + timedelta(seconds=started), now - timedelta(seconds=beat))
        self.role._connection = None
        with mock.patch.object(scheduler, "connect", return_value=database):
            return self.role.look()

    def test_a_node_is_ready_whatever_the_databases_clock_says_which_is_told(self):
        for ahead, said in ((13, "13 s behind"), (-3600, "3600 s ahead of")):
            with self.subTest(ahead):
                found = self.look(ahead)
                self.assertTrue(found.alive and found.ready, found.text)
                self.assertIn(f"this node's clock is {said} PostgreSQL's", found.text)

    def test_a_small_difference_is_not_told(self):
        for ahead in (-3, 3):
            self.assertNotIn("clock", self.look(ahead).text)

    def test_the_text_is_the_same_while_the_difference_is(self):
        self.assertEqual(1, len({self.look(ahead).text for ahead in (12.3, 12.8, 11.7)}))

    def test_the_beat_is_as_old_as_this_node_says(self):
        self.assertFalse(self.look(-3600, beat=46).alive)

    def test_a_job_from_before_the_child_is_not_its(self):
        self.assertFalse(self.look(0, started=-3).alive)


class SchedulerNames(unittest.TestCase):
    """A job's host name is what DNS said when it began."""

    LONG, SHORT, OTHER = "node-1.example.org", "node-1", "node-2.example.org"

    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.fqdn = mock.Mock()
        patch = mock.patch.multiple(socket, gethostname=lambda: self.SHORT, getfqdn=self.fqdn)
        patch.start()
        self.addCleanup(patch.stop)
        self.role = scheduler.Scheduler(samples.settings(made.name))

    def begins(self, host):
        """The child, and then its job, which takes this name."""
        self.fqdn.return_value = host
        self.role.started()
        now = datetime.now(timezone.utc)
        self.database = Database(0, now + timedelta(seconds=2), now)

    def look(self, host):
        self.fqdn.return_value = host
        with mock.patch.object(scheduler, "connect", return_value=self.database):
            return self.role.look().alive

    def test_dns_that_goes_away_ends_no_scheduler(self):
        self.begins(self.LONG)
        self.assertEqual([True, True, True], [self.look(host) for host in (self.LONG, self.SHORT, self.LONG)])

    def test_nor_does_one_that_comes_back(self):
        self.begins(self.SHORT)
        self.assertEqual([True, True], [self.look(host) for host in (self.SHORT, self.LONG)])

    def test_dns_that_is_away_at_the_first_look(self):
        self.begins(self.LONG)
        self.assertEqual([False, True, True], [self.look(host) for host in (self.SHORT, self.LONG, self.SHORT)])

    def test_dns_is_not_asked_again_once_the_job_is_found(self):
        self.begins(self.LONG)
        self.look(self.LONG)
        asked = self.fqdn.call_count
        self.look(self.LONG)
        self.assertEqual(asked, self.fqdn.call_count)

    def test_another_nodes_job_is_not_its(self):
        self.begins(self.OTHER)
        self.assertFalse(self.look(self.LONG))


class Migration(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = Path(made.name)
        self.facts = samples.settings(self.folder)
        for name, value in {"RETRY_SECONDS": 0, "_versions_folder": lambda: self.folder}.items():
            self.addCleanup(setattr, migrate, name, getattr(migrate, name))
            setattr(migrate, name, value)
        (self.folder / "a1_x.py").write_text("revision = 'a1'\ndown_revision = None\n")
        self.addCleanup(setattr, migrate, "_migrate", migrate._migrate)

    def answers(self, *outcomes):
        left = list(outcomes)

        def step(*_arguments):
            outcome = left.pop(0)
            if outcome:
                raise outcome

        migrate._migrate = step
        code = migrate.run(self.facts)
        return code, len(left)

    def test_an_upgrade_that_failed_is_begun_anew(self):
        self.assertEqual((0, 0), self.answers(migrate._Failed("airflow db upgrade ended with 1"), None))

    def test_not_for_ever(self):
        self.assertEqual((1, 1), self.answers(*[migrate._Failed("ended with 1")] * (migrate.TRIES + 1)))

    def test_a_schema_that_nobody_knows_is_not_tried_again(self):
        self.assertEqual((1, 1), self.answers(migrate._Refused("schema zz"), None))


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
        self.assertIn("retries=1", arguments)

    def test_a_private_ca_needs_a_second_try(self):
        with tempfile.TemporaryDirectory() as folder:
            facts = samples.settings(folder, ca="/run/ca.pem", objectStore={"endpoint": "https://s3"})
            self.assertIn("retries=2", " ".join(dags.command(facts, 990)))


if __name__ == "__main__":
    unittest.main()
