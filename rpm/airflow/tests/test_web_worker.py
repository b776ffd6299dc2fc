"""A webserver's process and clients that say nothing: the real gunicorn with the smallest of applications."""
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

APPLICATION = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""

FORGED = """
import os, time
from airflow_appliance.jwks import Jwks, UnknownKey

def fetch():
    with open({fetches!r}, "a") as file:
        file.write("x")
    return {{"keys": [{key!r}]}}

jwks = Jwks(fetch)

def application(environ, start_response):
    try:
        jwks.find(environ["PATH_INFO"])
    except UnknownKey:
        pass
    time.sleep(0.2)  # so that the others come to be asked, too
    start_response("200 OK", [])
    return [str(os.getpid()).encode()]
"""


class Silent(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        (Path(self.folder.name) / "small.py").write_text(APPLICATION)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def start(self, *options):
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--bind",
                f"127.0.0.1:{self.port}",
                "--workers",
                "1",
                "--worker-class",
                "airflow_appliance.web_worker.Worker",
                *options,
                "small:application",
            ],
            cwd=self.folder.name,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, self.folder.name])},
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(server.wait, 20)
        self.addCleanup(server.terminate)

    def asks(self, url, context=None):
        until = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(url, timeout=5, context=context) as answer:
                    return answer.read()
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def silent(self):
        connection = socket.create_connection(("127.0.0.1", self.port))
        self.addCleanup(connection.close)
        return connection

    def quickly(self, url, context=None):
        begun = time.monotonic()
        self.assertEqual(self.asks(url, context), b"ok")
        self.assertLess(time.monotonic() - begun, 3)

    def test_they_do_not_hold_the_process(self):
        self.start()
        url = f"http://127.0.0.1:{self.port}/"
        self.asks(url)
        for _ in range(5):
            self.silent()
        self.quickly(url)

    def test_nor_with_tls(self):
        certificate = Path(self.folder.name) / "pair.pem"
        subprocess.run(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1".split()
            + ["-keyout", certificate, "-out", f"{certificate}.crt"],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        self.start("--keyfile", str(certificate), "--certfile", f"{certificate}.crt")
        url = f"https://127.0.0.1:{self.port}/"
        trust = ssl.create_default_context(cafile=f"{certificate}.crt")
        self.asks(url, trust)
        for _ in range(5):
            self.silent()
        self.quickly(url, trust)

    def test_one_that_speaks_late_is_answered(self):
        self.start()
        self.asks(f"http://127.0.0.1:{self.port}/")
        late = self.silent()
        time.sleep(2)
        late.sendall(b"GET / HTTP/1.0\r\n\r\n")
        late.settimeout(5)
        self.assertIn(b" 200 OK", late.recv(100))


class Preloaded(unittest.TestCase):
    """Gunicorn's master loads the application before it forks."""

    def test_each_process_answers_with_what_the_master_loaded(self):
        server = Silent("test_one_that_speaks_late_is_answered")
        server.setUp()
        self.addCleanup(server.doCleanups)
        marks = Path(server.folder.name) / "loads"
        (Path(server.folder.name) / "small.py").write_text(APPLICATION + f"open({str(marks)!r}, 'a').write('x')\n")
        server.start("--preload", "--workers", "3")
        self.assertEqual(server.asks(f"http://127.0.0.1:{server.port}/"), b"ok")
        self.assertEqual(marks.read_text(), "x")

    def test_forged_key_ids_are_one_fetch_for_all_processes(self):
        from identity import Key

        server = Silent("test_one_that_speaks_late_is_answered")
        server.setUp()
        self.addCleanup(server.doCleanups)
        fetches = Path(server.folder.name) / "fetches"
        text = FORGED.format(fetches=str(fetches), key=Key("one").jwk())
        (Path(server.folder.name) / "small.py").write_text(text)
        server.start("--preload", "--workers", "3")
        with ThreadPoolExecutor(9) as clients:
            answers = list(clients.map(lambda at: server.asks(f"http://127.0.0.1:{server.port}/{at}"), range(60)))
        self.assertEqual(len(set(answers)), 3, "each process was asked")
        # the first keys, and one that a forged id caused
        self.assertEqual(fetches.read_text(), "xx")

    def test_no_process_gets_anothers_connections(self):
        import lab  # noqa: F401 (before airflow)
        from browser import app

        from airflow import settings
        from airflow_appliance.web_worker import let_go

        with app.app_context():
            pools = [settings.engine, app.session_interface.db.engine]
        with mock.patch.object(settings, "Session") as sessions, mock.patch.multiple(
            type(pools[0]), dispose=mock.DEFAULT
        ) as replaced:
            let_go(app)
        sessions.remove.assert_called_once_with()
        self.assertEqual(replaced["dispose"].call_count, len(pools))


if __name__ == "__main__":
    unittest.main()
