"""Times from the start of a process to "all files there", of dag_copy and its rivals in turn against one S3 server.

    DAG_COPY_ENDPOINT=http://127.0.0.1:9000 DAG_COPY_BUCKET=airflow AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… \
        python dag_copy_times.py [ROUNDS]

A rival is left out where it is not on PATH: rclone; s3fs (as root, with /dev/fuse), once until its mount can be read
as the sidecar's probe does, and once until all files were read through it. The bucket has to be there.
"""
import compileall
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from botocore.config import Config

COUNTS = (10, 100, 1000)
BODY = b"x = 1  # a line of a DAG file as long as usual\n" * 80
HERE = Path(__file__).resolve().parent
BOTO3 = """
import os, sys, boto3
from botocore.config import Config
from concurrent.futures import ThreadPoolExecutor
prefix, out = sys.argv[1:]
s3 = boto3.client("s3", endpoint_url=os.environ["DAG_COPY_ENDPOINT"], region_name="us-east-1",
                  config=Config(max_pool_connections=16, s3={"addressing_style": "path"}))
bucket = os.environ["DAG_COPY_BUCKET"]
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
def fetch(item):
    body = s3.get_object(Bucket=bucket, Key=item["Key"], IfMatch=item["ETag"])["Body"].read()
    open(os.path.join(out, os.path.basename(item["Key"])), "wb").write(body)
with ThreadPoolExecutor(16) as pool:
    list(pool.map(fetch, [item for page in pages for item in page["Contents"]]))
"""
S3FS = """
set -eu
mkdir "$2"
AWSACCESSKEYID=$AWS_ACCESS_KEY_ID AWSSECRETACCESSKEY=$AWS_SECRET_ACCESS_KEY s3fs "$DAG_COPY_BUCKET:/dags" "$2" \
  -o "url=$DAG_COPY_ENDPOINT,ro,use_path_request_style,connect_timeout=3,readwrite_timeout=6,retries=1" \
  -o max_stat_cache_size=10000,stat_cache_expire=30,multireq_max=4
until cat "$2/.airflow-appliance" >/dev/null 2>&1; do sleep 0.02; done
"""


class Lab:
    """The files in S3, and a folder for what is made here."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.bucket = os.environ["DAG_COPY_BUCKET"]
        self.s3 = boto3.client(
            "s3", endpoint_url=os.environ["DAG_COPY_ENDPOINT"], region_name="us-east-1",
            config=Config(max_pool_connections=16, s3={"addressing_style": "path"}),
        )
        # Compiled, as it is in the image.
        self.python = self.folder / "python"
        shutil.copytree(HERE.parent / "python", self.python, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(self.python, quiet=2)

    def fill(self):
        self.s3.put_object(Bucket=self.bucket, Key="dags/", Body=b"")
        self.s3.put_object(Bucket=self.bucket, Key="dags/.airflow-appliance", Body=b"airflow-appliance\n")
        for count in COUNTS:
            def put(number):
                self.s3.put_object(Bucket=self.bucket, Key=f"dags/times{count}/dag{number:04}.py", Body=BODY)

            with ThreadPoolExecutor(8) as pool:
                list(pool.map(put, range(count)))

    def ours(self, count, out):
        return [sys.executable, "-m", "airflow_appliance.dag_copy"], {
            "DAG_COPY_PREFIX": "dags", "DAG_COPY_FOLDER": f"times{count}", "DAG_COPY_TARGET": out,
            "PYTHONPATH": str(self.python),
        }

    def boto3(self, count, out):
        os.mkdir(out)
        return [sys.executable, "-c", BOTO3, f"dags/times{count}/", out], {}

    def rclone(self, count, out):
        copy = ["rclone", "copy", "--transfers", "16", "--checkers", "16", "--s3-no-check-bucket", "--s3-no-head-object"]
        return [*copy, "--use-server-modtime", f"s:{self.bucket}/dags/times{count}", out], {
            "RCLONE_CONFIG": "/dev/null", "RCLONE_CONFIG_S_TYPE": "s3", "RCLONE_CONFIG_S_PROVIDER": "Minio",
            "RCLONE_CONFIG_S_ENV_AUTH": "true", "RCLONE_CONFIG_S_ENDPOINT": os.environ["DAG_COPY_ENDPOINT"],
        }

    def s3fs_mount(self, count, out):
        return ["sh", "-c", S3FS, "sh", str(count), out], {}

    def s3fs_all(self, count, out):
        read = 'find "$2/times$1" -type f -exec cat {} + >/dev/null\n'
        return ["sh", "-c", S3FS + read, "sh", str(count), out], {}

    def time(self, rival, count):
        """Seconds on the wall and of processor time, of the process and its children."""
        out = str(self.folder / "out")
        command, more = rival(count, out)
        # rclone 1.60 refuses to start with a CA of the environment's.
        environment = {name: value for name, value in os.environ.items() if name != "AWS_CA_BUNDLE"}
        used, began = _processor(), time.monotonic()
        try:
            subprocess.run(command, env={**environment, **more}, stdout=subprocess.DEVNULL, check=True, timeout=120)
            seconds, processor = time.monotonic() - began, _processor() - used
            files = sum(len(names) for _, _, names in os.walk(out)) if "s3fs" not in rival.__name__ else count
            if not count <= files <= count + 2:
                raise SystemExit(f"{rival.__name__}: {files} files of {count}")
        finally:
            while os.path.ismount(out):
                subprocess.run(["umount", "-l", out], check=True)
            subprocess.run(["chmod", "-Rf", "u+w", out], check=False)
            shutil.rmtree(out, ignore_errors=True)
        return seconds, processor


def _processor():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(rounds):
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(folder)
        lab.fill()
        rivals = [lab.ours, lab.boto3]
        rivals += [lab.rclone] if shutil.which("rclone") else []
        rivals += [lab.s3fs_mount, lab.s3fs_all] if shutil.which("s3fs") and os.path.exists("/dev/fuse") else []
        print(f"| files | way | median s | min s | max s | processor s | to ours |\n|-|-|-|-|-|-|-|  ({rounds} rounds, in turn)")
        for count in COUNTS:
            taken = {rival.__name__: [] for rival in rivals}
            for _ in range(rounds):
                for rival in rivals:
                    taken[rival.__name__].append(lab.time(rival, count))
            ours = statistics.median(seconds for seconds, _ in taken["ours"])
            for name, pairs in taken.items():
                walls = [seconds for seconds, _ in pairs]
                middle = statistics.median(walls)
                processor = statistics.median(processor for _, processor in pairs)
                print(f"| {count} | {name} | {middle:.2f} | {min(walls):.2f} | {max(walls):.2f} | {processor:.2f} | {middle / ours:.1f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
