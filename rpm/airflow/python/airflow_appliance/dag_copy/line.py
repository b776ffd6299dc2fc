"""One thread's connection to S3: signed requests, and every trouble of the network as one."""
import http.client
import ssl
import time
from typing import Any, Dict, Mapping, Optional
from urllib.parse import quote, urlsplit

from airflow_appliance.dag_copy import signature
from airflow_appliance.dag_copy.errors import Away, CannotCopy
from airflow_appliance.dag_copy.settings import Settings

# For one connection or one read; a server that takes longer has lost the request.
SECONDS = 10
# A thousand keys of the longest kind, encoded, are 4 MiB.
MAX_BYTES = 16 << 20
CHUNK = 64 << 10

Answer = http.client.HTTPResponse


class Line:
    """Kept open between requests, opened again after a trouble. Proxies and redirects are not followed."""

    def __init__(self, settings: Settings, context: Optional[ssl.SSLContext]):
        self._settings = settings
        host = urlsplit(settings.endpoint).netloc
        self._host = host if settings.path_style else f"{settings.bucket}.{host}"
        self._root = f"/{settings.bucket}/" if settings.path_style else "/"
        self._connection: Any = (
            http.client.HTTPSConnection(self._host, timeout=SECONDS, context=context)
            if context
            else http.client.HTTPConnection(self._host, timeout=SECONDS)
        )

    def close(self) -> None:
        self._connection.close()

    def get(self, key: str, parameters: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """The beginning of an answer, whose body is still to be read to its end."""
        settings = self._settings
        path, query = self._root + quote(key, safe="/~"), signature.query(parameters)
        signed = signature.headers(settings.keys, settings.region, self._host, path, query, time.time())
        try:
            self._connection.request("GET", f"{path}?{query}" if query else path, headers={**signed, **headers})
            return self._connection.getresponse()
        except ssl.SSLCertVerificationError as problem:
            raise CannotCopy(
                f"the certificate of {settings.endpoint} is refused: {problem.verify_message}; name the CA that signed "
                "it as caFile in cluster.yaml, or let it be for this address"
            ) from None
        except (OSError, http.client.HTTPException) as problem:
            raise self._away(problem) from None

    def body(self, answer: Answer) -> bytes:
        """All of a text, which is short."""
        text = b""
        while True:
            try:
                part = answer.read(CHUNK)
            except (OSError, http.client.HTTPException) as problem:
                raise self._away(problem) from None
            if not part:
                return text
            text += part
            if len(text) > MAX_BYTES:
                self.close()
                raise Away(f"an answer of {self._settings.endpoint} is longer than {MAX_BYTES:,} bytes")

    def into(self, answer: Answer, buffer: memoryview) -> int:
        """The next bytes of a body that has not ended."""
        try:
            count = answer.readinto(buffer)
        except (OSError, http.client.HTTPException) as problem:
            raise self._away(problem) from None
        if not count:
            self.close()
            raise Away(f"{self._settings.endpoint} ended an answer before its end")
        return count

    def _away(self, problem: Exception) -> Away:
        self.close()
        said = problem.strerror if isinstance(problem, OSError) else None
        return Away(f"no answer from {self._settings.endpoint}: {said or str(problem) or type(problem).__name__}")
