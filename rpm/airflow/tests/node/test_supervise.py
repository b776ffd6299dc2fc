"""The loop with real children; only systemd's socket is ours."""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from pathlib import Path

CHILD = "import signal,sys,time; signal.signal(signal.SIGTERM, lambda *a: sys.exit(0)); time.sleep(60)"


PROGRAM = """
import sys, pathlib
from airflow_appliance.node.supervise import Health, Role, run
folder = pathlib.Path({folder!r})

class Mine(Role):
    command = [sys.executable, "-c", {child!r}]
    interval = 0.1
"""


class Supervised(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(str(self.folder / "notify"))
        self.socket.settimeout(10)
        self.heard = []

    def start(self, role, child=CHILD):
        program = PROGRAM.format(folder=str(self.folder), child=child) + textwrap.indent(textwrap.dedent(role), "    ")
        program += "\nsys.exit(run(Mine()))\n"
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            env=dict(os.environ, NOTIFY_SOCKET=str(self.folder / "notify")),
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def until(self, wanted):
        while wanted not in self.heard:
            self.heard += self.socket.recv(4096).decode().split("\n")

    def test_ready_when_it_answers_and_a_gentle_end(self):
        process = self.start(
            """
                def look(self):
                    return Health("answers", ready=(folder / "go").exists())
            """
        )
        self.until("STATUS=answers")
        self.assertNotIn("READY=1", self.heard)
        (self.folder / "go").touch()
        self.until("READY=1")
        self.until("WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        self.until("STOPPING=1")
        self.assertEqual(0, process.wait(10))

    def test_it_waits_and_says_for_what(self):
        self.start(
            """
                def blocker(self):
                    return None if (folder / "go").exists() else "no mount"
                def look(self):
                    return Health("answers", ready=True)
            """
        )
        self.until("STATUS=waiting: no mount")
        self.until("EXTEND_TIMEOUT_USEC=90000000")
        self.assertNotIn("READY=1", self.heard)
        (self.folder / "go").touch()
        self.until("READY=1")

    def test_the_child_s_end_is_a_failure_at_once(self):
        process = self.start(
            """
                def look(self):
                    return Health("answers", ready=True)
            """,
            child="import time; time.sleep(1); raise SystemExit(3)",
        )
        self.until(f"STATUS={sys.executable} ended with status 3; its last messages are in the journal")
        self.assertEqual(1, process.wait(10))

    def test_no_ping_for_what_is_not_alive(self):
        self.start(
            """
                def look(self):
                    return Health("hangs", ready=True, alive=False)
            """
        )
        self.until("READY=1")
        time.sleep(1)
        self.socket.settimeout(0.1)
        with self.assertRaises(socket.timeout):
            self.until("WATCHDOG=1")

    def test_what_is_dead_ends_the_unit(self):
        process = self.start(
            """
                def look(self):
                    return Health("gone", dead=True)
            """
        )
        self.assertEqual(1, process.wait(10))

    def test_what_never_answers_is_given_up(self):
        process = self.start(
            """
                start_seconds = 0.5
                def look(self):
                    return Health("silent")
            """
        )
        self.assertEqual(1, process.wait(10))

    def test_a_patient_role_starts_its_child_again(self):
        self.start(
            """
                start_seconds = None
                def look(self):
                    return Health("answers", ready=(folder / "second").exists())
            """,
            child=f"import pathlib,time; f=pathlib.Path({str(self.folder)!r}); s=f/'first'; "
            "(f/'second').touch() if s.exists() else s.touch(); time.sleep(60 if (f/'second').exists() else 0)",
        )
        self.until("READY=1")


if __name__ == "__main__":
    unittest.main()
