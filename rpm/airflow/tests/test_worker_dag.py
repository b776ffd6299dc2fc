"""When a pod believes that its DAG is not there, on a clock of the test's own."""
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from cases import named, table

from airflow_appliance import worker_dag
from airflow_appliance.dag_copy import record
from airflow_appliance.dag_copy.names import Entry

AWAY, BACK = "Input/output error", None
FOUND, MISSED = True, False
WELL, WAIT, PAUSE = worker_dag.WELL_SECONDS, worker_dag.WAIT_SECONDS, worker_dag.PAUSE_SECONDS
# Reads, each with its seconds, what it found and what the mount says after it; the last goes on for ever.
FOUND_LATER = {
    "the first read": [(1, FOUND, BACK)],
    "S3 is away for a minute": [(21, MISSED, AWAY), (20, MISSED, AWAY), (20, MISSED, BACK), (1, FOUND, BACK)],
    "S3 is back and names are still missed": [(21, MISSED, AWAY), *[(1, MISSED, BACK)] * 9, (1, FOUND, BACK)],
    "misses are all that is seen of it": [*[(0, MISSED, BACK)] * 14, (1, FOUND, BACK)],
    "S3 goes away in the read that would be believed": [
        (0, MISSED, BACK), (WELL, MISSED, BACK), (20, MISSED, AWAY), (0, MISSED, BACK), (1, FOUND, BACK),
    ],
    "a read that began before and took long": [(0, MISSED, BACK), (WELL + 20, MISSED, BACK), (1, FOUND, BACK)],
}
# And after how many seconds it is believed, at least and at most.
NOT_FOUND = {
    "a file that is gone": ([(0, MISSED, BACK)], WELL, WELL + 2 * PAUSE),
    "a file that was gone when S3 came back": ([(21, MISSED, AWAY), (1, MISSED, BACK)], 21 + WELL, 30 + WELL),
    "S3 stays away": ([(20, MISSED, AWAY)], WAIT, WAIT + 20 + 2 * PAUSE),
}


class Gone(Exception):
    """As Airflow says that a DAG is not there."""


@named
class Waits(unittest.TestCase):
    def setUp(self):
        self.now = 1000.0
        clock = SimpleNamespace(monotonic=lambda: self.now, sleep=self.pass_by)
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = Path(made.name)
        changes = {"time": clock, "_trouble": lambda: self.says, "_folder": lambda: self.folder}
        for name, value in changes.items():
            patch = mock.patch.object(worker_dag, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def pass_by(self, seconds):
        self.now += seconds

    def get_dag(self, reads):
        left = iter(reads)
        self.left = len(reads)

        def read(subdir, dag_id):
            self.left -= 1
            seconds, found, self.says = next(left, reads[-1])
            self.pass_by(seconds)
            if not found:
                raise Gone(f"Dag {dag_id!r} could not be found")
            return f"DAG {dag_id} of {subdir}"

        airflow = SimpleNamespace(get_dag=read, AirflowException=Gone)
        worker_dag._wait_for_mount(airflow)
        with self.assertLogs(worker_dag.log) as logs:
            worker_dag.log.info("the test's own, since none is an error")
            try:
                return airflow.get_dag("a.py", "one")
            finally:
                self.waits, self.lines = len(logs.records) - 1, logs.output

    @table(FOUND_LATER)
    def found_later(self, reads):
        self.assertEqual(self.get_dag(reads), "DAG one of a.py")
        self.assertEqual((self.left, self.waits), (0, len(reads) - 1))

    @table(NOT_FOUND)
    def not_found(self, row):
        reads, least, most = row
        with self.assertRaises(Gone):
            self.get_dag(reads)
        self.assertTrue(least <= self.now - 1000 <= most, self.now - 1000)

    def test_a_copy_is_believed_at_once_and_told(self):
        copied = record.text("s3://airflow/dags/science/", {Entry("dags/science/a.py", "x", 1): None}, 0.1)
        (self.folder / record.RECORD).write_bytes(copied)
        with self.assertRaises(Gone):
            self.get_dag([(1, MISSED, BACK)])
        self.assertEqual(self.now, 1001)
        self.assertRegex(
            self.lines[1],
            r"DAG 'one' is not in what this pod has: 1 files of s3://airflow/dags/science/, copied at 2\S+Z and listed in ",
        )

    def test_another_error_is_not_waited_for(self):
        airflow = SimpleNamespace(get_dag=mock.Mock(side_effect=ValueError), AirflowException=Gone)
        worker_dag._wait_for_mount(airflow)
        with self.assertRaises(ValueError):
            airflow.get_dag("a.py", "one")
        self.assertEqual(self.now, 1000)
