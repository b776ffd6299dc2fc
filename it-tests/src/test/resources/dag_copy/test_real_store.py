"""A tenant's DAGs copied from a real S3 server, by the worker image's own Python and as its own user."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from botocore.config import Config

URL = os.environ["DAG_COPY_ENDPOINT"]
KEYS = {
    "aws_access_key_id": os.environ["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": os.environ["AWS_SECRET_ACCESS_KEY"]
}
REGION = "us-east-1"
VOLUME = os.environ.get("DAG_COPY_VOLUME")
SETTINGS = Config(s3={"addressing_style": "path"}, max_pool_connections=16)
s3 = boto3.client("s3", endpoint_url=URL, region_name=REGION, config=SETTINGS, **KEYS)


class Store(unittest.TestCase):
    bucket = "airflow"

    def setUp(self):
        self.folder = "t" + uuid.uuid4().hex[:12]
        self.prefix = f"dags/{self.folder}/"
        self.volume = Path(tempfile.mkdtemp(dir=VOLUME))
        self.target = self.volume / "dags"
        self.addCleanup(self.leave)

    def leave(self):
        for root, _, _ in os.walk(self.volume):
            os.chmod(root, 0o700)
        shutil.rmtree(self.volume)

    def put(self, name, body=b"", **more):
        return s3.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=body, **more)

    def fill(self, count, size=3000):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: self.put(f"p{n % 7}/d{n:04}.py", b"%04d" % n + b"#" * (size - 4)), range(count)))

    def start(self, **more):
        environment = {
            **os.environ, "DAG_COPY_BUCKET": self.bucket, "DAG_COPY_PREFIX": "dags", "DAG_COPY_FOLDER": self.folder,
            "DAG_COPY_TARGET": str(self.target), "DAG_COPY_MAX_BYTES": str(200 << 20), **more,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "airflow_appliance.dag_copy"], env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    def copy(self, **more):
        with self.start(**more) as running:
            out, err = running.communicate(timeout=120)
        self.assertEqual(running.returncode, 0, err)
        return out, err

    def refused(self, **more):
        with self.start(**more) as running:
            out, err = running.communicate(timeout=120)
        self.assertEqual((running.returncode, out), (1, ""), err)
        self.assertFalse(self.target.exists())
        return err

    def keys(self, *statements):
        policy = json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": [action], "Resource": [f"arn:aws:s3:::{resource}"], **more}
            for action, resource, more in statements
        ]})
        sts = boto3.client("sts", endpoint_url=URL, region_name=REGION, **KEYS)
        found = sts.assume_role(RoleArn="arn:aws:iam::000000000000:role/tenant", RoleSessionName="tenant", Policy=policy)["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": found["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
            "AWS_SESSION_TOKEN": found["SessionToken"],
        }

    def list(self):
        return ("s3:ListBucket", "airflow", {"Condition": {"StringLike": {"s3:prefix": [f"{self.prefix}*"]}}})

    def get(self, name="*"):
        return ("s3:GetObject", f"airflow/{self.prefix}{name}", {})

    def record(self):
        return json.loads((self.target / ".airflow-copy.json").read_text())["files"]

    def file(self, name):
        return (self.target / self.folder / name).read_bytes()

    def there(self):
        root = self.target / self.folder
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


class Files(Store):
    def test_names(self):
        names = ["a b.py", "ünï/çödé.py", "日本.py", "50%25.py", "x#1.py", "a+b.py", "q?x=1&y.py", "<&>\"'.py", "~!*().py"]
        for name in names:
            self.put(name, name.encode())
        self.copy()
        self.assertEqual(self.there(), set(names))
        for name in names:
            self.assertEqual(self.file(name), name.encode())

    def test_a_thousand_files_and_no_other_tenants(self):
        self.fill(1000)
        s3.put_object(Bucket=self.bucket, Key=f"dags/{self.folder}-2/other.py", Body=b"of another")
        s3.put_object(Bucket=self.bucket, Key="dags/other.py", Body=b"of another")
        out, err = self.copy()
        self.assertRegex(out, r"^dag-copy: 1,000 files, 3,000,000 bytes of s3://airflow/dags/\w+/ in [\d.]+ s\n$")
        self.assertEqual((len(self.there()), err), (1000, ""))
        self.assertEqual(sorted(os.listdir(self.target)), [".airflow-appliance", ".airflow-copy.json", self.folder])

    def test_a_hundred_megabytes(self):
        body = os.urandom(1 << 20) * 100
        self.put("model.bin", body)
        self.put("a.py", b"1")
        self.copy()
        self.assertEqual(hashlib.md5(self.file("model.bin")).hexdigest(), hashlib.md5(body).hexdigest())

    def test_an_object_in_parts(self):
        upload = s3.create_multipart_upload(Bucket=self.bucket, Key=self.prefix + "parts.zip")["UploadId"]
        where = {"Bucket": self.bucket, "Key": self.prefix + "parts.zip", "UploadId": upload}
        parts = [bytes([number]) * (5 << 20) for number in (1, 2)]
        tags = [s3.upload_part(**where, PartNumber=n, Body=part)["ETag"] for n, part in enumerate(parts, 1)]
        s3.complete_multipart_upload(
            **where, MultipartUpload={"Parts": [{"PartNumber": n, "ETag": tag} for n, tag in enumerate(tags, 1)]}
        )
        self.copy()
        self.assertEqual(self.file("parts.zip"), b"".join(parts))
        self.assertIn("-2", self.record()[0]["etag"])

    def test_marks_of_folders(self):
        self.put("")
        self.put("empty/")
        self.put("full/")
        self.put("full/a.py", b"1")
        self.copy()
        self.assertEqual(self.there(), {"full/a.py"})

    def test_nothing_there(self):
        begun = time.monotonic()
        err = self.refused()
        self.assertIn("has no file, and this was look 8 of 8; publish the DAGs there", err)
        self.assertLess(time.monotonic() - begun, 60)

    def test_a_link_of_s3fs_is_told(self):
        self.put("a.py", b"1", Metadata={"mode": "33188"})
        self.put("link.py", b"/opt/airflow/dags/other.py", Metadata={"mode": "41471"})
        self.assertIn(f"'{self.prefix}link.py' is a symbolic link or a device of s3fs; put the file itself", self.refused())

    def test_too_much(self):
        self.put("a.py", b"1" * 1000)
        self.assertIn("has 1,000 bytes, a task pod takes 999 (DAG_COPY_MAX_BYTES)", self.refused(DAG_COPY_MAX_BYTES="999"))


class Versions(Store):
    bucket = "versioned"

    def setUp(self):
        super().setUp()
        if self.bucket not in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=self.bucket)
            s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})

    def test_the_record_has_the_version_that_was_copied(self):
        self.put("a.py", b"1")
        self.put("gone.py", b"1")
        s3.delete_object(Bucket=self.bucket, Key=self.prefix + "gone.py")
        version = self.put("a.py", b"2")["VersionId"]
        self.copy()
        self.put("a.py", b"3")
        (file,) = self.record()
        self.assertEqual((file["versionId"], self.file("a.py")), (version, b"2"))
        then = s3.get_object(Bucket=self.bucket, Key=file["key"], VersionId=file["versionId"])
        self.assertEqual(then["Body"].read(), b"2")


class MeanwhileChanged(Store):
    """Somebody uploads, deletes and replaces while copies run: each copy is a state that there was."""

    def test_each_copy_is_a_state_that_there_was(self):
        self.fill(400)
        state = {each["Key"]: each["ETag"] for each in self.listed()}
        states = [dict(state)]
        ends = threading.Event()

        def busy():
            number = 0
            while not ends.is_set():
                number += 1
                change, name = number % 3, f"p{number % 7}/d{number % 7:04}.py"
                if change == 0:
                    name = f"new/{number}.py"
                if change == 1 and self.prefix + name in state:
                    s3.delete_object(Bucket=self.bucket, Key=self.prefix + name)
                    del state[self.prefix + name]
                else:
                    state[self.prefix + name] = self.put(name, b"%d" % number)["ETag"]
                states.append(dict(state))
                ends.wait(0.02)  # the quickest copy takes longer

        team = threading.Thread(target=busy)
        team.start()
        with self.start(**self.keys(self.list(), self.get())) as running:
            first = running.stderr.readline()
            time.sleep(1)
            ends.set()
            team.join()
            rest = running.communicate(timeout=120)[1]
        self.assertEqual(running.returncode, 0, first + rest)
        self.assertIn("changed while it was copied: ", first)
        copied = {file["key"]: file["etag"] for file in self.record()}
        self.assertIn(copied, states)
        for key, tag in copied.items():
            self.assertEqual('"%s"' % hashlib.md5(self.file(key[len(self.prefix) :])).hexdigest(), tag)
        self.assertEqual(self.there(), {key[len(self.prefix) :] for key in copied})

    def listed(self):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        return [each for page in pages for each in page["Contents"]]


class Rights(Store):
    """Keys as a tenant's pods have them, and less."""

    def test_its_own_prefix_is_enough(self):
        self.put("a.py", b"1")
        self.copy(**self.keys(self.list(), self.get()))
        self.assertEqual(self.file("a.py"), b"1")

    def test_another_prefix_is_refused(self):
        keys = self.keys(self.list(), self.get())
        err = self.refused(DAG_COPY_FOLDER="another", **keys)
        self.assertIn("s3://airflow/dags/another/ may not be listed: 403 AccessDenied", err)
        self.assertIn("has to allow s3:ListBucket on arn:aws:s3:::airflow for the prefix dags/another/*", err)

    def test_one_key_that_may_not_be_read_is_named(self):
        self.put("a.py", b"1")
        self.put("b.py", b"1")
        err = self.refused(**self.keys(self.list(), self.get("a.py")))
        self.assertIn(f"'{self.prefix}b.py' may not be read: 403 AccessDenied", err)
        self.assertIn(f"has to allow s3:GetObject on arn:aws:s3:::airflow/{self.prefix}*", err)
        self.assertNotIn("a.py", err)

    def test_wrong_keys_are_told_and_not_shown(self):
        err = self.refused(AWS_SECRET_ACCESS_KEY="wrong-and-not-to-be-shown")
        self.assertIn("the keys are refused for bucket 'airflow' at http", err)
        err += self.refused(AWS_ACCESS_KEY_ID="nobodys")
        self.assertIn("InvalidAccessKeyId", err)
        for text in ("not-to-be-shown", "nobodys", *KEYS.values()):
            self.assertNotIn(text, err)

    def test_no_such_bucket(self):
        self.bucket = "nowhere"
        self.assertIn("there is no bucket 'nowhere' at http", self.refused())


if __name__ == "__main__":
    unittest.main()
