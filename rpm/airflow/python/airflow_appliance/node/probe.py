"""Questions to the outside that may hang: each has a deadline and comes back with a plain sentence."""
import http.client
import os
import ssl
import subprocess
from pathlib import Path
from typing import Mapping, Optional, Tuple
from urllib.parse import urlsplit

READ_SECONDS = 4
NOT_MOUNTED = "is not mounted"
HANGS = "does not answer"
# OpenSSL's numbers: self-signed, alone or at the end of the chain; no issuer, of any or of the first one.
UNKNOWN_CA = {18, 19, 20, 21}


def http_get(
    url: str,
    seconds: float,
    headers: Optional[Mapping[str, str]] = None,
    ca: Optional[str] = None,
    verify: bool = True,
) -> Tuple[int, bytes]:
    """Status and body; OSError when there is no answer. Proxies and redirects are not followed."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca)
        if not verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path or "/", headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read(1 << 20)
    except http.client.HTTPException as problem:
        raise OSError(f"no HTTP answer: {problem!r}") from None
    except ssl.SSLCertVerificationError as problem:
        raise OSError(f"its certificate is refused: {problem.verify_message}{_advice(problem)}") from None
    finally:
        connection.close()


def _advice(problem: ssl.SSLCertVerificationError) -> str:
    return "; name the CA that signed it as caFile in cluster.yaml" if problem.verify_code in UNKNOWN_CA else ""


class MountedFile:
    """A file behind a FUSE mount, read by a child process, since a read there can hang for minutes."""

    def __init__(self, file: Path):
        self._file = file
        self._stuck: Optional[subprocess.Popen] = None

    def problem(self) -> Optional[str]:
        """None when the file was really read through the mount, else why not."""
        if not mounted(self._file.parent):
            return f"{self._file.parent} {NOT_MOUNTED}"
        if self._stuck and self._stuck.poll() is None:
            return f"{self._file} {HANGS}"
        self._stuck = None
        reader = subprocess.Popen(
            ["/bin/cat", str(self._file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=dict(os.environ, LC_ALL="C"),
        )
        try:
            said = reader.communicate(timeout=READ_SECONDS)[1]
        except subprocess.TimeoutExpired:
            reader.kill()
            self._stuck = reader
            return f"{self._file} {HANGS}"
        return None if reader.returncode == 0 else said.decode(errors="replace").strip().replace("/bin/cat: ", "")


def mounted(folder: Path) -> bool:
    """Whether s3fs is what stands at the folder, dead or alive."""
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        return any(line.split()[1:3] == [str(folder), "fuse.s3fs"] for line in mounts)
