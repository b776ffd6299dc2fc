"""What a signed-in user may reach: the REST API from its own pages, and only the DAGs that are theirs."""
import logging
import unittest

import lab
from browser import Browser, app
from cases import named, table

from airflow.exceptions import AirflowException
from airflow.models import DagModel
from airflow.security import permissions
from airflow.utils import timezone
from airflow.utils.session import create_session
from flask import g

POSTS = {
    "/trigger?dag_id=mine": {"dag_id": "theirs"},
    "/trigger": {"dag_id": "theirs"},
    "/clear": {"dag_id": "theirs", "task_id": "t", "execution_date": "2022-01-01"},
    "/failed": {"dag_id": "theirs", "task_id": "t", "execution_date": "2022-01-01"},
    "/success": {"dag_id": "theirs", "task_id": "t", "execution_date": "2022-01-01"},
    "/run": {"dag_id": "theirs", "task_id": "t", "execution_date": "2022-01-01"},
    "/dagrun_clear": {"dag_id": "theirs", "execution_date": "2022-01-01"},
    "/dagrun_failed": {"dag_id": "theirs", "execution_date": "2022-01-01"},
    "/dagrun_success": {"dag_id": "theirs", "execution_date": "2022-01-01"},
    "/delete": {"dag_id": "theirs"},
}


class Rights(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.browser = Browser()


@named
class RestApi(Rights):
    def test_refuses_anonymous_requests(self):
        self.assertEqual(self.browser.get("/api/v1/dags").status_code, 401)

    def test_refuses_basic_credentials(self):
        answer = self.browser.get("/api/v1/dags", headers={"Authorization": "Basic YWRhOmFkYQ=="})
        self.assertEqual(answer.status_code, 401)

    def test_answers_a_session(self):
        self.browser.sign_in("vera", ["airflow_viewer"])
        self.assertEqual(self.browser.get("/api/v1/dags").status_code, 200)

    def test_needs_the_right(self):
        self.browser.sign_in("vera", ["airflow_viewer"])
        self.assertEqual(self.browser.get("/api/v1/connections").status_code, 403)
        nora = Browser()
        nora.sign_in("nora", None)
        self.assertEqual(nora.get("/api/v1/dags").status_code, 403)

    def test_stops_with_the_session(self):
        self.browser.sign_in("vera", ["airflow_viewer"])
        self.browser.get("/logout/")
        self.assertEqual(self.browser.get("/api/v1/dags").status_code, 401)

    @table(
        {
            "own origin": ({"Origin": lab.BASE_URL}, 200),
            "same-origin by fetch metadata": ({"Sec-Fetch-Site": "same-origin"}, 200),
            "another origin": ({"Origin": "http://evil.test"}, 401),
            "another origin that says same-origin": (
                {"Origin": "http://evil.test", "Sec-Fetch-Site": "same-origin"},
                401,
            ),
            "origin null": ({"Origin": "null"}, 401),
            "longer origin": ({"Origin": lab.BASE_URL + "1"}, 401),
            "another scheme": ({"Origin": lab.BASE_URL.replace("http", "https")}, 401),
            "cross-site": ({"Sec-Fetch-Site": "cross-site"}, 401),
            "same site only": ({"Sec-Fetch-Site": "same-site"}, 401),
            "nothing": ({}, 401),
        }
    )
    def writes_from(self, row):
        headers, status = row
        self.browser.sign_in("op", ["airflow_op"])
        answer = self.browser.post("/api/v1/variables", json={"key": "k", "value": "v"}, headers=headers)
        self.assertEqual(answer.status_code, status, answer.data)


# What shows something of every DAG: a path, and what is asked there.
WHOLE = {
    "GET /api/v1/eventLogs": lambda browser: browser.get("/api/v1/eventLogs"),
    "GET /api/v1/eventLogs/1": lambda browser: browser.get("/api/v1/eventLogs/1"),
    "GET /api/v1/importErrors": lambda browser: browser.get("/api/v1/importErrors"),
    "GET /api/v1/importErrors/1": lambda browser: browser.get("/api/v1/importErrors/1"),
    "GET all task instances": lambda browser: browser.get("/api/v1/dags/~/dagRuns/~/taskInstances"),
    "GET all task instances of a run's name": lambda browser: browser.get("/api/v1/dags/~/dagRuns/x/taskInstances"),
    "POST all task instances": lambda browser: browser.post(
        "/api/v1/dags/~/dagRuns/~/taskInstances/list", json={}, headers={"Origin": lab.BASE_URL}
    ),
    "POST task instances of no DAG": lambda browser: browser.post(
        "/api/v1/dags/~/dagRuns/~/taskInstances/list", json={"dag_ids": []}, headers={"Origin": lab.BASE_URL}
    ),
    "GET /dag-dependencies": lambda browser: browser.get("/dag-dependencies"),
}


@named
class OwnDags(Rights):
    """A user whose role may edit `mine` and not `theirs`."""

    @classmethod
    def setUpClass(cls):
        with app.app_context():
            manager = app.appbuilder.sm
            wanted = [
                p
                for p in manager.VIEWER_PERMISSIONS + manager.USER_PERMISSIONS
                if p[1] != permissions.RESOURCE_DAG
            ]
            wanted += [(action, "DAG:mine") for action in permissions.DAG_ACTIONS]
            manager.bulk_sync_roles([{"role": "team", "perms": wanted}])
        app.appbuilder.sm.auth_roles_mapping["team"] = ["team"]
        with create_session() as session:
            for name in ("mine", "theirs"):
                session.merge(DagModel(dag_id=name, fileloc=str(lab.DAGS / f"{name}.py"), is_active=True))

    @classmethod
    def tearDownClass(cls):
        del app.appbuilder.sm.auth_roles_mapping["team"]
        with create_session() as session:
            session.query(DagModel).delete()

    def setUp(self):
        super().setUp()
        self.browser.sign_in("tom", ["team"])
        app.config["WTF_CSRF_CHECK_DEFAULT"] = False
        self.addCleanup(app.config.__setitem__, "WTF_CSRF_CHECK_DEFAULT", True)

    @table(WHOLE)
    def is_not_shown(self, ask):
        answer = ask(self.browser)
        self.assertIn(answer.status_code, (302, 403), answer.data)
        if answer.status_code == 302:
            self.assertIn("/login/?next=", answer.headers["Location"])

    @table(WHOLE)
    def who_reads_every_dag_is_shown(self, ask):
        other = Browser()
        other.sign_in("vera", ["airflow_viewer"])
        self.assertIn(ask(other).status_code, (200, 404))

    @table(WHOLE)
    def who_has_no_role_is_not_shown(self, ask):
        other = Browser()
        other.sign_in("nora", None)
        self.assertIn(ask(other).status_code, (302, 403))

    def test_task_instances_of_its_own_are_shown(self):
        self.assertEqual(self.browser.get("/api/v1/dags/mine/dagRuns/~/taskInstances").status_code, 200)
        self.assertEqual(self.browser.get("/api/v1/dags/theirs/dagRuns/~/taskInstances").status_code, 403)

    def test_who_reads_a_dag_does_not_change_its_runs(self):
        self.reads_theirs()
        path = "/api/v1/dags/{}/dagRuns/r1"
        headers = {"Origin": lab.BASE_URL}
        for dag, status in (("theirs", 403), ("mine", 404)):
            answer = self.browser.http.patch(
                path.format(dag), json={"state": "success"}, headers=headers, base_url=lab.BASE_URL
            )
            self.assertEqual(answer.status_code, status, answer.data)
        self.assertEqual(self.browser.get("/api/v1/dags/theirs").status_code, 200)

    def test_a_run_is_not_taken_from_another_dag_by_a_form(self):
        from airflow.models import DagRun
        from airflow.www.views import AirflowPrivilegeVerifierModelView as View

        self.reads_theirs()
        with create_session() as session:
            session.add(DagRun(dag_id="theirs", run_id="r9", execution_date=timezone.datetime(2022, 1, 9), run_type="manual"))
        self.addCleanup(self.forget_runs)
        with app.test_request_context("/", base_url=lab.BASE_URL), create_session() as session:
            g.user = app.appbuilder.sm.find_user(username="tom")
            run = session.query(DagRun).filter_by(run_id="r9").one()
            run.dag_id = "mine"
            with self.assertRaisesRegex(AirflowException, "theirs"):
                View.validate_dag_edit_access(run)
            session.rollback()

    def forget_runs(self):
        from airflow.models import DagRun

        with create_session() as session:
            session.query(DagRun).delete()

    def reads_theirs(self):
        with app.app_context():
            app.appbuilder.sm.bulk_sync_roles([{"role": "reader", "perms": [("can_read", "DAG:theirs")]}])
        app.appbuilder.sm.auth_roles_mapping["reader"] = ["reader"]
        self.addCleanup(app.appbuilder.sm.auth_roles_mapping.pop, "reader")
        self.browser = Browser()
        self.browser.sign_in("tom", ["team", "reader"])

    @table({path: (path, form) for path, form in POSTS.items()})
    def cannot_post(self, row):
        path, form = row
        answer = self.browser.post(path, data=form)
        self.assertEqual(answer.status_code, 302)
        self.assertIn("/login/?next=", answer.headers["Location"])

    def test_can_post_for_its_own(self):
        answer = self.browser.post("/dagrun_failed", data={"dag_id": "mine", "execution_date": "2022-01-01"})
        self.assertNotIn("/login/", answer.headers.get("Location", ""))

    def test_cannot_name_a_foreign_dag_in_json(self):
        headers = {"Origin": lab.BASE_URL}
        path = "/api/v1/dags/~/dagRuns/~/taskInstances/list"
        self.assertEqual(self.browser.post(path, json={"dag_ids": ["mine"]}, headers=headers).status_code, 200)
        answer = self.browser.post(path, json={"dag_ids": ["mine", "theirs"]}, headers=headers)
        self.assertEqual(answer.status_code, 403)


if __name__ == "__main__":
    unittest.main()
