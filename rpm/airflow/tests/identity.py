"""An identity provider on 127.0.0.1, written for the tests: it signs whatever it is told to."""
import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT = "airflow"
SECRET = "the-client-secret"
ISSUER = "http://sso.test/realms/lab"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
PATH = "/realms/lab/protocol/openid-connect/"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b64json(value) -> str:
    return b64(json.dumps(value).encode())


class Key:
    """An RSA key and what it publishes."""

    def __init__(self, kid: str, bits: int = 2048):
        self.kid = kid
        self.private = rsa.generate_private_key(65537, bits)

    def jwk(self, **changes):
        numbers = self.private.public_key().public_numbers()
        as_bytes = lambda n: n.to_bytes((n.bit_length() + 7) // 8, "big")
        document = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid}
        document.update(n=b64(as_bytes(numbers.n)), e=b64(as_bytes(numbers.e)))
        document.update(changes)
        return document

    def pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, claims, hash_=None, pad=None, **header) -> str:
        head = {"alg": "RS256", "typ": "JWT", "kid": self.kid, **header}
        return self.signed({k: v for k, v in head.items() if v is not None}, claims, hash_, pad)

    def signed(self, head, claims, hash_=None, pad=None) -> str:
        """With exactly this header."""
        text = f"{b64json(head)}.{b64json(claims)}"
        signature = self.private.sign(text.encode(), pad or padding.PKCS1v15(), hash_ or hashes.SHA256())
        return f"{text}.{b64(signature)}"


def unsigned(claims, kid: str, alg: str = "none") -> str:
    return f"{b64json({'alg': alg, 'kid': kid})}.{b64json(claims)}."


def hs256(claims, kid: str, secret: bytes, alg: str = "HS256") -> str:
    text = f"{b64json({'alg': alg, 'kid': kid})}.{b64json(claims)}"
    return f"{text}.{b64(hmac.new(secret, text.encode(), 'sha' + alg[2:]).digest())}"


def at_hash(access_token: str) -> str:
    return b64(hashlib.sha256(access_token.encode()).digest()[:16])


def id_claims(username="ada", roles=("airflow_admin",), nonce="n", **changes):
    """Claims as the realm makes them; a change to None takes a claim away."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": CLIENT,
        "azp": CLIENT,
        "typ": "ID",
        "sub": f"sub-of-{username}",
        "sid": f"sid-of-{username}",
        "exp": now + 300,
        "iat": now,
        "nonce": nonce,
        "at_hash": at_hash("the-access-token"),
        "preferred_username": username,
        "email": f"{username}@example.test",
        "given_name": username.capitalize(),
        "family_name": "Test",
    }
    if roles is not None:
        claims["resource_access"] = {CLIENT: {"roles": list(roles)}}
    claims.update(changes)
    return {name: value for name, value in claims.items() if value is not None}


def logout_claims(**changes):
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": CLIENT, "typ": "Logout", "iat": now, "exp": now + 120, "sub": "sub-of-ada"}
    claims.update(sid="sid-of-ada", events={LOGOUT_EVENT: {}}, jti="j")
    claims.update(changes)
    return {name: value for name, value in claims.items() if value is not None}


def machine_claims(machine="ci", **changes):
    """Claims of an access token that a client got for itself, as the realm makes them."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": CLIENT,
        "azp": machine,
        "client_id": machine,
        "typ": "Bearer",
        "sub": f"sub-of-{machine}",
        "exp": now + 300,
        "iat": now,
        "jti": "trrtcc:1",
        "preferred_username": f"service-account-{machine}",
        "scope": "profile email",
    }
    claims.update(changes)
    return {name: value for name, value in claims.items() if value is not None}


class IdentityProvider:
    """Serves keys and tokens; `answer` is what the token endpoint says next, `mode` what is wrong with the keys."""

    def __init__(self):
        self.key = Key("signing-key")
        self.published = [self.key]
        self.key_fetches = 0
        self.token_requests = []
        self.answer = (500, {})
        self.mode = None
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path != PATH + "certs":
                    return self._say(404, {})
                provider.key_fetches += 1
                if provider.mode:
                    return self._misbehave(provider.mode)
                self._say(200, {"keys": [key.jwk() for key in provider.published]})

            def do_POST(self):
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                provider.token_requests.append((self.path, form))
                self._say(*provider.answer)

            def _misbehave(self, mode):
                if mode == "away":
                    return self._say(503, {})
                if mode == "garbage":
                    return self._say(200, b"<html>")
                if mode == "huge":
                    return self._say(200, b'{"keys": "' + b"x" * 1_000_000 + b'"}')
                if mode == "a list":
                    return self._say(200, [1])
                if mode == "redirect":
                    return self._say(302, {})
                if mode == "slow":
                    return time.sleep(5)
                self._drip(b"HTTP/1.1 200 OK\r\n" if mode == "dripping" else b"")

            def _drip(self, begin):
                """A byte now and then, so that no single read takes long."""
                header = b"X-A: " if not begin else b"Content-Length: 1000\r\n\r\n"
                try:
                    self.wfile.write((begin or b"HTTP/1.1 200 OK\r\n") + header)
                    for _ in range(25):
                        self.wfile.write(b"x")
                        time.sleep(0.2)
                except OSError:
                    pass  # whoever asked has gone

            def _say(self, status, document):
                body = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/realms/lab"

    def tokens(self, id_token, **changes):
        answer = {"access_token": "the-access-token", "token_type": "Bearer", "expires_in": 300, "id_token": id_token}
        answer.update(changes)
        self.answer = (200, {name: value for name, value in answer.items() if value is not None})


def query_of(url: str):
    return dict(parse_qsl(urlsplit(url).query))
