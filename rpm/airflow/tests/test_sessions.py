"""What becomes of a session: its cookie, its end here and at the provider, and what others may do with it."""
import logging
import pickle
import time
import unittest
import uuid
from datetime import timedelta
from unittest import mock

import lab
from browser import Browser, app, set_active
from cases import named, table
from identity import CLIENT, ISSUER, LOGOUT_EVENT, Key, id_claims, logout_claims, query_of, unsigned
from sqlalchemy import event, text

provider = lab.provider
sign = provider.key.sign
BACK_CHANNEL = "/oidc/backchannel-logout"

LOGOUT_FORGERIES = {
    "no token": (lambda c: None, "not a signed token"),
    "garbage": (lambda c: "x.y.z", "signature: "),
    "another key": (lambda c: Key(provider.key.kid).sign(c()), "signature: BadSignatureError"),
    "alg none": (lambda c: unsigned(c(), "signing-key"), "signature: UnsupportedAlgorithmError"),
    "an ID token": (lambda c: sign(id_claims()), "typ: is 'ID', must be 'Logout'"),
    "no events": (lambda c: sign(c(events=None)), "events: names no logout"),
    "another event": (lambda c: sign(c(events={"x": {}})), "events: names no logout"),
    "event that is no object": (lambda c: sign(c(events={LOGOUT_EVENT: 1})), "events: names no logout"),
    "a nonce": (lambda c: sign(c(nonce="n")), "nonce: must not stand"),
    "another issuer": (lambda c: sign(c(iss=ISSUER + "x")), "iss: is "),
    "another audience": (lambda c: sign(c(aud="other")), "aud: is 'other'"),
    "issued to another client": (lambda c: sign(c(azp="other")), "azp: is 'other'"),
    "nobody named": (lambda c: sign(c(sub=None, sid=None)), "sub, sid: one of them"),
    "sub a number": (lambda c: sign(c(sub=1, sid=None)), "sub: is 1, must be a text"),
    "sid a list": (lambda c: sign(c(sid=["x"])), "sid: is ['x'], must be a text"),
    "expired": (lambda c: sign(c(exp=int(time.time()) - 100)), "exp: expired"),
    "no expiry": (lambda c: sign(c(exp=None)), "exp: is None"),
    "an access token": (lambda c: sign(c(typ="Bearer")), "typ: is 'Bearer', must be 'Logout'"),
    "a list of events": (lambda c: sign(c(events=[LOGOUT_EVENT])), "events: names no logout"),
    "of the future": (lambda c: sign(c(iat=int(time.time()) + 120)), "iat: is "),
    "a critical header": (lambda c: sign(c(), crit=["x"]), "crit: asks for what is not understood"),
    "100 kB": (lambda c: sign(c(x="y" * 100_000)), "not a signed token"),
}


class Sessions(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.browser = Browser()

    def rows(self):
        with app.app_context():
            model = app.session_interface.sql_session_model
            return {row.session_id: row for row in model.query.all()}


class Cookie(Sessions):
    def test_flags(self):
        answer = self.browser.sign_in()
        cookie = answer.headers["Set-Cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Lax", cookie)
        self.assertLess(len(cookie), 300)

    def test_secure_with_tls(self):
        with mock.patch.dict(app.config, SESSION_COOKIE_SECURE=True):
            self.assertIn("Secure", self.browser.sign_in().headers["Set-Cookie"])

    def test_sign_in_changes_the_id_and_drops_the_old_row(self):
        self.browser.start()
        before = self.browser.cookie().value
        self.assertIn(before.split(".")[0], self.rows())
        self.browser.sign_in()
        after = self.browser.cookie().value
        self.assertNotEqual(before, after)
        self.assertNotIn(before.split(".")[0], self.rows())
        self.assertTrue(self.browser.is_signed_in())

    def test_a_planted_cookie_is_worth_nothing_after_sign_in(self):
        attacker = Browser()
        attacker.start()
        planted = attacker.cookie().value
        self.browser.http.set_cookie("airflow.test", "session", planted)
        self.browser.sign_in()
        self.assertFalse(attacker.is_signed_in())

    def meanwhile(self, statement):
        """Another webserver does this between a request's look for its session's row and its writing it."""
        store = app.session_interface
        key = self.browser.cookie().value.rpartition(".")[0]

        def at_another_webserver(*_):
            with store.db.engine.begin() as connection:
                connection.execute(text(statement), key=key, data=pickle.dumps({}), expiry=self.expiry)
            self.happened = True

        with app.app_context():
            self.expiry = store.sql_session_model.query.filter_by(session_id=key).one().expiry
            event.listen(store.db.session, "before_flush", at_another_webserver, once=True)
        return key

    def test_a_row_that_goes_while_a_request_writes_it_does_no_harm(self):
        self.browser.sign_in()
        self.meanwhile("DELETE FROM session WHERE session_id = :key")
        self.assertEqual(self.browser.get("/home").status_code, 200)
        self.assertTrue(self.happened)

    def test_a_row_that_comes_while_a_request_writes_it_does_no_harm(self):
        self.browser.start()
        key = self.meanwhile("INSERT INTO session (session_id, data, expiry) VALUES (:key, :data, :expiry)")
        with app.app_context():
            model = app.session_interface.sql_session_model
            with app.session_interface.db.engine.begin() as connection:
                connection.execute(model.__table__.delete().where(model.session_id == key))
        self.browser.start()
        self.assertTrue(self.happened)

    def test_access_token_and_secrets_are_not_kept(self):
        self.browser.sign_in()
        row = self.rows()[self.browser.cookie().value.rpartition(".")[0]]
        self.assertNotIn(b"the-access-token", row.data)


class SignOut(Sessions):
    def test_goes_on_to_the_provider(self):
        self.browser.sign_in()
        answer = self.browser.get("/logout/")
        address, _, _ = answer.headers["Location"].partition("?")
        query = query_of(answer.headers["Location"])
        self.assertEqual(address, ISSUER + "/protocol/openid-connect/logout")
        self.assertEqual(query["post_logout_redirect_uri"], lab.BASE_URL + "/home")
        self.assertEqual(query["client_id"], CLIENT)
        self.assertEqual(query["id_token_hint"].count("."), 2)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_ends_the_session(self):
        self.browser.sign_in()
        old = self.browser.cookie().value
        self.browser.get("/logout/")
        self.assertFalse(self.browser.is_signed_in())
        self.assertNotIn(old.rpartition(".")[0], self.rows())

    def test_the_old_cookie_is_worth_nothing(self):
        self.browser.sign_in()
        old = self.browser.cookie().value
        self.browser.get("/logout/")
        thief = Browser()
        thief.http.set_cookie("airflow.test", "session", old)
        self.assertFalse(thief.is_signed_in())

    def test_a_request_that_was_under_way_does_not_bring_the_session_back(self):
        self.browser.sign_in()
        old = self.browser.cookie().value
        key = old.rpartition(".")[0]
        data, expiry = self.rows()[key].data, self.rows()[key].expiry
        self.browser.get("/logout/")
        with app.app_context():
            store = app.session_interface
            store.db.session.add(store.sql_session_model(key, data, expiry))
            store.db.session.commit()
        thief = Browser()
        thief.http.set_cookie("airflow.test", "session", old)
        self.assertFalse(thief.is_signed_in())

    def test_other_browsers_stay_signed_in(self):
        other = Browser()
        other.sign_in()
        self.browser.sign_in()
        self.browser.get("/logout/")
        self.assertTrue(other.is_signed_in())

    def test_without_a_session(self):
        query = query_of(self.browser.get("/logout/").headers["Location"])
        self.assertNotIn("id_token_hint", query)

    def test_signing_in_again_works(self):
        self.browser.sign_in()
        self.browser.get("/logout/")
        self.browser.sign_in(iat=int(time.time()) + 1)
        self.assertTrue(self.browser.is_signed_in())


@named
class BackChannel(Sessions):
    def call(self, token):
        return Browser().post(BACK_CHANNEL, data={"logout_token": token} if token else {})

    def setUp(self):
        super().setUp()
        self.before = int(time.time()) - 10
        # A user of its own for each test: that a user was signed out is remembered.
        self.user = f"bob-{uuid.uuid4()}"
        self.browser.sign_in(self.user, iat=self.before)

    def claims(self, **changes):
        return logout_claims(**{"sub": f"sub-of-{self.user}", "sid": f"sid-of-{self.user}", **changes})

    def test_ends_every_session_of_the_user_and_no_other(self):
        second, other = Browser(), Browser()
        second.sign_in(self.user, iat=self.before, sid="another-sid")
        other.sign_in("carol", iat=self.before)
        answer = self.call(sign(self.claims()))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual([b.is_signed_in() for b in (self.browser, second, other)], [False, False, True])

    def test_a_cookie_beside_the_call_is_neither_used_nor_ended(self):
        self.assertEqual(self.browser.post(BACK_CHANNEL, data={"logout_token": "x"}).status_code, 400)
        self.assertTrue(self.browser.is_signed_in())
        self.assertNotIn("Set-Cookie", self.call(sign(self.claims())).headers)

    def test_by_provider_session_of_a_clock_that_is_behind(self):
        self.call(sign(self.claims(sub=None, iat=self.before - 60)))
        self.assertFalse(self.browser.is_signed_in())

    def test_by_provider_session_only(self):
        other = Browser()
        other.sign_in(self.user, iat=self.before, sid="another-sid")
        self.assertEqual(self.call(sign(self.claims(sub=None))).status_code, 200)
        self.assertEqual([self.browser.is_signed_in(), other.is_signed_in()], [False, True])

    def test_a_request_that_was_under_way_does_not_bring_the_session_back(self):
        old = self.browser.cookie().value
        key = old.rpartition(".")[0]
        row = self.rows()[key]
        data, expiry = row.data, row.expiry
        self.call(sign(self.claims(sid=None)))
        with app.app_context():
            store = app.session_interface
            store.db.session.add(store.sql_session_model(key, data, expiry))
            store.db.session.commit()
        self.assertFalse(self.browser.is_signed_in())

    def test_a_later_sign_in_stays(self):
        self.call(sign(self.claims()))
        self.browser.sign_in(self.user, sid="new", iat=int(time.time()) + 1)
        self.assertTrue(self.browser.is_signed_in())

    def test_a_call_makes_no_session(self):
        answer = self.call(sign(self.claims(sub="sub-of-nobody")))
        self.assertNotIn("session=ey", answer.headers.get("Set-Cookie", ""))
        self.assertEqual(answer.status_code, 200)

    def test_what_was_ended_says_so_once(self):
        self.call(sign(self.claims()))
        answer = self.browser.get("/home")
        self.assertEqual(answer.status_code, 401)
        self.assertIn(b"Your session has ended", answer.data)
        self.assertIn(b"Reference: <code>", answer.data)
        self.assertEqual(self.browser.get("/home").status_code, 302)

    def test_a_script_of_an_ended_page_is_told_without_a_page(self):
        self.call(sign(self.claims()))
        answer = self.browser.get("/home", headers={"Sec-Fetch-Mode": "cors"})
        self.assertEqual((answer.status_code, answer.mimetype[:5]), (401, "text/"))
        self.assertNotIn(b"<html", answer.data)

    def test_the_api_is_told_in_its_own_way(self):
        self.call(sign(self.claims()))
        answer = self.browser.get("/api/v1/dags")
        self.assertEqual((answer.status_code, answer.mimetype), (401, "application/problem+json"))

    def test_four_sessions_end_with_one_call_that_names_one(self):
        others = [Browser() for _ in range(3)]
        for number, other in enumerate(others):
            other.sign_in(self.user, iat=self.before, sid=f"sid-{number}")
        self.call(sign(self.claims()))
        self.assertEqual([b.is_signed_in() for b in (self.browser, *others)], [False] * 4)

    @table(LOGOUT_FORGERIES)
    def refuses(self, row):
        make, reason = row
        logging.disable(logging.NOTSET)
        with self.assertLogs("airflow_appliance.pages", "WARNING") as logs:
            self.assertEqual(self.call(make(self.claims)).status_code, 400)
        self.assertIn(reason, logs.output[0])
        self.assertTrue(self.browser.is_signed_in())


class Limit(Sessions):
    def test_a_session_ends_at_its_limit_however_busy(self):
        self.browser.sign_in()
        self.assertTrue(self.browser.is_signed_in())
        with mock.patch("airflow_appliance.sessions.time.time", lambda: time.monotonic() + 1e10):
            self.assertFalse(self.browser.is_signed_in())
        self.assertFalse(self.browser.is_signed_in())

    def past(self):
        return mock.patch("airflow_appliance.sessions.time.time", lambda: time.monotonic() + 1e10)

    def test_a_page_is_opened_again_by_way_of_the_sign_in(self):
        self.browser.sign_in()
        with self.past():
            answer = self.browser.get("/tree?dag_id=x", headers={"Sec-Fetch-Mode": "navigate"})
        self.assertEqual(answer.status_code, 302)
        self.assertTrue(answer.headers["Location"].startswith(lab.BASE_URL + "/login/?next="))

    def test_a_form_is_told_that_nothing_was_changed(self):
        self.browser.sign_in("op", ["airflow_op"])
        with self.past():
            answer = self.browser.post("/variable/add", data={"key": "k", "val": "v"})
        self.assertEqual(answer.status_code, 401)
        self.assertIn(b"Nothing was changed", answer.data)

    def test_a_script_is_told(self):
        self.browser.sign_in()
        with self.past():
            answer = self.browser.get("/object/x", headers={"X-Requested-With": "XMLHttpRequest"})
        self.assertEqual(answer.status_code, 401)
        self.assertNotIn(b"<html", answer.data)

    def test_a_user_who_was_made_inactive_here_is_out_at_once(self):
        self.browser.sign_in("leaver")
        set_active("leaver", False)
        self.assertFalse(self.browser.is_signed_in())

    def test_rows_live_as_long_as_a_session_may(self):
        self.assertEqual(app.permanent_session_lifetime, timedelta(hours=8))

    def test_eight_hours_by_default(self):
        self.assertEqual(app.config["OIDC_SESSION_SECONDS"], 8 * 3600)


class CrossSite(Sessions):
    def setUp(self):
        super().setUp()
        self.browser.sign_in("op", ["airflow_op"])

    def test_a_form_without_csrf_token_is_refused(self):
        answer = self.browser.post("/variable/add", data={"key": "k", "val": "v"})
        self.assertEqual(answer.status_code, 400)
        self.assertIn(b"CSRF", answer.data)

    def test_a_signed_in_user_without_the_right_gets_no_loop(self):
        answer = self.browser.get("/login/?next=/home")
        self.assertEqual(answer.status_code, 403)

    def test_a_signed_in_user_goes_home(self):
        self.assertEqual(self.browser.get("/login/?next=/users/list/").headers["Location"], lab.BASE_URL + "/home")


if __name__ == "__main__":
    unittest.main()
