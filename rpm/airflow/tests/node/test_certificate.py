"""Certificates of a CA that lives for one test; the served file is judged by OpenSSL as a client sees it."""
import os
import socket
import ssl
import tempfile
import threading
import unittest
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

import samples
from airflow_appliance.node import probe, webserver
from airflow_appliance.node.certificate import CIPHERS, Certificate


def pair(name, days=30, begun=1, encryption=NoEncryption()):
    """A certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.utcnow()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=begun))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption),
    )


class Files(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = Path(made.name)
        self.certificate, self.key = self.folder / "airflow.pem", self.folder / "airflow.key"
        self.served = self.folder / "tls.pem"
        self.found = Certificate(self.certificate, self.key, self.served)

    def put(self, certificate, key):
        self.certificate.write_bytes(certificate)
        self.key.write_bytes(key)

    def test_a_good_pair_is_one_file_for_one_user(self):
        certificate, key = pair("one")
        self.put(certificate, key)
        self.assertIsNone(self.found.blocker())
        self.assertIsNone(self.found.remark())
        self.assertEqual(certificate + key, self.served.read_bytes())
        self.assertEqual(0o600, self.served.stat().st_mode & 0o777)
        self.assertEqual(["airflow.key", "airflow.pem", "tls.pem"], sorted(os.listdir(self.folder)))

    def test_what_is_wrong_is_said_with_its_place(self):
        certificate, key = pair("one")
        _, other = pair("other")
        _, locked = pair("one", encryption=BestAvailableEncryption(b"word"))
        for said, *files in (
            (f"{self.certificate}: holds no certificate in PEM form", b"", key),
            (f"{self.key}: holds no private key in PEM form", certificate, b""),
            (f"{self.key}: is encrypted", certificate, locked),
            (f"{self.key}: is not the key of the certificate in {self.certificate} \\(CN=one, valid until 2", certificate, other),
        ):
            with self.subTest(said):
                self.put(*files)
                self.assertRegex(self.found.blocker(), said)
                self.assertFalse(self.served.exists())

    def test_a_file_that_is_not_there_or_not_readable(self):
        certificate, _ = pair("one")
        self.assertEqual(
            f"{self.certificate}: does not exist; put the certificate there that loadBalancer.tls names",
            self.found.blocker(),
        )
        self.certificate.write_bytes(certificate)
        self.key.mkdir()
        self.assertEqual(f"{self.key}: cannot be read: Is a directory", self.found.blocker())

    def test_the_earlier_pair_is_served_until_both_files_are_new(self):
        old, new = pair("old"), pair("new")
        self.put(*old)
        self.found.blocker()
        self.certificate.write_bytes(new[0])
        self.assertIn("(the earlier pair is served)", self.found.remark())
        self.assertIsNone(self.found.blocker())
        self.assertEqual(b"".join(old), self.served.read_bytes())
        self.key.write_bytes(new[1])
        self.assertIsNone(self.found.remark())
        self.assertEqual(b"".join(new), self.served.read_bytes())

    def test_time(self):
        for days, begun, said in (
            (-1, 3, "expired on .* renew certificate and key"),
            (3, 1, "expires on .*; renew certificate and key"),
            (30, -1, "is valid from .* on; check the clock"),
        ):
            with self.subTest(said):
                self.put(*pair("one", days, begun))
                self.assertIsNone(self.found.blocker())
                self.assertRegex(self.found.remark(), f"{self.certificate}: {said}")


class Role(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = Path(made.name)
        self.addCleanup(os.environ.pop, "GUNICORN_CMD_ARGS", None)
        names = {"tlsCertificate": str(self.folder / "airflow.pem"), "tlsKey": str(self.folder / "airflow.key")}
        self.facts = samples.settings(self.folder, webserver=names)

    def test_gunicorn_gets_the_served_file_and_the_ciphers(self):
        role = webserver.Webserver(self.facts)
        served = str(self.folder / "webserver" / "tls.pem")
        self.assertEqual(["--ssl-cert", served, "--ssl-key", served], role.command[-4:])
        self.assertIn(CIPHERS, os.environ["GUNICORN_CMD_ARGS"])
        self.assertIn("airflow.pem: does not exist", role.blocker())

    def test_a_node_s_own_files_win(self):
        key = "AIRFLOW__WEBSERVER__WEB_SERVER_SSL_CERT"
        os.environ[key] = str(self.folder / "own.pem")
        self.addCleanup(os.environ.pop, key)
        self.assertIn("own.pem: does not exist", webserver.Webserver(self.facts).blocker())

    def test_without_tls_nothing_is_waited_for(self):
        role = webserver.Webserver(samples.settings(self.folder))
        self.assertIsNone(role.blocker())
        self.assertNotIn("--ssl-cert", role.command)
        self.assertEqual("--preload", os.environ["GUNICORN_CMD_ARGS"].strip())


class Probe(unittest.TestCase):
    def test_a_stranger_s_certificate_is_refused_with_advice(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "both.pem")
            file.write_bytes(b"".join(pair("stranger")))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file)
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)

        def answer():
            try:
                context.wrap_socket(server.accept()[0], server_side=True).close()
            except OSError:
                pass  # the client does not want to talk

        threading.Thread(target=answer, daemon=True).start()
        with self.assertRaisesRegex(OSError, "its certificate is refused: self.signed certificate; name the CA .* caFile"):
            probe.http_get(f"https://127.0.0.1:{server.getsockname()[1]}", 5)


if __name__ == "__main__":
    unittest.main()
