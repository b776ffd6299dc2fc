"""`airflow tasks run` as a worker pod runs it, with S3: its output, its log, and what it says when it is killed."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from datetime import datetime, timezone as tz
from pathlib import Path
from unittest import mock

import lab
from airflow.models import DagRun, Pool, TaskInstance
from airflow.utils.session import create_session
from airflow.utils.state import State
from airflow.utils.types import DagRunType
from cases import named, table
from cluster import BUCKET, Cluster
from test_dag_guard import Guarded

from airflow_appliance import worker_log

DATE = datetime(2022, 1, 1, tzinfo=tz.utc)
KEY = f"logs/one/t/{DATE.isoformat()}/1.log"
CODE = """import datetime, logging, os, signal, sys, time
from airflow import DAG
from airflow.operators.python import PythonOperator
def work():
    print("printed by the task")
    logging.getLogger("some.library").warning("said by a library: \\u00e4\\udcff")
    {end}
with DAG("one", start_date=datetime.datetime(2022, 1, 1), schedule_interval=None) as dag:
    PythonOperator(task_id="t", python_callable=work, retries=1, retry_delay=datetime.timedelta(0))
"""
LINE = r"(?m)^\[\d{4}-\d\d-\d\d[^\]]*\] \{[^}]*\} "
V2 = {"memory.events": "low 0\nmax 9\noom 1\noom_kill 1\noom_group_kill 0\n", "memory.max": "4294967296\n"}
V1 = {
    "memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
    "memory/memory.limit_in_bytes": "536870912\n",
}
KILLS = {
    "version 2": (V2, "killed by the kernel: out of memory, limit 4096Mi; ask for more by pod_override"),
    "version 1": (V1, "killed by the kernel: out of memory, limit 512Mi; ask for more by pod_override"),
    "no limit in version 2": ({**V2, "memory.max": "max\n"}, "out of memory, limit of the machine;"),
    "no limit in version 1": ({**V1, "memory/memory.limit_in_bytes": str((1 << 63) - 4096)}, "limit of the machine;"),
    "no kill": ({**V2, "memory.events": "oom 1\noom_kill 0\n"}, "killed with SIGKILL by something in or beside the"),
    "a kernel that counts none": ({"memory/memory.oom_control": "under_oom 0\n"}, "killed with SIGKILL by something"),
    "no control group": ({}, "killed with SIGKILL by something in or beside the pod; the kernel counts no kill"),
}


@named
class KilledBy(unittest.TestCase):
    @table(KILLS)
    def says(self, row):
        files, wanted = row
        folder = Path(tempfile.mkdtemp(dir=lab.HOME))
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        with mock.patch.object(worker_log, "CGROUPS", folder):
            self.assertIn(wanted, worker_log._killed_by())


class Worker(Guarded):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster()
        self.addCleanup(self.cluster.stop)
        self.home = Path(tempfile.mkdtemp(dir=lab.HOME))
        shutil.copy(lab.HOME / "airflow.cfg", self.home)
        # A task in a pod renders what its pod would be.
        (self.home / "pod_template.yaml").write_text("spec: {containers: [{name: base}]}")

    def clean(self):
        super().clean()
        with create_session() as session:
            for model in (TaskInstance, DagRun, Pool):
                session.query(model).delete()

    def start(self, end, **environment):
        from airflow.models import DagBag

        self.put("one", CODE.format(end=end))
        task = DagBag(str(lab.DAGS), include_examples=False).get_dag("one").get_task("t")
        with create_session() as session:
            session.add(DagRun("one", "run", execution_date=DATE, run_type=DagRunType.MANUAL, state=State.RUNNING))
            session.add(Pool(pool="default_pool", slots=1))
            session.flush()
            found = TaskInstance(task, run_id="run")
            found.state = State.QUEUED
            session.add(found)
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "airflow", "tasks", "run", "one", "t", "run", "--local",
             "--subdir", str(lab.DAGS / "one.py")],
            env={
                **os.environ,
                **self.cluster.environment(),
                "AIRFLOW_HOME": str(self.home),
                "AIRFLOW_IS_K8S_EXECUTOR_POD": "True",
                "AIRFLOW__LOGGING__REMOTE_LOGGING": "True",
                "AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER": f"s3://{BUCKET}/logs",
                "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.home / "logs"),
                "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
                "AIRFLOW__KUBERNETES__POD_TEMPLATE_FILE": str(self.home / "pod_template.yaml"),
                **environment,
            },
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )

    def run_task(self, end, **environment):
        process = self.start(end, **environment)
        output = process.communicate(timeout=60)[0].decode("utf-8", "replace")
        return process.returncode, output, self.cluster.objects.get(KEY, b"").decode()

    def state(self):
        with create_session() as session:
            return session.query(TaskInstance.state).scalar()

    def test_the_output_has_what_the_log_has(self):
        code, output, log = self.run_task("return 'result'")
        self.assertEqual((code, self.state()), (0, State.SUCCESS), output)
        for text in ("INFO - printed by the task\n", "Returned value was: result\n", "Marking task as SUCCESS"):
            self.assertIn(text, log)
        self.assertLessEqual(set(log.splitlines()), set(output.splitlines()))
        self.assertEqual(output.count("printed by the task"), 1)

    def test_the_log_of_a_task_that_waited_begins_with_the_reason(self):
        said = "This task waited for its pod since 2022-01-01: 100 % of a quota"
        code, output, log = self.run_task("print(os.environ.get('AIRFLOW_APPLIANCE_WAITED'))", AIRFLOW_APPLIANCE_WAITED=said)
        self.assertEqual((code, self.state()), (0, State.SUCCESS), output)
        self.assertRegex(log.splitlines()[0], LINE + f"WARNING - {said}$")
        self.assertIn(log.splitlines()[0], output.splitlines())
        self.assertIn("INFO - None\n", log)

    def test_a_killed_task_says_why_and_is_tried_again_at_once(self):
        code, output, log = self.run_task("os.kill(os.getpid(), signal.SIGKILL)")
        self.assertEqual((code, self.state()), (0, State.UP_FOR_RETRY), output)
        self.assertIn("INFO - printed by the task\n", log)
        self.assertIn("Task exited with return code Negsignal.SIGKILL", log)
        self.assertRegex(log.splitlines()[-1], LINE + r"ERROR - The task's process was killed (with|by) ")

    def test_a_task_that_fails_has_said_why(self):
        code, _, log = self.run_task("1/0")
        self.assertEqual((code, self.state()), (0, State.UP_FOR_RETRY))
        self.assertIn("ZeroDivisionError", log)
        self.assertNotIn("process was killed", log)

    def test_the_output_of_a_pod_whose_every_process_is_killed(self):
        process = self.start("time.sleep(60)")
        seen = b""
        for line in process.stdout:
            seen += line
            if b"said by a library" in line:
                break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        with create_session() as session:
            self.assertEqual(session.query(TaskInstance.state).scalar(), State.RUNNING)
            os.killpg(session.query(TaskInstance.pid).scalar(), signal.SIGKILL)
        self.assertEqual(self.cluster.objects, {})
        self.assertRegex(seen.decode("utf-8", "replace"), LINE + "INFO - printed by the task\n")

    def test_a_closed_output_ends_no_task(self):
        process = self.start("time.sleep(1)")
        process.stdout.close()
        process.wait(60)
        self.assertEqual(self.state(), State.SUCCESS)
        self.assertIn("printed by the task", self.cluster.objects[KEY].decode())

    def test_a_wrong_format_ends_no_task(self):
        code, output, log = self.run_task("logging.getLogger('some.library').warning('%d', 'no number')")
        self.assertEqual((code, self.state()), (0, State.SUCCESS), output)

    def test_a_file_that_cannot_be_read_at_once_is_waited_for(self):
        process = self.start("pass")
        file = lab.DAGS / "one.py"
        away = file.rename(lab.HOME / "away.py")
        seen = b""
        for line in process.stdout:
            seen += line
            if b"reading again" in line:
                away.rename(file)
        self.assertEqual((process.wait(60), self.state()), (0, State.SUCCESS), seen)
        self.assertIn(b"reading again", seen)

    def test_a_file_that_is_gone_ends_the_pod(self):
        process = self.start("pass")
        (lab.DAGS / "one.py").unlink()
        output = process.communicate(timeout=120)[0]
        self.assertEqual((process.returncode, self.state()), (1, State.QUEUED), output)
        self.assertIn(b"reading again", output)
        self.assertIn(b"could not be found", output)

    def test_only_in_a_worker_pod(self):
        code, output, log = self.run_task("pass", AIRFLOW_IS_K8S_EXECUTOR_POD="")
        self.assertEqual(code, 0)
        self.assertIn("printed by the task", log)
        self.assertNotIn("printed by the task", output)

    def test_it_loads_nothing_that_a_pod_does_not_need(self):
        code = (
            "import sys, airflow_local_settings as s; "
            "print([n for n in ('kubernetes', 'boto3', 'airflow.models', 'airflow.jobs') if n in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            env={**os.environ, "AIRFLOW_HOME": str(self.home), "AIRFLOW_IS_K8S_EXECUTOR_POD": "True"},
            stdout=subprocess.PIPE, universal_newlines=True,
        )
        self.assertEqual(done.stdout.split("\n")[-2], "[]")


if __name__ == "__main__":
    unittest.main()
