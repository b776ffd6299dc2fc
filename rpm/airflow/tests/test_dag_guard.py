"""The real manager of Airflow with the guard: what goes away with the mount is not taken for deleted."""
import errno
import logging
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types
import unittest
import zipfile
from datetime import timedelta
from pathlib import Path
from unittest import mock

import lab
from airflow.dag_processing.manager import DagFileProcessorAgent, DagFileProcessorManager
from airflow.models import DAG, DagModel
from airflow.models.dagcode import DagCode
from airflow.models.errors import ImportError as ImportErrorRow
from airflow.models.serialized_dag import SerializedDagModel
from airflow.utils import timezone
from airflow.utils.callback_requests import DagCallbackRequest
from airflow.utils.session import create_session

from airflow_appliance import after_import, dag_folder, dag_guard, dag_search
from airflow_appliance.mount import MARKER

CODE = """from airflow import DAG
import datetime
dag = DAG({name!r}, start_date=datetime.datetime(2022, 1, 1), schedule_interval=None)
"""


def eventually(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Guarded(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.ERROR)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.marker = lab.DAGS / MARKER
        self.addCleanup(self.clean)
        self.clean()
        lab.DAGS.mkdir()
        self.marker.write_text("airflow-appliance\n")

    def clean(self):
        shutil.rmtree(lab.DAGS, ignore_errors=True)
        with create_session() as session:
            for model in (DagModel, SerializedDagModel, DagCode, ImportErrorRow):
                session.query(model).delete()

    def put(self, name, text=None):
        file = lab.DAGS / f"{name}.py"
        file.write_text(text or CODE.format(name=name))
        return str(file)

    def put_zip(self, name, *inside):
        file = lab.DAGS / f"{name}.zip"
        with zipfile.ZipFile(file, "w") as packed:
            for each in inside:
                packed.writestr(f"{each}.py", CODE.format(name=each))
        return file

    def manager(self, timeout=60):
        ours, theirs = multiprocessing.Pipe()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        made = DagFileProcessorManager(lab.DAGS, -1, timedelta(seconds=timeout), theirs, [], False, True)
        made.dag_dir_list_interval = 0
        made._file_process_interval = 0
        self.addCleanup(made._search.stop)
        self.addCleanup(made.end)
        return made

    def search(self, manager, seconds=10):
        """One search from start to end."""
        manager._not_before = 0
        manager._refresh_dag_dir()
        deadline = time.monotonic() + seconds
        while manager._search.is_running and time.monotonic() < deadline:
            manager._refresh_dag_dir()

    def parse(self, manager):
        """Every file once."""
        manager.prepare_file_path_queue()
        while manager._file_path_queue or manager._processors:
            before = manager._file_path_queue[:]
            manager.start_new_processes()
            if not manager._processors and manager._file_path_queue == before:
                return
            while manager._processors:
                manager._kill_timed_out_processors()
                manager.collect_results()
                time.sleep(0.02)

    def round(self, manager):
        self.search(manager)
        self.parse(manager)

    def active(self):
        with create_session() as session:
            return sorted(name for name, in session.query(DagModel.dag_id).filter(DagModel.is_active))

    def kept(self):
        """What is stored of DAGs: serialized forms and code."""
        with create_session() as session:
            return (
                sorted(name for name, in session.query(SerializedDagModel.dag_id)),
                sorted(os.path.basename(name) for name, in session.query(DagCode.fileloc)),
            )

    def errors(self):
        with create_session() as session:
            return sorted(os.path.basename(name) for name, in session.query(ImportErrorRow.filename))

    def started(self, *names):
        for name in names:
            self.put(name)
        manager = self.manager()
        self.round(manager)
        self.assertEqual(self.active(), sorted(names))
        return manager

    def an_hour_passes(self, manager):
        hour = timedelta(hours=1)
        with create_session() as session:
            for dag in session.query(DagModel):
                dag.last_parsed_time -= hour
        for path, stat in manager._file_stats.items():
            manager._file_stats[path] = stat._replace(last_finish_time=stat.last_finish_time - hour)

    def look_for_stale(self, manager):
        manager.deactivate_stale_dags_interval = -1
        manager._deactivate_stale_dags()


class MountThere(Guarded):
    def test_dags_are_parsed(self):
        self.started("one", "two")
        self.assertEqual(self.kept(), (["one", "two"], ["one.py", "two.py"]))

    def test_a_deleted_file_is_deactivated(self):
        manager = self.started("one", "two")
        (lab.DAGS / "one.py").unlink()
        self.round(manager)
        self.assertEqual(self.active(), ["two"])
        self.assertEqual(self.kept(), (["two"], ["two.py"]))

    def test_the_last_deleted_file_is_deactivated(self):
        manager = self.started("one")
        (lab.DAGS / "one.py").unlink()
        self.round(manager)
        self.assertEqual((self.active(), self.kept()), ([], ([], [])))

    def test_a_dag_that_left_its_file_is_deactivated(self):
        manager = self.started("one", "two")
        self.put("one", CODE.format(name="renamed"))
        self.an_hour_passes(manager)
        self.round(manager)
        self.look_for_stale(manager)
        self.assertEqual(self.active(), ["renamed", "two"])

    def test_a_new_file_is_found(self):
        manager = self.started("one")
        self.put("two")
        self.round(manager)
        self.assertEqual(self.active(), ["one", "two"])

    def test_the_error_of_a_file_in_a_zip_stays_until_the_zip_is_gone(self):
        manager = self.started("one")
        archive = lab.DAGS / "packed.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("bad_in_zip.py", "from airflow import DAG\n1/0")
        self.round(manager)
        self.search(manager)
        self.assertEqual(self.errors(), ["bad_in_zip.py"])
        archive.unlink()
        self.search(manager)
        self.assertEqual(self.errors(), [])

    def test_dags_in_a_zip_stay_until_it_is_gone(self):
        manager = self.started("one")
        archive = self.put_zip("packed", "inside")
        (lab.DAGS / "folder.zip").mkdir()
        self.put("folder.zip/beside", CODE.format(name="beside"))
        self.round(manager)
        self.search(manager)
        self.assertEqual(self.active(), ["beside", "inside", "one"])
        archive.unlink()
        shutil.rmtree(lab.DAGS / "folder.zip")
        self.search(manager)
        self.assertEqual(self.active(), ["one"])

    def test_the_manager_looks_into_no_zip(self):
        """One failed read would take its DAGs for deleted, and a hanging one would hang the manager."""
        self.put_zip("packed", "inside")
        manager = self.manager()
        self.round(manager)
        manager._search.start()  # a process of its own, which does look into it
        with mock.patch.object(zipfile, "is_zipfile", return_value=False) as asked:
            self.search(manager)
        asked.assert_not_called()
        self.assertEqual(self.active(), ["inside"])

    def test_an_import_error_comes_and_goes(self):
        manager = self.started("one")
        self.put("bad", "from airflow import DAG\n1/0")
        self.round(manager)
        self.assertEqual(self.errors(), ["bad.py"])
        (lab.DAGS / "bad.py").unlink()
        self.round(manager)
        self.assertEqual(self.errors(), [])

    def test_a_module_beside_the_dags_is_found_though_the_folder_seems_unchanged(self):
        sys.path.insert(0, str(lab.DAGS))
        self.addCleanup(sys.path.remove, str(lab.DAGS))
        os.utime(lab.DAGS, (0, 0))
        with self.assertRaises(ModuleNotFoundError):
            __import__("helper_of_dags")  # as the processes that are forked later remember the folder
        (lab.DAGS / "helper_of_dags.py").write_text("NAME = 'helped'\n")
        self.put("new", "import helper_of_dags\n" + CODE.format(name="helped"))
        os.utime(lab.DAGS, (0, 0))
        manager = self.manager()
        self.round(manager)
        self.assertEqual(self.active(), ["helped"])

    def test_a_changed_file_is_parsed_before_its_turn(self):
        manager = self.started("one")
        manager._file_process_interval = 3600
        manager.prepare_file_path_queue()
        self.assertEqual(manager._file_path_queue, [])
        later = time.time() + 10
        os.utime(lab.DAGS / "one.py", (later, later))
        self.search(manager)
        manager.prepare_file_path_queue()
        self.assertEqual(manager._file_path_queue, [str(lab.DAGS / "one.py")])


class MountAway(Guarded):
    def setUp(self):
        super().setUp()
        self.put("bad", "from airflow import DAG\n1/0")
        self.guarded = self.started("one", "two")
        self.before = (self.active(), self.kept(), self.errors())
        self.an_hour_passes(self.guarded)
        self.assertEqual(self.before, (["one", "two"], (["one", "two"], ["one.py", "two.py"]), ["bad.py"]))

    def untouched(self):
        self.look_for_stale(self.guarded)
        self.assertEqual((self.active(), self.kept(), self.errors()), self.before)

    def waits(self, reason):
        self.assertIn(reason, self.guarded._trouble)
        self.guarded._file_path_queue = [str(lab.DAGS / "one.py")]
        self.guarded.start_new_processes()
        self.assertEqual(self.guarded._processors, {})

    def test_an_empty_folder_without_its_marker(self):
        shutil.rmtree(lab.DAGS)
        lab.DAGS.mkdir()
        self.round(self.guarded)
        self.untouched()
        self.waits("No such file")

    def test_no_folder(self):
        shutil.rmtree(lab.DAGS)
        self.round(self.guarded)
        self.untouched()
        self.waits("No such file")

    def test_another_folder_with_another_marker(self):
        shutil.rmtree(lab.DAGS)
        lab.DAGS.mkdir()
        self.marker.write_text("other")
        self.round(self.guarded)
        self.untouched()
        self.waits("must hold b'airflow-appliance'")

    def test_it_goes_on_when_the_mount_is_back(self):
        aside = lab.HOME / "aside"
        lab.DAGS.rename(aside)
        lab.DAGS.mkdir()
        self.round(self.guarded)
        self.untouched()
        lab.DAGS.rmdir()
        aside.rename(lab.DAGS)
        (lab.DAGS / "two.py").unlink()
        self.put("three")
        self.round(self.guarded)
        self.assertEqual(self.active(), ["one", "three"])
        self.assertIsNone(self.guarded._trouble)

    def test_it_is_tried_again_after_a_while_only(self):
        self.marker.unlink()
        self.search(self.guarded)
        self.assertFalse(self.guarded._is_search_due())
        self.guarded._not_before -= dag_guard.RETRY_SECONDS
        self.assertTrue(self.guarded._is_search_due())

    def test_a_dead_mount(self):
        with mock.patch("os.open", side_effect=OSError(errno.ENOTCONN, "Transport endpoint is not connected")):
            self.round(self.guarded)
        self.untouched()
        self.waits("Transport endpoint is not connected")

    def test_a_mount_that_dies_during_the_search(self):
        with mock.patch("os.scandir", side_effect=OSError(errno.ENOTCONN, "Transport endpoint is not connected")):
            self.round(self.guarded)
        self.untouched()
        self.waits("Transport endpoint is not connected")

    def test_a_file_that_cannot_be_read(self):
        with mock.patch.object(dag_folder, "might_contain_dag", side_effect=OSError(errno.EIO, "I/O error")):
            self.round(self.guarded)
        self.untouched()
        self.waits("I/O error")

    def test_a_mount_swapped_during_the_search(self):
        """Both looks at the path are good; only the handle knows that the first mount is gone."""

        def swap(*_):
            aside = tempfile.mkdtemp(dir=lab.HOME)
            lab.DAGS.rename(Path(aside) / "old")
            (Path(aside) / "old" / MARKER).unlink()
            lab.DAGS.mkdir()
            self.marker.write_text("airflow-appliance")
            return iter(())

        with mock.patch.object(dag_folder, "_files", swap):
            self.round(self.guarded)
        self.untouched()

    def test_a_search_that_is_killed(self):
        with mock.patch.object(dag_folder, "_files", lambda *_: os.kill(os.getpid(), 9)):
            self.round(self.guarded)
        self.untouched()
        self.waits("ended without a result")

    def test_times_are_never_asked_of_the_mount(self):
        with mock.patch("os.path.getmtime", side_effect=OSError(errno.ENOTCONN, "dead")) as asked:
            self.guarded.prepare_file_path_queue()
            self.assertIs(os.path.getmtime, asked)
        self.assertEqual(len(self.guarded._file_path_queue), 3)

    def test_a_manager_that_starts_without_the_mount(self):
        self.marker.unlink()
        self.guarded = self.manager()
        self.round(self.guarded)
        self.untouched()
        self.waits("No such file")


class MountHangs(MountAway):
    """The marker is a pipe that nobody writes: to open it hangs, as S3 does when it is away."""

    def setUp(self):
        super().setUp()
        self.marker.unlink()
        os.mkfifo(self.marker)

    def test_the_manager_does_not_hang(self):
        started = time.monotonic()
        for _ in range(3):
            self.guarded._refresh_dag_dir()
        self.assertLess(time.monotonic() - started, 20)
        self.assertTrue(self.guarded._search.is_running)
        self.untouched()

    def test_it_is_noticed(self):
        with mock.patch.object(dag_search, "ANSWER", 0.1):
            self.search(self.guarded, 1)
        self.untouched()
        self.waits("does not answer")

    def test_one_search_at_a_time_until_it_is_killed(self):
        self.guarded._refresh_dag_dir()
        process = self.guarded._search._process
        self.guarded._refresh_dag_dir()
        self.assertIs(self.guarded._search._process, process)
        with mock.patch.object(dag_search, "LONGEST", 0):
            self.guarded._refresh_dag_dir()
        self.assertFalse(process.is_alive())
        self.assertFalse(self.guarded._search.is_running)
        self.untouched()
        self.waits("hanging")

    def test_a_file_that_hangs_is_killed_and_nothing_follows_from_it(self):
        self.guarded._processor_timeout = timedelta(seconds=1)
        self.parse(self.guarded)
        self.assertEqual(self.guarded._unfinished, {str(lab.DAGS / f"{name}.py") for name in ("one", "two", "bad")})
        self.guarded._processor_timeout = timedelta(seconds=0)
        self.untouched()

    def test_it_goes_on_when_the_mount_answers(self):
        self.guarded._refresh_dag_dir()
        good = lab.DAGS / "good"
        good.write_text("airflow-appliance")
        with open(self.marker, "w") as pipe:
            good.rename(self.marker)
            pipe.write("airflow-appliance")
        self.search(self.guarded)
        self.assertIsNone(self.guarded._trouble)
        self.assertEqual(self.active(), ["one", "two"])


for name in [name for name in vars(MountAway) if name.startswith("test_")]:
    if name not in vars(MountHangs):
        setattr(MountHangs, name, None)


class FileProcess(Guarded):
    """The process of one file, which may meet a dead mount at any moment."""

    def setUp(self):
        super().setUp()
        self.guarded = self.started("one", "two")
        self.an_hour_passes(self.guarded)
        self.file = str(lab.DAGS / "one.py")
        self.finished = self.guarded.get_last_finish_time(self.file)

    def test_it_does_not_start_without_the_mount(self):
        self.marker.unlink()
        (lab.DAGS / "one.py").unlink()
        self.parse(self.guarded)
        self.assertEqual(self.guarded.get_last_finish_time(self.file), self.finished)
        self.assertIn("mount was away", self.guarded._trouble)
        self.guarded._trouble = None
        self.look_for_stale(self.guarded)
        self.assertEqual(self.active(), ["one", "two"])

    def test_its_callbacks_are_kept_for_later(self):
        request = DagCallbackRequest(self.file, "one", "run", False)
        self.guarded._add_callback_to_queue(request)
        self.marker.unlink()
        self.guarded.start_new_processes()
        while self.guarded._processors:
            self.guarded.collect_results()
        self.assertEqual(self.guarded._callback_to_execute[self.file], [request])
        self.assertIn(self.file, self.guarded._file_path_queue)

    def test_what_a_dying_mount_gives_is_dropped(self):
        die = f"import os; os.unlink({str(self.marker)!r})\n"
        for text in ("from airflow import DAG\n" + die + "1/0", "from airflow import DAG\n" + die):
            with self.subTest(text):
                self.marker.write_text("airflow-appliance")
                self.guarded._trouble = None
                self.put("one", text)
                self.parse(self.guarded)
                self.assertEqual(self.guarded.get_last_finish_time(self.file), self.finished)
                self.assertEqual((self.active(), self.errors()), (["one", "two"], []))
                self.guarded._trouble = None
                self.look_for_stale(self.guarded)
                self.assertEqual(self.active(), ["one", "two"])


class Listed(Guarded):
    """What a listing means for what is being parsed, and for what waits."""

    SLOW = "from airflow import DAG\nimport time\ntime.sleep(60)\n"

    def begins(self, manager, request):
        manager._add_callback_to_queue(request)
        manager.start_new_processes()
        return manager._processors[request.full_filepath]

    def test_a_file_that_is_deleted_while_it_is_parsed(self):
        file = self.put("one", self.SLOW)
        manager = self.manager()
        self.search(manager)
        processor = self.begins(manager, DagCallbackRequest(file, "one", "run", False))
        self.assertNotIn(file, manager._file_stats)  # a callback's file may not have been parsed before
        os.unlink(file)
        self.search(manager)
        self.assertIsNotNone(processor._process.exitcode)
        self.assertEqual((manager._processors, len(manager.waitables)), ({}, 1))
        manager.collect_results()
        self.put("two")
        self.round(manager)
        self.assertEqual(self.active(), ["two"])

    def test_what_is_parsed_beside_a_deleted_file_goes_on(self):
        """A forked process has the manager's handler of SIGTERM, which ends all that the manager has."""
        before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
        self.addCleanup(signal.signal, signal.SIGTERM, before[0])
        self.addCleanup(signal.signal, signal.SIGINT, before[1])
        stays, goes = self.put("stays", self.SLOW), self.put("goes", self.SLOW)
        manager = self.manager()
        manager._parallelism = 2
        manager.register_exit_signals()
        self.search(manager)
        other = self.begins(manager, DagCallbackRequest(stays, "stays", "run", False))
        self.addCleanup(other.kill)
        self.begins(manager, DagCallbackRequest(goes, "goes", "run", False))
        time.sleep(1)  # until it has what it inherits
        os.unlink(goes)
        self.search(manager)
        self.assertEqual(list(manager._processors), [stays])
        other._process.join(1)
        self.assertIsNone(other._process.exitcode)

    def test_a_callback_of_a_dag_in_a_zip(self):
        archive = self.put_zip("packed", "inside")
        manager = self.manager()
        self.search(manager)
        file = f"{archive}/inside.py"
        processor = self.begins(manager, DagCallbackRequest(file, "inside", "run", False))
        self.search(manager)
        self.assertEqual(manager._processors, {file: processor})
        manager._add_callback_to_queue(DagCallbackRequest(file, "inside", "later", False))
        self.search(manager)
        self.assertEqual(manager._file_path_queue, [file])
        self.parse(manager)
        self.assertEqual(self.active(), ["inside"])
        self.assertEqual(dict(manager._callback_to_execute), {})

    def test_what_waits_for_a_deleted_file_waits_no_more(self):
        manager = self.started("one")
        archive = self.put_zip("packed", "inside")
        self.search(manager)
        for file in (f"{archive}/inside.py", str(lab.DAGS / "one.py")):
            manager._add_callback_to_queue(DagCallbackRequest(file, "any", "run", False))
        archive.unlink()
        self.search(manager)
        self.assertEqual(manager._file_path_queue, [str(lab.DAGS / "one.py")])


class WholeScheduler(Guarded):
    def test_the_running_manager_survives_and_recovers(self):
        """The manager in its own process, as the scheduler starts it."""
        with mock.patch.dict(
            os.environ,
            AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL="1",
            AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL="1",
            AIRFLOW__SCHEDULER__DEACTIVATE_STALE_DAGS_INTERVAL="1",
        ), mock.patch.object(dag_guard, "RETRY_SECONDS", 0.5):
            self.put("one")
            self.put("two")
            agent = DagFileProcessorAgent(lab.DAGS, -1, timedelta(seconds=20), [], False, True)
            agent.start()
            self.addCleanup(agent.end)
            self.addCleanup(agent._process.join, 10)
            self.addCleanup(agent.terminate)
            process = agent._process
            self.assertTrue(eventually(lambda: self.active() == ["one", "two"]))
            aside = lab.HOME / "aside"
            lab.DAGS.rename(aside)
            self.addCleanup(shutil.rmtree, aside, ignore_errors=True)
            lab.DAGS.mkdir()
            self.assertFalse(eventually(lambda: self.active() != ["one", "two"], 8))
            lab.DAGS.rmdir()
            (aside / "one.py").unlink()
            aside.rename(lab.DAGS)
            self.assertTrue(eventually(lambda: self.active() == ["two"]))
            # the files' code goes last, a moment later
            self.assertTrue(eventually(lambda: self.kept() == (["two"], ["two.py"])), self.kept())
            agent.heartbeat()
            self.assertIs(agent._process, process)
            self.assertTrue(process.is_alive())


class AllAtOnce(Guarded):
    def test_nothing_deactivates_all_dags_at_once(self):
        self.started("one", "two")
        DAG.deactivate_unknown_dags([])
        DAG.deactivate_stale_dags(timezone.utcnow() + timedelta(days=1))
        self.assertEqual(self.active(), ["one", "two"])


class Installed(unittest.TestCase):
    def test_unknown_code_is_refused(self):
        module = types.ModuleType("some.module")
        module.__file__ = __file__
        changed = []
        message = "some.module: its source has sha256 .* was written for x"
        with self.assertRaisesRegex(after_import.UnknownCode, message):
            after_import.Change("x", changed.append)(module)
        self.assertEqual(changed, [])

    def run_python(self, code, home):
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            env={**os.environ, "AIRFLOW_HOME": str(home)},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
        )

    NAMES = (
        "import airflow_appliance.dag_folder; from airflow.dag_processing import manager as m, processor as p; "
        "from airflow import settings; "
        "print(m.DagFileProcessorManager.__name__, p.DagFileProcessor.__name__, settings.pod_mutation_hook.__module__)"
    )

    def test_on_a_node(self):
        """Also when the DAG bucket holds a module of the same name."""
        lab.DAGS.mkdir(exist_ok=True)
        evil = lab.DAGS / "airflow_local_settings.py"
        evil.write_text("raise SystemExit('evil')")
        self.addCleanup(evil.unlink)
        self.assertEqual(
            self.run_python(self.NAMES, lab.HOME).stdout.split()[-3:],
            ["GuardedManager", "GuardedProcessor", "airflow_appliance.pods"],
        )

    def test_not_in_a_worker_pod(self):
        home = Path(tempfile.mkdtemp(dir=lab.HOME))
        shutil.copy(lab.HOME / "airflow.cfg", home)
        self.assertEqual(
            self.run_python(self.NAMES, home).stdout.split()[-3:],
            ["DagFileProcessorManager", "DagFileProcessor", "airflow_appliance.pods"],
        )

    def test_broken_settings_stop_a_node(self):
        home = Path(tempfile.mkdtemp(dir=lab.HOME))
        shutil.copy(lab.HOME / "airflow.cfg", home)
        (home / "settings.json").write_text("{}")
        done = self.run_python(self.NAMES, home)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("settings.json oidc: must be an object, found null", done.stderr)


if __name__ == "__main__":
    unittest.main()
