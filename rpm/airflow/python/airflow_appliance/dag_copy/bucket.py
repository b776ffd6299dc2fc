"""A bucket as one thread asks it: lists and files, waited for as long as there is patience."""
import os
import ssl
from typing import List, NamedTuple, Optional
from urllib.parse import unquote_plus
from xml.etree import ElementTree

from airflow_appliance.dag_copy import refusal
from airflow_appliance.dag_copy.errors import Away, CannotCopy, Changed, NoFile
from airflow_appliance.dag_copy.line import Answer, Line
from airflow_appliance.dag_copy.names import Entry
from airflow_appliance.dag_copy.patience import Patience
from airflow_appliance.dag_copy.settings import Settings
from airflow_appliance.dag_copy.staging import FILE_MODE

CHUNK = 256 << 10
# The kind of a file in the mode that s3fs keeps with an object; others keep none, or the rights alone.
KIND, NO_KIND, REGULAR = 0o170000, 0, 0o100000


class _Page(NamedTuple):
    entries: List[Entry]
    next: Optional[str]


class Bucket:
    """Not shared between threads."""

    def __init__(self, settings: Settings, context: Optional[ssl.SSLContext], patience: Patience):
        self._settings, self._patience = settings, patience
        self._line = Line(settings, context)

    def close(self) -> None:
        self._line.close()

    def list(self) -> List[Entry]:
        """The objects below the prefix, sorted."""
        found: List[Entry] = []
        token: Optional[str] = None
        while True:
            page = self._patience.through(lambda: self._page(token))
            found += page.entries
            token = page.next
            if not token:
                return sorted(found)
            # Marks of folders are no files, so there may be more objects than files.
            if len(found) > 2 * self._settings.max_files:
                raise CannotCopy(
                    f"{self._settings.source} has more than {len(found):,} objects, a task pod takes "
                    f"{self._settings.max_files:,} files (DAG_COPY_MAX_FILES); delete what is no DAG"
                )

    def fetch(self, entry: Entry, path: str) -> Optional[str]:
        """Writes an object to a file and gives its version, if it has one; Changed when it is not as listed."""
        return self._patience.through(lambda: self._fetch(entry, path))

    def _page(self, token: Optional[str]) -> _Page:
        # Encoded, any key arrives, also one that XML cannot hold.
        query = {"list-type": "2", "prefix": self._settings.prefix, "encoding-type": "url"}
        answer = self._line.get("", {**query, "continuation-token": token} if token else query, {})
        text = self._line.body(answer)
        if answer.status == 200:
            return _page(text, self._settings)
        found = refusal.of(answer, text)
        refusal.check(found, self._settings)
        raise CannotCopy(f"{self._settings.source} may not be listed: {found.said}; {self._advice(found, 's3:ListBucket')}")

    def _fetch(self, entry: Entry, path: str) -> Optional[str]:
        answer = self._line.get(entry.key, {}, {"If-Match": entry.tag})
        if answer.status == 200:
            self._check(entry, answer)
            self._save(answer, entry.size, path)
            return answer.getheader("x-amz-version-id")
        found = refusal.of(answer, self._line.body(answer))
        if found.status == 412 or found.code == "NoSuchKey":
            raise Changed(entry.key)
        refusal.check(found, self._settings)
        raise NoFile(f"{entry.key!r} may not be read: {found.said}", self._advice(found, "s3:GetObject"))

    def _check(self, entry: Entry, answer: Answer) -> None:
        mode = answer.getheader("x-amz-meta-mode") or ""
        if mode.isdigit() and int(mode) & KIND not in (NO_KIND, REGULAR):
            self.close()
            raise NoFile(f"{entry.key!r} is a symbolic link or a device of s3fs", "put the file itself in its place")
        if answer.length != entry.size:
            self.close()
            raise Changed(entry.key)

    def _save(self, answer: Answer, size: int, path: str) -> None:
        buffer = memoryview(bytearray(min(CHUNK, size)))
        with open(path, "wb") as file:
            while size:
                count = self._line.into(answer, buffer[:size])
                file.write(buffer[:count])
                size -= count
                self._patience.check(f"{path} was still being read")
            # Nothing comes after the last byte, but the next request needs it to have been read.
            self._line.body(answer)
            os.fchmod(file.fileno(), FILE_MODE)

    def _advice(self, found: refusal.Refusal, right: str) -> str:
        settings = self._settings
        if not found.is_denied:
            return f"see what S3 at {settings.endpoint} means by it"
        arn = f"arn:aws:s3:::{settings.bucket}"
        if right == "s3:ListBucket":
            return f"the policy of its keys has to allow {right} on {arn} for the prefix {settings.prefix}*"
        return f"the policy of its keys has to allow {right} on {arn}/{settings.prefix}*"


def _page(text: bytes, settings: Settings) -> _Page:
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as problem:
        raise Away(f"{settings.endpoint} answers with what is no list: {problem}") from None
    # Some servers name their names' space and some do not.
    space = root.tag[: root.tag.find("}") + 1]
    if root.tag != f"{space}ListBucketResult":
        raise Away(f"{settings.endpoint} answers with {root.tag} and not with a list")

    def said(element: ElementTree.Element, name: str) -> str:
        return element.findtext(space + name) or ""

    is_encoded = said(root, "EncodingType") == "url"
    entries = []
    for item in root.iterfind(f"{space}Contents"):
        key = said(item, "Key")
        name = unquote_plus(key, errors="surrogateescape") if is_encoded else key
        entries.append(Entry(name, said(item, "ETag"), int(said(item, "Size"))))
    return _Page(entries, said(root, "NextContinuationToken") or None)
