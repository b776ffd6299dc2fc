"""Bounded JSON requests to the identity provider."""
import json
import queue
import threading
import time
from typing import Any, Dict, Mapping, Optional, Union

import requests

TIMEOUT = 5
MAX_BYTES = 256 * 1024


class Unreachable(Exception):
    """The identity provider gave no usable answer."""


class Rejected(Exception):
    """The identity provider answered and said no."""


def fetch_json(
    url: str, verify: Union[bool, str], form: Optional[Mapping[str, str]] = None
) -> Dict[str, Any]:
    """The JSON object at a URL: GET, or POST of a form; at most MAX_BYTES, and never longer than TIMEOUT seconds."""
    # The limits of requests are for one read: a server that sends a byte now and then, also in its headers, would hold a
    # webserver's worker for ever. So a thread asks, and is left alone when the time is over.
    answers: "queue.Queue[Any]" = queue.Queue()

    def ask() -> None:
        try:
            answers.put(_answer(url, verify, form))
        except Exception as problem:
            answers.put(problem)

    threading.Thread(target=ask, name="identity-provider", daemon=True).start()
    try:
        found = answers.get(timeout=TIMEOUT)
    except queue.Empty:
        raise Unreachable(f"{url}: no whole answer within {TIMEOUT} s") from None
    if isinstance(found, Exception):
        raise found
    return found


def _answer(url: str, verify: Union[bool, str], form: Optional[Mapping[str, str]]) -> Dict[str, Any]:
    try:
        with requests.request(
            "GET" if form is None else "POST",
            url,
            data=form,
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
            verify=verify,
            allow_redirects=False,
            stream=True,
        ) as answer:
            body = _read(url, answer, time.monotonic() + TIMEOUT)
    except (requests.RequestException, OSError) as problem:
        raise Unreachable(f"{url}: {type(problem).__name__}: {problem}") from None
    if 400 <= answer.status_code < 500:
        raise Rejected(f"{url}: status {answer.status_code}, {_error(body)}")
    if answer.status_code != 200:
        raise Unreachable(f"{url}: status {answer.status_code}")
    return _object(url, body)


def _read(url: str, answer: requests.Response, deadline: float) -> bytes:
    body = b""
    for chunk in answer.iter_content(1024):
        body += chunk
        if len(body) > MAX_BYTES:
            raise Unreachable(f"{url}: the answer is longer than {MAX_BYTES} bytes")
        if time.monotonic() > deadline:  # nobody waits for it any more
            raise Unreachable(f"{url}: the answer took too long")
    return body


def _object(url: str, body: bytes) -> Dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreachable(f"{url}: the answer is not JSON") from None
    if not isinstance(document, dict):
        raise Unreachable(f"{url}: the answer is not an object")
    return document


def _error(body: bytes) -> str:
    """The OAuth error code only: a provider may repeat what it was sent."""
    try:
        code = json.loads(body).get("error")
    except (ValueError, AttributeError, RecursionError):
        code = None
    return f"error {code[:80]!r}" if isinstance(code, str) else "no error code"
