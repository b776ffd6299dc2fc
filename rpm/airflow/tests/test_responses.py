"""What every answer carries, where redirects go, and the pages for people who cannot go on."""
import logging
import unittest
from unittest import mock

import lab
from browser import Browser, app
from cases import named, table
from identity import ISSUER

from airflow_appliance import responses

PROVIDER = "http://sso.test"
LOCATIONS = {
    "/home": lab.BASE_URL + "/home",
    "/tree?dag_id=x#top": lab.BASE_URL + "/tree?dag_id=x#top",
    "?page=2": lab.BASE_URL + "/dags/list/?page=2",
    "next": lab.BASE_URL + "/dags/list/next",
    "../up": lab.BASE_URL + "/dags/up",
    lab.BASE_URL + "/graph": lab.BASE_URL + "/graph",
    "http://10.0.0.120:8080/graph?x=1": lab.BASE_URL + "/graph?x=1",  # the request's own Host
    ISSUER + "/protocol/openid-connect/auth?x=1": ISSUER + "/protocol/openid-connect/auth?x=1",
    "/login/?next=http%3A%2F%2F10.0.0.120%3A8080%2Ftree%3Fx%3D1": lab.BASE_URL
    + "/login/?next=http%3A%2F%2Fairflow.test%3A8080%2Ftree%3Fx%3D1",
    "/login/?next=http%3A%2F%2F10.0.0.1208080%2F": lab.BASE_URL + "/login/?next=http%3A%2F%2F10.0.0.1208080%2F",
    "http://evil.test/": lab.BASE_URL + "/home",
    "https://sso.test/realms": lab.BASE_URL + "/home",
    "http://sso.test.evil/": lab.BASE_URL + "/home",
    "http://sso.test@evil.test/": lab.BASE_URL + "/home",
    "//evil.test/": lab.BASE_URL + "/home",
    "///evil.test/": lab.BASE_URL + "/home",
    "/\\evil.test": lab.BASE_URL + "/home",
    "\\\\evil.test": lab.BASE_URL + "/home",
    "/\t/evil.test": lab.BASE_URL + "/home",
    "javascript:alert(1)": lab.BASE_URL + "/home",
    "data:text/html,x": lab.BASE_URL + "/home",
    "http://10.0.0.120:8080//evil.test": lab.BASE_URL + "/home",
    "ftp://10.0.0.120:8080/x": lab.BASE_URL + "/home",
    "http://[evil/": lab.BASE_URL + "/home",
}


@named
class Redirects(unittest.TestCase):
    @table({location: (location, expected) for location, expected in LOCATIONS.items()})
    def goes(self, row):
        location, expected = row
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        with app.test_request_context("/dags/list/", base_url="http://10.0.0.120:8080"):
            self.assertEqual(responses._location(location, PROVIDER), expected)

    def test_a_host_of_the_clients_choice_is_not_in_the_answer(self):
        for host in ("http://evil.test", "http://10.0.0.120:8080"):
            answer = Browser().get("/home", base_url=host)
            self.assertTrue(answer.headers["Location"].startswith(lab.BASE_URL + "/login/"), answer.headers["Location"])
            self.assertNotIn("evil", answer.headers["Location"])
            self.assertEqual(answer.data, b"")

    def test_an_origin_of_another_site_is_not_gone_to(self):
        browser = Browser()
        browser.sign_in("op", ["airflow_op"])
        answer = browser.get("/trigger?dag_id=none&origin=http://evil.test/")
        self.assertEqual(answer.status_code, 302)
        self.assertTrue(answer.headers["Location"].startswith(lab.BASE_URL + "/"), answer.headers["Location"])


class Headers(unittest.TestCase):
    def test_every_answer_has_them(self):
        browser = Browser()
        browser.sign_in()
        for path in ("/home", "/health", "/api/v1/dags", "/nothing", "/login/?next=/home", "/static/pin_32.png"):
            headers = browser.get(path).headers
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff", path)
            self.assertEqual(headers["X-Frame-Options"], "DENY", path)
            self.assertEqual(headers["Referrer-Policy"], "same-origin", path)
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"], path)
            self.assertNotIn("Strict-Transport-Security", headers, path)

    def test_pages_are_not_kept_and_static_files_are(self):
        browser = Browser()
        browser.sign_in()
        self.assertEqual(browser.get("/home").headers["Cache-Control"], "no-store")
        self.assertNotIn("no-store", browser.get("/static/pin_32.png").headers["Cache-Control"])

    def test_forms_may_end_at_the_provider_only(self):
        policy = Browser().get("/health").headers["Content-Security-Policy"]
        self.assertIn(f"form-action 'self' {PROVIDER}", policy)


class Pages(unittest.TestCase):
    def test_a_fault_shows_a_reference_and_no_trace(self):
        view = app.view_functions["Airflow.health"]
        self.addCleanup(app.view_functions.__setitem__, "Airflow.health", view)
        self.addCleanup(app.config.__setitem__, "PROPAGATE_EXCEPTIONS", app.config["PROPAGATE_EXCEPTIONS"])
        app.config["PROPAGATE_EXCEPTIONS"] = False

        def fails():
            raise ValueError("the inner reason")

        app.view_functions["Airflow.health"] = fails
        with self.assertLogs("airflow_appliance.pages", "WARNING") as logs:
            answer = Browser().get("/health")
        self.assertEqual(answer.status_code, 500)
        reference = answer.data.decode().split("<code>")[1].split("<")[0]
        self.assertIn(reference, logs.output[0])
        self.assertIn("the inner reason", logs.output[0])
        for word in (b"the inner reason", b"Traceback", b"ValueError", b".py"):
            self.assertNotIn(word, answer.data)

    def test_without_the_database_there_is_a_page_for_who_is_signed_in(self):
        browser = Browser()
        browser.sign_in()
        self.addCleanup(app.config.__setitem__, "PROPAGATE_EXCEPTIONS", app.config["PROPAGATE_EXCEPTIONS"])
        app.config["PROPAGATE_EXCEPTIONS"] = False
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        away = mock.Mock(side_effect=OSError("the database is away"))
        with mock.patch.object(app.session_interface, "open_session", away):
            answer = browser.get("/home")
        self.assertEqual(answer.status_code, 500)
        self.assertIn(b"Something went wrong", answer.data)
        self.assertIn("X-Frame-Options", answer.headers)

    def test_who_has_no_role_is_told_and_can_sign_out(self):
        browser = Browser()
        browser.sign_in("nora", None)
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        answer = browser.get("/home")
        self.assertEqual(answer.status_code, 403)
        self.assertIn(b"You are signed in as nora", answer.data)
        self.assertIn(f"{lab.BASE_URL}/logout/".encode(), answer.data)
        self.assertIn(b"Reference: <code>", answer.data)

    def test_a_name_is_no_html(self):
        browser = Browser()
        browser.sign_in("<script>x</script>", None)
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.assertNotIn(b"<script>", browser.get("/home").data)


if __name__ == "__main__":
    unittest.main()
