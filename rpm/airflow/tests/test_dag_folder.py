"""The strict search of the DAG folder: an error is never "there is nothing"."""
import errno
import os
import shutil
import signal
import tempfile
import unittest
import zipfile
from io import BytesIO
from pathlib import Path
from unittest import mock

import lab  # noqa: F401 (before airflow)
from cases import named, table

from airflow.utils.file import list_py_file_paths
from airflow_appliance import dag_folder
from airflow_appliance.dag_folder import search
from airflow_appliance.mount import MARKER, Hold, MountGone

DAG = "from airflow import DAG\n"


class Folder(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(dir=lab.HOME))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        (self.root / MARKER).write_text("airflow-appliance\n")

    def put(self, name, text=DAG):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return str(file)

    def search(self):
        return search(self.root, str(self.root), True)


class Broken:
    """`open`, which fails for one file a few times."""

    def __init__(self, file, times):
        self.file, self.left = str(file), times

    def __call__(self, path, *args, **kwargs):
        if str(path) == self.file and self.left:
            self.left -= 1
            raise OSError(errno.EIO, "broken")
        return open(path, *args, **kwargs)


@named
class Marker(Folder):
    def test_good(self):
        with Hold(self.root) as held:
            held.check()

    @table(
        {
            "removed": lambda root: (root / MARKER).unlink(),
            "empty": lambda root: (root / MARKER).write_text(""),
            "of another text": lambda root: (root / MARKER).write_text("airflow"),
            "a folder": lambda root: ((root / MARKER).unlink(), (root / MARKER).mkdir()),
            "gone with its folder": lambda root: shutil.rmtree(root),
            "in a folder that is a file": lambda root: (shutil.rmtree(root), root.write_text("x")),
        }
    )
    def bad(self, spoil):
        spoil(self.root)
        with self.assertRaises(MountGone):
            with Hold(self.root):
                pass

    def test_a_handle_stays_with_its_own_folder(self):
        """What a new mount over a dead one does: the path is good again, the handle must not be."""
        with Hold(self.root) as held:
            old = self.root.with_name(self.root.name + "-old")
            self.root.rename(old)
            self.addCleanup(shutil.rmtree, old, ignore_errors=True)
            self.root.mkdir()
            (self.root / MARKER).write_text("airflow-appliance")
            (old / MARKER).unlink()
            with self.assertRaises(MountGone):
                held.check()
            with Hold(self.root):
                pass

    def test_no_handle_is_left_open(self):
        before = len(os.listdir("/proc/self/fd"))
        with Hold(self.root):
            pass
        (self.root / MARKER).unlink()
        for _ in range(3):
            with self.assertRaises(MountGone):
                with Hold(self.root):
                    pass
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)


@named
class Search(Folder):
    def test_finds_what_airflow_finds(self):
        self.put("a.py")
        self.put("team/b.py")
        self.put("team/deep/er/c.py")
        self.put("no_dag.py", "print()")
        self.put("data.csv", "dag airflow")
        self.put(".airflowignore", "ignored\n# all.*\n^x.*\\.py # words\n")
        self.put("ignored.py")
        self.put("ignored_folder/d.py")
        self.put("xyz.py")
        self.put("team/.airflowignore", "nothere")
        self.put("team/nothere/e.py")
        self.put("nothere/f.py")
        with zipfile.ZipFile(self.root / "packed.zip", "w") as archive:
            archive.writestr("inside.py", DAG)
            archive.writestr("other.py", "print()")
        (self.root / "link").symlink_to(tempfile.mkdtemp(dir=lab.HOME))
        Path(os.readlink(self.root / "link"), "linked.py").write_text(DAG)
        (self.root / "dangling.py").symlink_to("/nowhere")
        found = self.search()
        self.assertEqual(sorted(found.files), sorted(list_py_file_paths(str(self.root), True, False, False)))
        self.assertEqual(len(found.files), 7)
        self.assertIn(str(self.root / "packed.zip" / "inside.py"), found.locations)
        self.assertNotIn(str(self.root / "packed.zip"), found.locations)
        self.assertEqual(found.times[str(self.root / "a.py")], os.path.getmtime(self.root / "a.py"))

    def test_an_empty_folder_with_its_marker_is_empty(self):
        self.assertEqual(self.search().files, [])

    def test_one_file_as_directory(self):
        file = self.put("a.py")
        self.assertEqual(search(self.root, file, True).files, [file])

    def test_a_file_deleted_meanwhile_is_gone(self):
        self.put("a.py")
        with mock.patch.object(dag_folder, "_locations", side_effect=FileNotFoundError):
            self.assertEqual(self.search().files, [])

    def test_a_file_that_may_not_be_read_stays(self):
        file = self.put("a.py")
        with mock.patch.object(dag_folder, "_locations", side_effect=PermissionError(errno.EACCES, "no")):
            self.assertEqual(self.search().files, [file])

    def test_what_may_not_even_be_looked_at_stays(self):
        file, other = self.put("a.py"), self.put("b.py")
        self.put("notes.txt")
        look = os.stat

        def refused(path, **kwargs):
            if str(path).endswith(("a.py", "notes.txt")):
                raise PermissionError(errno.EACCES, "no")
            return look(path, **kwargs)

        with mock.patch.object(dag_folder.os, "stat", side_effect=refused):
            found = self.search()
        self.assertEqual((sorted(found.files), sorted(found.locations)), ([file, other], [file, other]))
        self.assertEqual(list(found.times), [other])

    def test_a_mistake_of_one_team_stops_nobody(self):
        """Each of these once kept the files of all teams from being read."""
        good = self.put("good/a.py")
        self.put("one/.airflowignore", "*.pyc\nleft.*\n")
        self.put("one/left_out.py")
        kept = self.put("one/b.py")
        (self.root / "two").mkdir()
        (self.root / "two/.airflowignore").write_bytes(b"\xff\xfe ignored\n")
        (self.root / "two/loop.py").symlink_to("loop.py")
        (self.root / "two/round").symlink_to(".")
        (self.root / "two/to_three").symlink_to("../three")
        (self.root / "three").mkdir()
        (self.root / "three/to_two").symlink_to("../two")
        packed = self.put("good/" + "n" * 40 + ".zip", "")
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("dag.py", DAG)
        locked = bytearray(Path(packed).read_bytes())
        locked[6] |= 1  # says that it is encrypted, in its own header and in the directory's
        locked[locked.index(b"PK\x01\x02") + 8] |= 1
        Path(packed).write_bytes(locked)
        damaged = self.put("good/damaged.zip", "")
        end = bytearray(locked[locked.rindex(b"PK\x05\x06") :])
        end[12:20] = b"\xff\xff\xff\x7f" + b"\xff\xff\xff\x0f"  # its directory would begin before the file
        Path(damaged).write_bytes(b"PK\x03\x04" + bytes(60) + end)
        other = self.put("good/data.bin", "")
        Path(other).write_bytes(locked)
        with self.assertLogs("airflow_appliance.dag_folder", "WARNING") as said:
            found = self.search()
        loops = [str(self.root / "two/loop.py"), str(self.root / "three/to_two/loop.py")]
        self.assertEqual(sorted(found.files), sorted([good, kept, packed, damaged, *loops]))
        self.assertIn("one/.airflowignore, line 1: '*.pyc' is no regular expression", "\n".join(said.output))
        self.assertIn("two/round is a link to a folder above it", "\n".join(said.output))

    @table({name: getattr(errno, name) for name in ("EIO", "ENOTCONN", "ETIMEDOUT", "ESTALE", "EACCES")})
    def fails_with_a_folder_s(self, number):
        self.put("a.py")
        self.put("team/b.py")
        scan = os.scandir

        def broken(path):
            if str(path).endswith("team"):
                raise OSError(number, os.strerror(number))
            return scan(path)

        with mock.patch("os.scandir", broken), self.assertRaises(OSError):
            self.search()

    @table({name: getattr(errno, name) for name in ("EIO", "ENOTCONN", "ETIMEDOUT", "ESTALE")})
    def fails_with_a_file_s(self, number):
        self.put("a.py")
        with mock.patch.object(dag_folder, "open", side_effect=OSError(number, "broken"), create=True):
            with self.assertRaises(OSError):
                self.search()

    @table({"once": 1, "twice": 2})
    def a_read_fails(self, times):
        """As one of thousands does when S3 is well."""
        file, other, ignored = self.put("a.py"), self.put("b.py"), self.put("team/c.py")
        self.put("team/.airflowignore", "c.py")
        for trouble in (file, self.root / "team/.airflowignore"):
            broken = Broken(trouble, times)
            with mock.patch.object(dag_folder, "open", broken, create=True):
                found = self.search()
            self.assertEqual(0, broken.left)
            self.assertEqual([file, other], sorted(found.files))
            self.assertEqual({file, other}, set(found.times))

    def test_a_zip_file_whose_read_fails_is_not_damaged(self):
        """zipfile says so of it, and all its DAGs would be taken for gone."""
        with zipfile.ZipFile(self.root / "packed.zip", "w") as archive:
            archive.writestr("inside.py", DAG)
        look, failed = zipfile._EndRecData, []

        def fails_once(file):
            if not isinstance(file, BytesIO) and not failed:
                failed.append(file)
                raise OSError(errno.EIO, "broken")
            return look(file)

        with mock.patch.object(zipfile, "_EndRecData", fails_once):
            found = self.search()
        self.assertEqual([f"{self.root}/packed.zip/inside.py"], found.locations)
        self.assertEqual(1, len(failed))

    def test_a_read_that_fails_each_time(self):
        self.put("b.py")
        with mock.patch.object(dag_folder, "open", Broken(self.put("a.py"), dag_folder.TRIES), create=True):
            with self.assertRaisesRegex(OSError, "broken"):
                self.search()

    def test_all_failures_together_have_their_end(self):
        """Each file fails once: so does a mount that is away every other second."""
        for number in range(100):
            self.put(f"{number}.py")
        broken, failed = mock.Mock(side_effect=OSError(errno.EIO, "broken")), set()

        def every_first(path, *args, **kwargs):
            if path not in failed:
                failed.add(path)
                broken()
            return open(path, *args, **kwargs)

        with mock.patch.object(dag_folder, "open", every_first, create=True):
            with mock.patch.object(dag_folder.time, "sleep"), self.assertRaisesRegex(OSError, "broken"):
                self.search()
        self.assertLessEqual(broken.call_count, dag_folder.PATIENCE_SECONDS / dag_folder.PAUSE_SECONDS + 1)

    def test_a_read_that_took_long_to_fail_is_not_tried_again(self):
        self.put("a.py")
        with mock.patch.object(dag_folder.time, "monotonic", side_effect=[0, dag_folder.PATIENCE_SECONDS]):
            self.fails_at_once(errno.EIO)

    def test_a_dead_mount_is_not_tried_again(self):
        self.put("a.py")
        self.fails_at_once(errno.ENOTCONN)

    def fails_at_once(self, number):
        with mock.patch.object(dag_folder, "open", side_effect=OSError(number, "broken"), create=True) as opened:
            with self.assertRaises(OSError):
                self.search()
        self.assertEqual(1, opened.call_count)

    def test_fails_when_the_mount_goes_meanwhile(self):
        self.put("a.py")
        examine = dag_folder._examine

        def unmount(*args):
            (self.root / MARKER).unlink(missing_ok=True)
            examine(*args)

        with mock.patch.object(dag_folder, "_examine", unmount), self.assertRaises(MountGone):
            self.search()

@named
class Teams(Folder):
    """What a team may make of its folder through S3 ends at it."""

    def setUp(self):
        super().setUp()
        self.sound = self.put("teams/two/a.py")

    def search(self):
        return search(self.root, str(self.root), True, ("sci", "teams/two"))

    @table(
        {
            "to another team's file": "../teams/two/a.py",
            "to another team's folder": "../teams/two",
            "to everything": "/",
            "to what nobody may look into": "/root",
            "to its own file": "own.py",
            "to nothing": "nowhere",
            "to itself": "link",
        }
    )
    def a_link(self, target):
        own = self.put("sci/own.py")
        os.symlink(target, self.root / "sci/link")
        found = self.search()
        self.assertEqual(sorted([own, self.sound, str(self.root / "sci/link")]), sorted(found.files))
        self.assertEqual({own, self.sound}, set(found.times))

    def test_in_the_place_of_the_folder(self):
        os.symlink("/", self.root / "sci")
        self.assertEqual({self.sound, str(self.root / "sci")}, set(self.search().files))

    def test_operators_may_link(self):
        outside = Path(tempfile.mkdtemp(dir=lab.HOME))
        self.addCleanup(shutil.rmtree, outside)
        (outside / "b.py").write_text(DAG)
        os.symlink(outside, self.root / "linked")
        self.assertEqual({self.sound, str(self.root / "linked/b.py")}, set(self.search().files))

    @table({"a pipe": os.mkfifo, "a link": lambda path: os.symlink("/dev/zero", path), "a folder": os.mkdir})
    def an_ignore_file_that_is(self, make):
        own = self.put("sci/own.py")
        make(self.root / "sci/.airflowignore")
        signal.alarm(10)  # a pipe would be waited for for ever
        self.addCleanup(signal.alarm, 0)
        self.assertEqual({own, self.sound}, set(self.search().files))

    def test_a_pipe_is_no_dag_file(self):
        (self.root / "sci").mkdir()
        os.mkfifo(self.root / "sci/pipe.py")
        self.assertEqual([self.sound], self.search().files)

    def test_names_in_a_zip_file_stay_below_it(self):
        (self.root / "sci").mkdir()
        with zipfile.ZipFile(self.root / "sci/a.zip", "w") as archive:
            archive.writestr(str(self.root / "teams/two/gone.py"), DAG)
        gone = str(self.root / "teams/two/gone.py")
        self.assertNotIn(gone, self.search().locations)


if __name__ == "__main__":
    unittest.main()
