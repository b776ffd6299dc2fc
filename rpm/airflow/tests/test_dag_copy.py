"""A tenant's DAGs copied from a server that does as a test says: all files of one moment, or none and the reason."""
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from cases import named, table
from s3_double import HANG_UP, S3

from airflow_appliance.dag_copy import copy as copying, patience, settings
from airflow_appliance.dag_copy.errors import CannotCopy
from airflow_appliance.mount import Hold

SECRET = "the-secret-of-the-keys"


class Copies(unittest.TestCase):
    s3 = {}

    def setUp(self):
        self.s3 = S3(**self.s3)
        self.addCleanup(self.s3.close)
        volume = tempfile.TemporaryDirectory()
        self.addCleanup(volume.cleanup)
        self.target = Path(volume.name, "dags")
        self.said = []
        # Less than the real thing, which has minutes.
        self.set(copying, WAIT_SECONDS=30, LONGEST_PAUSE=0)
        self.set(patience, FIRST_PAUSE=0.02, LONGEST_PAUSE=0.1)

    def set(self, module, **values):
        patch = mock.patch.multiple(module, **values)
        patch.start()
        self.addCleanup(patch.stop)

    def environment(self, **more):
        return {
            "DAG_COPY_ENDPOINT": self.s3.url, "DAG_COPY_BUCKET": "airflow", "DAG_COPY_PREFIX": "dags",
            "DAG_COPY_FOLDER": "science", "DAG_COPY_TARGET": str(self.target), "AWS_ACCESS_KEY_ID": "the-id-of-the-keys",
            "AWS_SECRET_ACCESS_KEY": SECRET, **more,
        }

    def copy(self, **more):
        return copying.copy(settings.read(self.environment(**more)), self.said.append)

    def refused(self, wait=30, **more):
        with mock.patch.object(copying, "WAIT_SECONDS", wait), self.assertRaises(CannotCopy) as caught:
            self.copy(**more)
        self.assertEqual(list(self.target.parent.iterdir()), [], "nothing is left of a copy that failed")
        return str(caught.exception)

    def files(self):
        return {
            str(path.relative_to(self.target)): path.read_text()
            for path in self.target.rglob("*") if path.is_file() and path.parent != self.target
        }

    def record(self):
        return json.loads((self.target / ".airflow-copy.json").read_text())


class Whole(Copies):
    def test_files_folders_marker_record_and_modes(self):
        self.s3.put("dags/science/a.py", "a")
        self.s3.put("dags/science/deep/er/b.py", "b")
        self.s3.put("dags/science/empty.py", "")
        self.s3.put("dags/science/deep/", "")
        self.s3.put("dags/science/", "")
        self.s3.put("dags/beta/secret.py", "of another tenant")
        self.s3.put("dags/science-2/secret.py", "of another tenant")
        copied = self.copy()
        self.assertEqual(self.files(), {"science/a.py": "a", "science/deep/er/b.py": "b", "science/empty.py": ""})
        self.assertEqual((copied.files, copied.bytes), (3, 2))
        with Hold(self.target) as held:
            held.check()
        self.assertEqual([file["key"] for file in self.record()["files"]], [
            "dags/science/a.py", "dags/science/deep/er/b.py", "dags/science/empty.py"])
        self.assertEqual(self.record()["source"], "s3://airflow/dags/science/")
        for path in [self.target, *self.target.rglob("*")]:
            self.assertEqual(oct(path.stat().st_mode & 0o7777), "0o555" if path.is_dir() else "0o444", path)
        self.assertEqual(self.said, [])

    def test_names_that_urls_and_xml_write_otherwise(self):
        names = ["a b.py", "ü/é.py", "50%.py", "x#1.py", "a+b.py", "q?x=1&y.py", "<&>\"'.py", "tab\there.py", "\x01.py"]
        for name in names:
            self.s3.put(f"dags/science/{name}", name)
        self.copy()
        self.assertEqual(self.files(), {f"science/{name}": name for name in names})
        self.assertEqual({file["key"] for file in self.record()["files"]}, {f"dags/science/{name}" for name in names})

    def test_large_files_come_in_pieces(self):
        self.s3.put("dags/science/large.zip", os.urandom(3_000_001))
        self.copy()
        large = (self.target / "science/large.zip").read_bytes()
        self.assertEqual(large, self.s3.objects["dags/science/large.zip"].body)

    def test_a_second_run_takes_the_place_of_the_first(self):
        self.s3.put("dags/science/a.py", "1")
        self.s3.put("dags/science/folder/b.py", "1")
        self.copy()
        self.s3.put("dags/science/a.py", "2")
        self.s3.delete("dags/science/folder/b.py")
        self.copy()
        self.assertEqual(self.files(), {"science/a.py": "2"})

    def test_what_a_killed_run_left_is_no_hindrance(self):
        left = self.target.with_name(".dags.new") / "science"
        left.mkdir(parents=True)
        (left / "old.py").write_text("")
        left.chmod(0o555)
        self.s3.put("dags/science/a.py", "1")
        self.copy()
        self.assertEqual(self.files(), {"science/a.py": "1"})
        self.assertFalse(left.exists())

    def test_the_whole_prefix_where_no_folder_is_named(self):
        self.s3.put("dags/.airflow-appliance", "airflow-appliance")
        self.s3.put("dags/common/a.py", "1")
        self.copy(DAG_COPY_FOLDER="")
        self.assertEqual(self.files(), {"common/a.py": "1"})
        with Hold(self.target):
            pass


class Pages(Copies):
    s3 = {"page": 7}

    def test_a_long_listing(self):
        for number in range(50):
            self.s3.put(f"dags/science/{number:02} +.py", str(number))
        self.assertEqual(self.copy().files, 50)
        self.assertEqual(self.s3.requests.count(""), 16)


class Versions(Copies):
    s3 = {"versions": True}

    def test_the_record_has_the_versions_that_were_copied(self):
        self.s3.put("dags/science/a.py", "1")
        self.copy()
        there = self.s3.objects["dags/science/a.py"]
        self.assertEqual(self.record()["files"], [
            {"key": "dags/science/a.py", "etag": there.tag, "size": 1, "versionId": there.version}])


@named
class MeanwhileChanged(Copies):
    CHANGES = {
        "changed": (lambda s3: s3.put("dags/science/a.py", "22"), {"a.py": "22", "b.py": "b"}),
        "changed in the same size": (lambda s3: s3.put("dags/science/a.py", "2"), {"a.py": "2", "b.py": "b"}),
        "deleted": (lambda s3: s3.delete("dags/science/a.py"), {"b.py": "b"}),
        "added": (lambda s3: s3.put("dags/science/c.py", "c"), {"a.py": "1", "b.py": "b", "c.py": "c"}),
        "a file becomes a folder": (
            lambda s3: (s3.delete("dags/science/a.py"), s3.put("dags/science/a.py/x.py", "x")),
            {"a.py/x.py": "x", "b.py": "b"},
        ),
    }

    def once(self, moment, change):
        def fault(request):
            if (request.key, request.number) == moment:
                change(self.s3)

        self.s3.put("dags/science/a.py", "1")
        self.s3.put("dags/science/b.py", "b")
        self.s3.fault = fault
        self.copy()

    @table(CHANGES)
    def before_it_is_read(self, row):
        change, files = row
        self.once(("dags/science/a.py", 1), change)
        self.assertEqual(self.files(), {f"science/{name}": text for name, text in files.items()})

    @table(CHANGES)
    def after_it_was_read(self, row):
        change, files = row
        self.once(("", 2), change)
        self.assertEqual(self.files(), {f"science/{name}": text for name, text in files.items()})
        self.assertEqual(len(self.said), 1)
        self.assertIn("changed while it was copied: ", self.said[0])
        # What did not change is not asked for again.
        self.assertEqual(self.s3.requests.count("dags/science/b.py"), 1)

    def test_a_folder_becomes_a_file(self):
        self.s3.put("dags/science/x/y/a.py", "1")
        self.once(("", 2), lambda s3: (s3.delete("dags/science/x/y/a.py"), s3.put("dags/science/x", "x")))
        self.assertEqual(self.files(), {"science/a.py": "1", "science/b.py": "b", "science/x": "x"})

    def test_a_team_that_never_stops_uploading(self):
        self.s3.put("dags/science/a.py", "0")
        self.s3.fault = lambda request: self.s3.put("dags/science/a.py", str(len(self.s3.requests)))
        said = self.refused()
        self.assertIn("1 changed ('dags/science/a.py'), and this was look 8 of 8; run the task again when", said)

    def test_what_was_deleted_is_refused_to_keys_that_may_not_list_the_bucket(self):
        def fault(request):
            if request.key == "dags/science/a.py":
                self.s3.delete("dags/science/a.py")
                return (403, "AccessDenied")
            return None

        self.s3.put("dags/science/a.py", "1")
        self.s3.put("dags/science/b.py", "b")
        self.s3.fault = fault
        self.copy()
        self.assertEqual(self.files(), {"science/b.py": "b"})
        self.assertIn("1 deleted ('dags/science/a.py')", self.said[0])

    def test_what_is_put_again_meanwhile_is_no_refusal(self):
        def fault(request):
            return (403, "AccessDenied") if (request.key, request.number) == ("dags/science/a.py", 1) else None

        self.s3.put("dags/science/a.py", "1")
        self.s3.fault = fault
        self.copy()
        self.assertEqual(self.files(), {"science/a.py": "1"})
        self.assertIn("lists 'dags/science/a.py' and does not give it; looking again", self.said[0])

    def test_a_server_that_lists_what_it_has_not(self):
        self.s3.put("dags/science/a.py", "0")
        self.s3.fault = lambda request: (404, "NoSuchKey") if request.key else None
        self.assertIn("lists 'dags/science/a.py' and has it in another state", self.refused())

    def test_nothing_there_is_believed_when_it_stays_so(self):
        self.s3.put("dags/other/a.py", "0")
        said = self.refused()
        self.assertIn("s3://airflow/dags/science/ has no file, and this was look 8 of 8; publish the DAGs there", said)
        self.s3.fault = lambda request: self.s3.put("dags/science/a.py", "1") if request.number == 20 else None
        self.copy()
        self.assertEqual(self.files(), {"science/a.py": "1"})


@named
class Away(Copies):
    AWAY = {
        "hangs up": HANG_UP,
        "answers 503": (503, "SlowDown"),
        "answers 500": (500, "InternalError"),
        "asks for less": (429, "TooManyRequests"),
        "lost the request": (400, "RequestTimeout"),
    }

    @table(AWAY)
    def at_the_beginning(self, fault):
        self.s3.put("dags/science/a.py", "1")
        self.s3.fault = lambda request: fault if request.number <= 3 else None
        self.copy()
        self.assertEqual(self.files(), {"science/a.py": "1"})
        self.assertRegex(self.said[0], r"^waiting for S3, (30|2\d) s more at most: \D*http://127.0.0.1:\d+")
        for said in self.said[1:]:
            self.assertRegex(said, r"^S3 answers again after \d s$")

    @table(AWAY)
    def midway(self, fault):
        for number in range(60):
            self.s3.put(f"dags/science/{number}.py", str(number))
        self.s3.fault = lambda request: fault if request.key and request.number <= 2 else None
        self.copy()
        self.assertEqual(len(self.files()), 60)
        self.assertLessEqual(len(self.said), 4, "sixteen threads tell it once")

    def test_many_requests_are_under_way_where_answers_take_long(self):
        for number in range(64):
            self.s3.put(f"dags/science/{number}.py", str(number))
        begun, ended = [], []

        def slow(request):
            if request.key:
                begun.append(len(begun) - len(ended))
                time.sleep(0.2)
                ended.append(request)

        self.s3.fault = slow
        self.copy()
        self.assertEqual(len(self.files()), 64)
        self.assertGreater(max(begun), copying.THREADS / 2)

    def test_a_body_that_ends_early_is_read_again(self):
        self.s3.put("dags/science/a.py", "x" * 1000)
        self.s3.short_by = {"dags/science/a.py": 400}
        self.copy()
        self.assertEqual(self.files(), {"science/a.py": "x" * 1000})

    def test_for_too_long(self):
        self.s3.put("dags/science/a.py", "1")
        self.s3.fault = lambda request: HANG_UP
        said = self.refused(wait=3)
        self.assertRegex(said, r"^gave up after [3-9] s: no answer from http://127.0.0.1:\d+: .*; see whether S3 runs")

    def test_nobody_listens(self):
        self.s3.close()
        self.assertIn("Connection refused", self.refused(wait=3))

    def test_an_unknown_name(self):
        said = self.refused(wait=3, DAG_COPY_ENDPOINT="http://s3.invalid:9000")
        self.assertRegex(said, "no answer from http://s3.invalid:9000: .*(not known|name resolution)")

    def test_a_server_that_says_nothing(self):
        ends = threading.Event()
        self.addCleanup(ends.set)
        self.set(copying, SECONDS=0)
        self.s3.put("dags/science/a.py", "1")
        self.s3.fault = lambda request: ends.wait(20) and None if request.key else None
        self.assertIn("0 of 1 files had arrived", self.refused(wait=3))


@named
class Refused(Copies):
    LISTING = {
        "no right": (
            (403, "AccessDenied"),
            "s3://airflow/dags/science/ may not be listed: 403 AccessDenied: As the test wants it; the policy of its keys has "
            "to allow s3:ListBucket on arn:aws:s3:::airflow for the prefix dags/science/*",
        ),
        "an unknown key": ((403, "InvalidAccessKeyId"), "the keys are refused for bucket 'airflow' at http://"),
        "a wrong secret": ((403, "SignatureDoesNotMatch"), "correct them in the pod's Secret"),
        "no bucket": ((404, "NoSuchBucket"), "there is no bucket 'airflow' at http://"),
        "a wrong clock": ((403, "RequestTimeTooSkewed"), "the clocks of this machine and of S3 differ"),
        "another region": (
            (301, "PermanentRedirect", "<Region>eu-west-1</Region>"),
            "is in region 'eu-west-1', not 'us-east-1'",
        ),
        "something else": ((400, "Odd"), "400 Odd: As the test wants it; see what S3 at http://"),
    }

    @table(LISTING)
    def listing(self, row):
        fault, wanted = row
        self.s3.fault = lambda request: fault
        said = self.refused()
        self.assertIn(wanted, said)
        self.assertNotIn("-of-the-keys", said)
        self.assertEqual(len(self.s3.requests), 1)

    def test_no_right_to_read_names_the_files(self):
        for number in range(20):
            self.s3.put(f"dags/science/{number:02}.py")
        self.s3.fault = lambda request: (403, "AccessDenied") if request.key > "dags/science/05" else None
        said = self.refused()
        self.assertIn("'dags/science/05.py' may not be read: 403 AccessDenied: As the test wants it; 'dags/science/06", said)
        self.assertIn("'; and 5 more; ".replace("'", ""), said)
        self.assertTrue(said.endswith("has to allow s3:GetObject on arn:aws:s3:::airflow/dags/science/*"), said)

    def test_links_of_s3fs(self):
        self.s3.put("dags/science/a.py", "1", mode="33188")
        self.s3.put("dags/science/b.py", "1", mode="420")
        self.copy()
        self.s3.put("dags/science/link.py", "/opt/airflow/dags/beta/secret.py", mode="41471")
        self.s3.put("dags/science/pipe", "", mode="4516")
        said = self.refused_again()
        self.assertIn("'dags/science/link.py' is a symbolic link or a device of s3fs; 'dags/science/pipe' is", said)

    def refused_again(self):
        with self.assertRaises(CannotCopy) as caught:
            self.copy()
        return str(caught.exception)

    BAD_KEYS = {
        "up and away": "../beta/a.py", "up inside": "x/../../a.py", "here": "./a.py", "twice a slash": "x//a.py",
        "absolute": "/etc/passwd", "NUL": "a\0.py", "not UTF-8": "\udcff.py", "long": "x" * 256,
        "deep": "/".join(["x" * 200] * 15), "up as a mark": "../", "an empty mark": "x//",
    }

    @table(BAD_KEYS)
    def keys_outside(self, name):
        self.s3.put("dags/science/a.py")
        self.s3.put(f"dags/science/{name}")
        said = self.refused()
        self.assertIn(f"rename or delete these objects, which cannot be files here: {'dags/science/' + name!r} ", said)

    def test_all_bad_keys_at_once(self):
        for name in ("../x", "a", "a/b", "ok.py", "c/./d"):
            self.s3.put(f"dags/science/{name}")
        said = self.refused()
        for name in ("../x' has '.' or '..'", "c/./d' has '.' or '..'", "a' is a file and a folder"):
            self.assertIn(f"'dags/science/{name}", said)
        self.assertNotIn("ok.py", said)
        self.assertEqual(self.s3.requests, [""])

    def test_a_file_with_a_mark_of_its_name(self):
        self.s3.put("dags/science/a.py")
        self.s3.put("dags/science/a.py/")
        self.s3.put("dags/science/a.py/b")
        self.assertIn("'dags/science/a.py' is a file and a folder", self.refused())

    def test_too_many_files(self):
        for number in range(6):
            self.s3.put(f"dags/science/{number}.py")
        self.copy(DAG_COPY_MAX_FILES="6")
        said = self.refused_with(DAG_COPY_MAX_FILES="5")
        self.assertIn("has 6 files, a task pod takes 5 (DAG_COPY_MAX_FILES)", said)

    def test_a_listing_without_end_is_not_read(self):
        self.s3.page = 10
        for number in range(100):
            self.s3.put(f"dags/science/{number}/")
        said = self.refused(DAG_COPY_MAX_FILES="5")
        self.assertIn("has more than 20 objects, a task pod takes 5 files", said)
        self.assertEqual(self.s3.requests, ["", ""])

    def test_too_many_bytes(self):
        self.s3.put("dags/science/a.py", "x" * 10)
        self.s3.put("dags/science/model.bin", "x" * 2000)
        said = self.refused(DAG_COPY_MAX_BYTES="2009")
        self.assertIn("has 2,010 bytes, a task pod takes 2,009 (DAG_COPY_MAX_BYTES); the largest is ", said)
        self.assertIn("'dags/science/model.bin' with 2,000; keep data outside", said)
        self.copy(DAG_COPY_MAX_BYTES="2010")

    def refused_with(self, **more):
        with self.assertRaises(CannotCopy) as caught:
            self.copy(**more)
        return str(caught.exception)

    def test_no_volume(self):
        self.s3.put("dags/science/a.py")
        (self.target.parent / "file").write_text("")
        said = self.refused_with(DAG_COPY_TARGET=str(self.target.parent / "file/dags"))
        self.assertRegex(said, "Not a directory; the volume is .*/file: it has to be there, and this user's to write")

    def test_a_full_volume(self):
        self.s3.put("dags/science/a.py", "x" * 100_000)
        self.set(copying, Staging=FullStaging)
        said = self.refused()
        self.assertRegex(said, "No space left on device; the volume is .*: give it more room")


class FullStaging(copying.Staging):
    """Its files lie on a device that is full."""

    def path(self, file):
        path = super().path(file)
        if not os.path.lexists(path):
            os.symlink("/dev/full", path)
        return path


class Program(Copies):
    def run_it(self, **more):
        here = Path(copying.__file__).parent.parent.parent
        environment = {**self.environment(**more), "PYTHONPATH": str(here), "PYTHONDONTWRITEBYTECODE": "1"}
        for name in ("LD_LIBRARY_PATH", "PYTHONHOME"):
            if name in os.environ:
                environment[name] = os.environ[name]
        return subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "airflow_appliance.dag_copy"],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )

    def last(self, ran):
        return [line for line in ran.stderr.splitlines() if not line.startswith("import time:")]

    def test_a_copy_is_told_in_one_line(self):
        self.s3.put("dags/science/a.py", "x" * 1234)
        ran = self.run_it()
        self.assertEqual((ran.returncode, self.last(ran)), (0, []))
        self.assertRegex(ran.stdout, r"^dag-copy: 1 files, 1,234 bytes of s3://airflow/dags/science/ in \d\.\d\d s\n$")

    def test_it_loads_nothing_but_pythons_own_library(self):
        self.s3.put("dags/science/a.py")
        loaded = set(re.findall(r"\| +([\w.]+)$", self.run_it().stderr, re.MULTILINE))
        ours = {name for name in loaded if name.startswith("airflow_appliance.")}
        self.assertGreater(len(ours), 8)
        foreign = {"airflow", "boto3", "botocore", "urllib3", "requests", "dateutil"}
        self.assertEqual(loaded & (foreign | {"logging", "asyncio", "shutil", "concurrent.futures"}), set())

    def test_a_refusal_is_one_line_without_a_key(self):
        self.s3.fault = lambda request: (403, "AccessDenied")
        ran = self.run_it()
        self.assertEqual((ran.returncode, ran.stdout, len(self.last(ran))), (1, "", 1))
        self.assertIn("dag-copy: s3://airflow/dags/science/ may not be listed", self.last(ran)[0])
        self.assertNotIn("-of-the-keys", ran.stderr)

    def test_all_that_is_wrong_with_the_environment(self):
        ran = self.run_it(DAG_COPY_ENDPOINT="s3.lab", DAG_COPY_BUCKET="", DAG_COPY_FOLDER="../x", DAG_COPY_MAX_BYTES="1Gi",
                          AWS_SECRET_ACCESS_KEY="", DAG_COPY_PATH_STYLE="yes", SITE_CA_FILE="/x")
        self.assertEqual((ran.returncode, len(self.last(ran))), (2, 1))
        for name in ("ENDPOINT 's3.lab'", "BUCKET is not set", "FOLDER '../x' has", "MAX_BYTES '1Gi'", "PATH_STYLE 'yes'"):
            self.assertIn(f"DAG_COPY_{name}", ran.stderr)
        self.assertIn("AWS_SECRET_ACCESS_KEY is not set or empty", ran.stderr)
        self.assertIn("SITE_CA_FILE is set and AWS_CA_BUNDLE", ran.stderr)

    def test_it_ends_when_it_is_told_to(self):
        self.s3.fault = lambda request: HANG_UP
        here = Path(copying.__file__).parent.parent.parent
        environment = {**os.environ, **self.environment(), "PYTHONPATH": str(here), "PYTHONDONTWRITEBYTECODE": "1"}
        with subprocess.Popen(
            [sys.executable, "-m", "airflow_appliance.dag_copy"], env=environment, stderr=subprocess.PIPE, text=True
        ) as running:
            self.assertIn("waiting for S3", running.stderr.readline())
            running.terminate()
            self.assertEqual(running.wait(5), 143)


if __name__ == "__main__":
    unittest.main()
