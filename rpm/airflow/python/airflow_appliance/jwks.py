"""The identity provider's signing keys."""
import json
import logging
import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, Optional

from authlib.jose import JsonWebKey

from airflow_appliance.common import Common
from airflow_appliance.fetch import Unreachable

log = logging.getLogger(__name__)

# Seconds. Between two fetches that unknown key ids cause; between two of those without any key.
MIN_INTERVAL = 30
RETRY_INTERVAL = 15
# Between two looks at whether the provider is there, when it was and when it was not.
CHECK_INTERVAL = 10
AWAY_INTERVAL = 15
MAX_AGE = 600
MAX_KEYS = 32
MIN_BITS = 2048


class UnknownKey(Exception):
    """No signing key of the provider has this id."""


class Jwks:
    """Keys by id; forged ids cause at most one fetch in MIN_INTERVAL seconds, withdrawn keys leave after MAX_AGE.

    What one process of a webserver has fetched, or has tried to fetch, all those know that were forked after this was made.
    The clock has to be the same for all of them.
    """

    def __init__(self, fetch: Callable[[], Dict[str, Any]], clock: Callable[[], float] = time.monotonic):
        self._fetch, self._clock = fetch, clock
        self._common = Common()
        self._heard = b""
        self._is_news = False
        self._document: Dict[str, Any] = {}
        self._keys: Dict[str, Any] = {}
        self._away: Optional[str] = None
        self._fetched = self._next_fetch = self._next_check = float("-inf")

    def find(self, kid: str) -> Any:
        """The key of this id; UnknownKey, or Unreachable when that cannot be known."""
        # Who has the key waits for nobody who asks for another one.
        known = self._keys
        if kid in known and not self._is_old():
            return known[kid]
        with self._turn():
            was_old = self._is_old()
            if (kid not in self._keys or was_old) and self._clock() >= self._next_fetch:
                self._renew()
                if not self._keys:  # nobody can sign in, so that is tried sooner
                    self._next_fetch = self._clock() + RETRY_INTERVAL
                elif self._away or not was_old:  # the first keys, and new ones for old ones, are asked for by anybody
                    self._next_fetch = self._clock() + MIN_INTERVAL
            if kid in self._keys:
                return self._keys[kid]
            self._raise_if_away()  # whoever asked last: it may be a new key
            raise UnknownKey(f"unknown key id {kid[:80]!r}")

    def check(self) -> None:
        """Unreachable when the provider was away at the last look; looks rarely, and has the newest keys then.

        A look is nobody's forged id: a key that is rotated right after it is still asked for at once.
        """
        with self._turn():
            if self._clock() >= self._next_check:
                self._renew()
            self._raise_if_away()

    def _raise_if_away(self) -> None:
        if self._away:
            raise Unreachable(self._away)

    def _is_old(self) -> bool:
        return self._clock() - self._fetched > MAX_AGE

    def _renew(self) -> None:
        """All times are from the end of the attempt, which may have taken long."""
        self._is_news = True
        try:
            document = self._fetch()
            self._keys = signing_keys(document)
        except Exception as problem:
            self._away = f"signing keys: {problem}"
            self._next_check = self._clock() + AWAY_INTERVAL
            log.warning("%s; the %s known ones stay", self._away, len(self._keys))
            return
        self._document = document
        self._away = None
        self._fetched = self._clock()
        self._next_check = self._fetched + CHECK_INTERVAL

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Alone among threads and processes, with what the last of them knew; the next one knows what this one does."""
        with self._common.alone():
            heard = self._common.read()
            if heard and heard != self._heard:
                self._heard = heard
                self._learn(heard)
            try:
                yield
            finally:
                if self._is_news:
                    self._is_news = False
                    self._heard = self._common.write(self._told())

    def _told(self) -> bytes:
        return json.dumps([self._document, self._away, self._fetched, self._next_fetch, self._next_check]).encode()

    def _learn(self, heard: bytes) -> None:
        try:
            document, away, *times = json.loads(heard)
            fetched, next_fetch, next_check = map(float, times)
            keys = signing_keys(document) if document else {}
        except (ValueError, TypeError) as problem:  # whoever wrote it was killed
            log.warning("what another process knew of the signing keys cannot be read: %s", problem)
            return
        self._document, self._keys, self._away = document, keys, away
        self._fetched, self._next_fetch, self._next_check = fetched, next_fetch, next_check


def signing_keys(document: Dict[str, Any]) -> Dict[str, Any]:
    """The RS256 signing keys of a JWK set; all other entries are passed over."""
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise ValueError("the key set has no list of keys")
    keys: Dict[str, Any] = {}
    for entry in entries[:MAX_KEYS]:
        if not _signs(entry):
            continue
        try:
            key = JsonWebKey.import_key({name: entry[name] for name in ("kty", "n", "e", "kid")})
            bits = key.get_public_key().key_size
        except Exception as problem:
            log.warning("signing key %.80r cannot be used: %s", entry["kid"], problem)
            continue
        if bits < MIN_BITS:
            log.warning("signing key %.80r has only %s bits", entry["kid"], bits)
            continue
        keys[entry["kid"]] = key
    return keys


def _signs(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("kty") == "RSA"
        and entry.get("use") == "sig"
        and entry.get("alg", "RS256") == "RS256"
        and isinstance(entry.get("kid"), str)
        and isinstance(entry.get("n"), str)
        and isinstance(entry.get("e"), str)
    )
