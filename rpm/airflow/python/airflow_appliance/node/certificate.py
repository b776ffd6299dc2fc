"""The webserver's certificate and key: the operator's two files, judged and handed to gunicorn as one.

gunicorn reads its files at every connection, so a renewed pair is served by the next one. Between the writing of the
two files they do not fit each other, and every connection would fail: therefore a file of both, replaced as a whole.
"""
import os
import ssl
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import List, Optional, Tuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from airflow_appliance.node.supervise import fingerprint

# All of them came with TLS 1.2, so nothing older finds one; those of TLS 1.3 are there besides.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
WARN = timedelta(days=14)


class _Unfit(Exception):
    """What is wrong with the files, and what to do about it."""


class Certificate:
    """Keeps the served file like the operator's files, as long as those are good."""

    def __init__(self, certificate: Path, key: Path, served: Path):
        self._certificate, self._key, self.served = certificate, key, served
        self._seen: Optional[Tuple] = None
        self._problem: Optional[str] = None
        self._valid: Optional[Tuple[datetime, datetime]] = None

    def arguments(self) -> List[str]:
        """For `airflow webserver`."""
        return ["--ssl-cert", str(self.served), "--ssl-key", str(self.served)]

    def blocker(self) -> Optional[str]:
        """Why nothing can be served yet, or None."""
        self._follow()
        return None if self._valid else self._problem

    def remark(self) -> Optional[str]:
        """What the operator has to know while it is served, or None."""
        self._follow()
        remarks = [self._problem and f"{self._problem} (the earlier pair is served)", self._time()]
        return "; ".join(filter(None, remarks)) or None

    def _follow(self) -> None:
        seen = fingerprint(self._certificate), fingerprint(self._key)
        # What is wrong is looked at again each time: a parent folder's rights are not in the fingerprint.
        if seen == self._seen and not self._problem:
            return
        self._seen = seen
        try:
            text, valid = self._pair()
            _replace(self.served, text)
            self._valid, self._problem = valid, None
        except _Unfit as problem:
            self._problem = str(problem)

    def _pair(self) -> Tuple[bytes, Tuple[datetime, datetime]]:
        """The text of both files and the time of the certificate."""
        certificate, key = _read(self._certificate, "certificate"), _read(self._key, "key")
        try:
            found = x509.load_pem_x509_certificate(certificate)
        except ValueError:
            raise _Unfit(f"{self._certificate}: holds no certificate in PEM form; copy it anew") from None
        try:
            private = load_pem_private_key(key, password=None)
        except TypeError:
            raise _Unfit(f"{self._key}: is encrypted, and nobody is there to type; store it without a passphrase") from None
        except ValueError:
            raise _Unfit(f"{self._key}: holds no private key in PEM form; copy it anew") from None
        if _public(found.public_key()) != _public(private.public_key()):
            raise _Unfit(
                f"{self._key}: is not the key of the certificate in {self._certificate} ({found.subject.rfc4514_string()},"
                f" valid until {_day(found.not_valid_after)}); put both files of one pair there"
            )
        return certificate.rstrip() + b"\n" + key, (found.not_valid_before, found.not_valid_after)

    def _time(self) -> Optional[str]:
        if not self._valid:
            return None
        begin, end = self._valid
        now = datetime.utcnow()
        if now > end:
            return f"{self._certificate}: expired on {_day(end)}, no browser takes it; renew certificate and key"
        if now < begin:
            return f"{self._certificate}: is valid from {_day(begin)} on; check the clock of this node"
        if now > end - WARN:
            return f"{self._certificate}: expires on {_day(end)}; renew certificate and key"
        return None


def _read(file: Path, what: str) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise _Unfit(f"{file}: does not exist; put the {what} there that loadBalancer.tls names") from None
    except PermissionError:
        raise _Unfit(f"{file}: user airflow may not read it; run chgrp airflow {file} && chmod 0640 {file}") from None
    except OSError as problem:
        raise _Unfit(f"{file}: cannot be read: {problem.strerror}") from None


def _public(key) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _day(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _replace(file: Path, text: bytes) -> None:
    """Whole or not at all, for this user only, and only if OpenSSL takes it as gunicorn will hand it over."""
    handle, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with open(handle, "wb") as stream:
            stream.write(text)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(temporary)
        os.replace(temporary, file)
    except BaseException as problem:
        os.unlink(temporary)
        if isinstance(problem, ssl.SSLError):
            raise _Unfit(f"certificate and key are refused by this system: {problem.reason or problem}; make others") from None
        raise
