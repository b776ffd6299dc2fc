"""What a copy's requests are signed and believed by, beside Amazon's own signer and OpenSSL."""
import ipaddress
import os
import ssl
import tempfile
import unittest
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock
from urllib.parse import quote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cases import named, table
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from s3_double import S3

from airflow_appliance.dag_copy import copy as copying, settings, signature
from airflow_appliance.dag_copy.errors import CannotCopy
from airflow_appliance.dag_copy.line import Line

# A moment whose date and time have leading zeros.
NOW = 1641103384.7


@named
class Signature(unittest.TestCase):
    @table(
        {
            "an object": ("airflow/dags/a.py", {}, None),
            "names that are encoded": ("airflow/dags/a b/ü+%#~'()*.py", {}, None),
            "a listing": ("airflow/", {"list-type": "2", "prefix": "dags/ü b/", "continuation-token": "a+b/c=&~"}, None),
            "a temporary key": ("airflow/dags/a.py", {}, "a/temporary+token=="),
        }
    )
    def is_as_amazon_signs(self, row):
        key, parameters, token = row
        path, query = "/" + quote(key, safe="/~"), signature.query(parameters)
        ours = signature.headers(
            signature.Keys("ID", "se/cr+et", token), "eu-west-1", "s3.lab:9000", path, query, NOW
        )
        url = f"https://s3.lab:9000{path}" + (f"?{query}" if query else "")
        request = AWSRequest(method="GET", url=url)
        with mock.patch("botocore.auth.datetime") as clock:
            clock.datetime.utcnow.return_value = datetime.utcfromtimestamp(NOW)
            S3SigV4Auth(Credentials("ID", "se/cr+et", token), "s3", "eu-west-1").add_auth(request)
        self.assertEqual(ours["Authorization"], request.headers["Authorization"])
        for name in {"X-Amz-Date", "X-Amz-Security-Token"} & set(request.headers.keys()):
            self.assertEqual(ours[name.lower()], request.headers[name])

    def test_no_text_form_has_the_secret(self):
        found = settings.read({
            "DAG_COPY_ENDPOINT": "http://s3.lab", "DAG_COPY_BUCKET": "airflow",
            "AWS_ACCESS_KEY_ID": "the-id", "AWS_SECRET_ACCESS_KEY": "the-secret", "AWS_SESSION_TOKEN": "the-token",
        })
        for text in (repr(found), str(found), "%s" % (found.keys,)):
            self.assertNotIn("the-", text)


class Asked:
    """A connection that goes nowhere."""

    def request(self, method, path, headers):
        self.method, self.path, self.host = method, path, headers["host"]

    def getresponse(self):
        return None


@named
class Addresses(unittest.TestCase):
    @table(
        {
            "path style": ("true", "s3.lab:9000", "/airflow/dags/a%20b"),
            "virtual hosts": ("false", "airflow.s3.lab:9000", "/dags/a%20b"),
        }
    )
    def style(self, row):
        style, host, path = row
        line = Line(settings.read({
            "DAG_COPY_ENDPOINT": "http://s3.lab:9000/", "DAG_COPY_BUCKET": "airflow", "DAG_COPY_PATH_STYLE": style,
            "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y",
        }), None)
        asked = line._connection = Asked()
        line.get("dags/a b", {}, {})
        self.assertEqual((asked.method, asked.path, asked.host), ("GET", path, host))

    @table(
        {
            "a password": "http://u:p@s3.lab", "a path": "http://s3.lab/s3", "a query": "http://s3.lab?x",
            "no scheme": "s3.lab:9000", "another scheme": "s3://airflow", "nothing": "", "no host": "http://",
        }
    )
    def wrong_endpoint(self, endpoint):
        with self.assertRaisesRegex(settings.SettingsError, "^DAG_COPY_ENDPOINT .*; correct the environment of this"):
            settings.read({
                "DAG_COPY_ENDPOINT": endpoint, "DAG_COPY_BUCKET": "airflow",
                "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y",
            })


class Tls(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = Path(made.name)
        self.s3 = S3()
        self.addCleanup(self.s3.close)
        self.s3.put("dags/science/a.py", "1")
        certificate, key = _pair()
        (self.folder / "site.pem").write_bytes(certificate)
        (self.folder / "server.pem").write_bytes(certificate + key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem")
        server = self.s3._server
        # A client that refuses the certificate hangs up, which is no trouble of this server's.
        server.handle_error = lambda *_: None
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)

    def copy(self, **more):
        return copying.copy(settings.read({
            "DAG_COPY_ENDPOINT": self.s3.url.replace("http:", "https:"), "DAG_COPY_BUCKET": "airflow",
            "DAG_COPY_PREFIX": "dags", "DAG_COPY_FOLDER": "science", "DAG_COPY_TARGET": str(self.folder / "dags"),
            "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", **more,
        }), lambda text: None)

    def test_a_private_ca(self):
        self.copy(AWS_CA_BUNDLE=str(self.folder / "site.pem"))
        self.assertEqual((self.folder / "dags/science/a.py").read_text(), "1")

    def test_a_private_ca_is_joined_to_the_usual_ones_for_the_task(self):
        bundle = self.folder / "ca.pem"
        self.copy(AWS_CA_BUNDLE=str(bundle), SITE_CA_FILE=str(self.folder / "site.pem"))
        self.assertEqual((self.folder / "dags/science/a.py").read_text(), "1")
        self.assertGreater(bundle.read_text().count("BEGIN CERTIFICATE"), 100)
        self.assertEqual(sorted(os.listdir(self.folder)), ["ca.pem", "dags", "server.pem", "site.pem"])

    def test_an_unknown_ca_is_not_waited_for(self):
        with self.assertRaisesRegex(CannotCopy, "^the certificate of https://.* is refused: self.signed certificate; name the"):
            self.copy()

    def test_a_bundle_that_is_not_there(self):
        with self.assertRaisesRegex(CannotCopy, "^AWS_CA_BUNDLE /nowhere.pem: No such file or directory; mount a PEM file"):
            self.copy(AWS_CA_BUNDLE="/nowhere.pem")
        (self.folder / "empty.pem").write_text("no certificate")
        with self.assertRaisesRegex(CannotCopy, "^AWS_CA_BUNDLE .*empty.pem: .*; mount a PEM file there"):
            self.copy(AWS_CA_BUNDLE=str(self.folder / "empty.pem"))

    def test_a_site_ca_that_is_not_there(self):
        with self.assertRaisesRegex(CannotCopy, "cannot be made of /.* and /nowhere.pem: /nowhere.pem: No such file"):
            self.copy(AWS_CA_BUNDLE=str(self.folder / "ca.pem"), SITE_CA_FILE="/nowhere.pem")


def _pair():
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lab")])
    now = datetime.utcnow()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


if __name__ == "__main__":
    unittest.main()
