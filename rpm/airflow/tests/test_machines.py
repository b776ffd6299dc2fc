"""Machines at the REST API: which tokens are taken, and what they may do."""
import base64
import logging
import time
import unittest
from unittest import mock

import lab
from browser import Browser, app, expire_keys, roles_of, set_active
from cases import named, table
from identity import CLIENT, ISSUER, SECRET, Key, hs256, id_claims, logout_claims, machine_claims, unsigned

provider = lab.provider
sign = provider.key.sign


def changed(machine="ci", **changes):
    return lambda: sign(machine_claims(machine, **changes))


REFUSED = {
    "garbage": (lambda: "x", "not a signed token"),
    "nothing": (lambda: "", "not a signed token"),
    "an ID token": (lambda: sign(id_claims()), "typ: is 'ID', must be 'Bearer'"),
    "a logout token": (lambda: sign(logout_claims()), "typ: is 'Logout', must be 'Bearer'"),
    "of a client that is not listed": (changed("other"), "azp: 'other' is no client that cluster.yaml lists"),
    "of Airflow's own client": (changed(CLIENT), "azp: 'airflow' is no client that cluster.yaml lists"),
    "of no client": (changed(azp=None), "azp: is None, must be a text"),
    "of a list of clients": (changed(azp=["ci"]), "azp: is ['ci'], must be a text"),
    "of a person who used the client": (
        changed(client_id=None, preferred_username="ada", sid="sid-of-ada"),
        "client_id: is None, must be 'ci' as azp is",
    ),
    "of a person's session": (changed(sid="sid-of-ada"), "sid: belongs to a person's token"),
    "of another client's name": (changed(client_id="reader"), "client_id: is 'reader', must be 'ci' as azp is"),
    "for another audience": (changed(aud="account"), "aud: is 'account', must hold 'airflow'"),
    "for no audience": (changed(aud=None), "aud: is None"),
    "of another issuer": (changed(iss=ISSUER + "2"), "iss: is "),
    "expired": (lambda: sign(machine_claims(exp=int(time.time()) - 80)), "exp: expired"),
    "not yet": (lambda: sign(machine_claims(nbf=int(time.time()) + 120)), "nbf: is "),
    "without expiry": (changed(exp=None), "exp: is None"),
    "of nobody": (changed(sub=None), "sub: is None"),
    "by another key": (lambda: Key(provider.key.kid).sign(machine_claims()), "signature: BadSignatureError"),
    "unsigned": (lambda: unsigned(machine_claims(), "signing-key"), "signature: "),
    "HS256 with the client secret": (lambda: hs256(machine_claims(), "signing-key", SECRET.encode()), "signature: "),
    "oversized": (lambda: sign(machine_claims(x="y" * 100_000)), "not a signed token"),
}


class Machines(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.client = Browser()

    def get(self, path="/api/v1/dags", token=None, **headers):
        return self.client.get(path, headers={"Authorization": f"Bearer {token or sign(machine_claims())}", **headers})


@named
class Tokens(Machines):
    @table(REFUSED)
    def refuses(self, row):
        make, reason = row
        logging.disable(logging.NOTSET)
        with self.assertLogs("airflow_appliance.pages", "WARNING") as logs:
            answer = self.client.get("/api/v1/dags", headers={"Authorization": f"Bearer {make()}"})
        self.assertEqual(answer.status_code, 401)
        self.assertIn(reason, logs.output[0])
        self.assertNotIn(reason.encode(), answer.data)
        self.assertIn('error="invalid_token"', answer.headers["WWW-Authenticate"])

    def test_is_taken(self):
        self.assertEqual(self.get().status_code, 200)

    def test_has_the_role_of_cluster_yaml_and_no_other(self):
        token = sign(machine_claims("reader", resource_access={CLIENT: {"roles": ["airflow_admin"]}}))
        self.assertEqual(self.get(token=token).status_code, 200)
        self.assertEqual(roles_of("service-account-reader"), ["Viewer"])
        self.assertEqual(self.get("/api/v1/connections", token=token).status_code, 403)
        self.assertEqual(self.get("/api/v1/connections").status_code, 200)

    def test_a_changed_role_counts_at_once(self):
        self.get(token=sign(machine_claims("reader")))
        with mock.patch.dict(app.appbuilder.sm.oauth_remotes["keycloak"].machines, reader="Op"):
            self.get(token=sign(machine_claims("reader")))
            self.assertEqual(roles_of("service-account-reader"), ["Op"])

    def test_may_write_without_an_origin(self):
        answer = self.client.post(
            "/api/v1/variables",
            json={"key": "made-by-ci", "value": "v"},
            headers={"Authorization": f"Bearer {sign(machine_claims())}"},
        )
        self.assertEqual(answer.status_code, 200, answer.data)

    def test_makes_no_session(self):
        answer = self.get()
        self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(self.client.get("/api/v1/dags").status_code, 401)

    def test_opens_no_page(self):
        answer = self.get("/home")
        self.assertEqual(answer.status_code, 302)
        self.assertIn("/login/", answer.headers["Location"])

    def test_a_session_does_not_help_a_bad_token(self):
        self.client.sign_in("vera", ["airflow_viewer"])
        self.assertEqual(self.client.get("/api/v1/dags").status_code, 200)
        self.assertEqual(self.get(token="x.y.z").status_code, 401)

    def test_a_session_beside_a_good_token_is_not_used(self):
        self.client.sign_in("ada", ["airflow_admin"])
        self.assertEqual(self.get("/api/v1/connections", token=sign(machine_claims("reader"))).status_code, 403)

    def test_an_inactive_machine_is_refused(self):
        self.get(token=sign(machine_claims("reader")))
        for active, status in ((False, 401), (True, 200)):
            set_active("service-account-reader", active)
            self.assertEqual(self.get(token=sign(machine_claims("reader"))).status_code, status)

    def test_a_provider_that_is_away_is_no_refusal(self):
        expire_keys()
        self.addCleanup(expire_keys)
        provider.mode = "away"
        self.addCleanup(setattr, provider, "mode", None)
        answer = self.get()
        self.assertEqual((answer.status_code, answer.mimetype), (503, "application/problem+json"))


class Passwords(Machines):
    def basic(self, name, password):
        text = base64.b64encode(f"{name}:{password}".encode()).decode()
        return self.client.get("/api/v1/dags", headers={"Authorization": f"Basic {text}"}).status_code

    def setUp(self):
        super().setUp()
        with app.app_context():
            manager = app.appbuilder.sm
            if not manager.find_user(username="local"):
                manager.add_user("local", "L", "L", "local@example.test", [manager.find_role("Viewer")], "the-password")
        self.client.sign_in("ada", ["airflow_admin"])
        self.client = Browser()

    def test_are_not_taken(self):
        self.assertEqual(self.basic("local", "the-password"), 401)

    def test_bytes_that_are_no_text(self):
        with mock.patch.object(app.appbuilder.sm.oauth_remotes["keycloak"], "basic_auth", True):
            for sent in (b"\xff:x", b"a\0b:x", b"", b"name"):
                text = base64.b64encode(sent).decode()
                answer = self.client.get("/api/v1/dags", headers={"Authorization": f"Basic {text}"})
                self.assertEqual(answer.status_code, 401, sent)

    def test_are_taken_when_asked_for(self):
        with mock.patch.object(app.appbuilder.sm.oauth_remotes["keycloak"], "basic_auth", True):
            self.assertEqual(self.basic("local", "the-password"), 200)
            self.assertEqual(self.basic("local", "another"), 401)
            self.assertEqual(self.basic("nobody", "the-password"), 401)
            # Flask-AppBuilder keeps the hash of an empty password for whoever signed in at the provider.
            self.assertEqual(self.basic("ada", ""), 401)


if __name__ == "__main__":
    unittest.main()
