"""S3 and Kubernetes as far as an ended pod needs them: one HTTP server, spoken to by the real clients."""
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock
from urllib.parse import parse_qs, quote, unquote, urlsplit

from kubernetes import client

BUCKET = "bucket"


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """Clients that do not wait for an answer are what the tests are about."""


class Cluster:
    """`objects` by key, `outputs` by pod, `pods` as Kubernetes lists them; `events` are sent to whoever watches pods, once each."""

    def __init__(self):
        self.objects, self.outputs, self.warnings = {}, {}, {}
        self.events, self.asked, self.pods = [], [], []
        # Before these parts answer; `broken` ones say 500.
        self.delay, self.broken = {"s3": 0, "log": 0}, set()
        self._hurried = threading.Event()
        self._server = Server(("127.0.0.1", 0), self._handler())
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def hurry(self):
        """Answers at once from now on, also what waits already."""
        self._hurried.set()

    def slow(self, part):
        self._hurried.wait(self.delay[part])

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def environment(self):
        """Of a process whose logs go to this S3."""
        extra = {"host": self.url, "region_name": "r", "config_kwargs": {"s3": {"addressing_style": "path"}}}
        return {
            "AIRFLOW__LOGGING__REMOTE_LOG_CONN_ID": "airflow_log",
            "AIRFLOW_CONN_AIRFLOW_LOG": "s3://key:secret@/?__extra__=" + quote(json.dumps(extra), safe=""),
        }

    def enter(self, test):
        """Until the end of a test."""
        test.addCleanup(self.stop)
        patch = mock.patch.dict(os.environ, self.environment())
        patch.start()
        test.addCleanup(patch.stop)

    def add_pod(self, task, run="run", phase="Running", tried=1, worker="1", **more):
        """A pod of a task of DAG `d`; by its name what it is for."""
        place = {"dag_id": "d", "task_id": task, "run_id": run, "try_number": str(tried)}
        self.pods.append(
            {
                "metadata": {
                    "name": task,
                    "namespace": "airflow",
                    "uid": f"uid-{task}",
                    "annotations": place,
                    "labels": {"kubernetes_executor": "True", "airflow-worker": worker},
                    "creationTimestamp": "2022-01-01T00:00:00Z",
                    **more,
                },
                "spec": {"containers": []},
                "status": {"phase": phase},
            }
        )

    def kubernetes(self):
        configuration = client.Configuration()
        configuration.host = self.url
        return client.CoreV1Api(client.ApiClient(configuration))

    def _handler(cluster):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                place = urlsplit(self.path)
                cluster.asked.append(f"GET {unquote(place.path)}")
                words, query = place.path.split("/")[1:], parse_qs(place.query)
                if words[0] == BUCKET:
                    self.s3(lambda: cluster.objects.get(unquote("/".join(words[1:]))))
                elif "watch" in query:
                    self.watch()
                elif words[-1] == "pods":
                    self.answer(200, json.dumps({"items": cluster.pods}).encode())
                elif words[-2] == "pods":
                    found = [pod for pod in cluster.pods if pod["metadata"]["name"] == words[-1]]
                    self.answer(200, json.dumps(found[0]).encode()) if found else self.answer(404, b"{}")
                elif words[-1] == "log":
                    cluster.slow("log")
                    self.text(cluster.outputs.get(words[-2]))
                elif words[-1] == "events":
                    name = query["fieldSelector"][0].split(",")[0].split("=")[1]
                    self.answer(200, json.dumps({"items": cluster.warnings.get(name, [])}).encode())

            def do_HEAD(self):
                self.do_GET()

            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                key = unquote(urlsplit(self.path).path.split("/", 2)[2])
                cluster.asked.append(f"PUT {key}")
                self.s3(lambda: cluster.objects.update({key: body}) or b"")

            def do_POST(self):
                pod = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                name = pod["metadata"]["name"]
                cluster.asked.append(f"POST {name}")
                pod["metadata"].update(uid=f"uid-{name}", creationTimestamp="2022-01-01T00:00:00Z")
                cluster.pods.append({**pod, "status": {"phase": "Pending"}})
                self.answer(201, json.dumps(cluster.pods[-1]).encode())

            def do_PATCH(self):
                change = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                name = urlsplit(self.path).path.rsplit("/", 1)[1]
                cluster.asked.append(f"PATCH {name}")
                found = [pod for pod in cluster.pods if pod["metadata"]["name"] == name]
                if "patch" in cluster.broken or not found:
                    self.answer(409 if found else 404, b"{}")
                    return
                found[0]["metadata"]["labels"].update(change["metadata"]["labels"])
                self.answer(200, json.dumps(found[0]).encode())

            def s3(self, act):
                cluster.slow("s3")
                found = None if "s3" in cluster.broken else act()
                if "s3" in cluster.broken:
                    self.answer(500, b"<Error><Code>InternalError</Code></Error>")
                elif found is None:
                    self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
                else:
                    self.answer(200, found)

            def text(self, found):
                self.answer(404, b"{}") if found is None else self.answer(200, found.encode())

            def watch(self):
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                while True:
                    while cluster.events:
                        line = json.dumps(cluster.events.pop(0)).encode() + b"\n"
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                    time.sleep(0.05)

            def answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

        return Handler
