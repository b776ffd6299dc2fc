"""The command itself, bin/airflow: how it begins, with Airflow's own `main` replaced."""
import gc
import runpy
import sys
import unittest
from pathlib import Path
from unittest import mock

import lab  # noqa: F401 (first of all)

import airflow.__main__  # noqa: F401

COMMAND = Path(__file__).resolve().parent.parent / "files" / "bin-airflow"


class Start(unittest.TestCase):
    def setUp(self):
        self.addCleanup(gc.unfreeze)
        self.addCleanup(gc.enable)

    def run_as(self, *words):
        """What `main` sees: whether garbage is collected, and whether what was imported is left out of it."""
        seen = []

        def main():
            seen.append((gc.isenabled(), gc.get_freeze_count() > 0))
            return 3

        with mock.patch("airflow.__main__.main", main), mock.patch.object(sys, "argv", ["airflow", *words]):
            with self.assertRaises(SystemExit) as end:
                runpy.run_path(str(COMMAND), run_name="__main__")
        self.assertEqual(3, end.exception.code)
        return seen

    def test_garbage_is_collected_again_when_the_command_begins(self):
        for words in (["tasks", "run", "dag", "task", "run"], ["scheduler"], []):
            with self.subTest(words):
                self.assertEqual([(True, True)], self.run_as(*words))

    def test_a_task_has_the_models_before(self):
        with mock.patch.dict(sys.modules):
            sys.modules["airflow.models"] = None  # an import fails
            with self.assertRaises(ImportError):
                self.run_as("tasks", "run", "dag", "task", "run")
            self.assertEqual([(True, True)], self.run_as("version"))


if __name__ == "__main__":
    unittest.main()
