"""What was copied, kept beside the files and read by the task's own process."""
import json
import time
from pathlib import Path
from typing import Any, Dict, Optional

from airflow_appliance.dag_copy.names import Entry

RECORD = ".airflow-copy.json"


def text(source: str, versions: Dict[Entry, Optional[str]], seconds: float) -> bytes:
    """The record; an object has a version where its bucket keeps versions."""
    document = {
        "source": source,
        "copied": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(seconds, 3),
        "files": [_file(entry, versions[entry]) for entry in sorted(versions)],
    }
    return json.dumps(document, indent=1).encode() + b"\n"


def _file(entry: Entry, version: Optional[str]) -> Dict[str, Any]:
    file = {"key": entry.key, "etag": entry.tag, "size": entry.size}
    return {**file, "versionId": version} if version else file


def read(dags: Path) -> Optional[Dict[str, Any]]:
    """The record of a DAG folder that is a copy; None where there is none."""
    try:
        return json.loads((dags / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def told(copied: Dict[str, Any]) -> str:
    """A record in one sentence, for a log."""
    return f"{len(copied['files']):,} files of {copied['source']}, copied at {copied['copied']} and listed in {RECORD}"
