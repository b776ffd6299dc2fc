"""What a team's DAGs may be, what its people may do, and what of it stands in Airflow's database."""
import logging
import os
import shutil
import unittest
import zipfile
from unittest import mock

import lab
import sqlalchemy as sa
from browser import Browser, app, roles_of
from cases import named, table

from airflow import settings as airflow_settings
from airflow.models import DagBag, DagModel, Pool
from airflow.models.errors import ImportError as Error
from airflow.utils.session import create_session
from airflow.www.security import AirflowSecurityManager
from airflow_appliance import settings, tenant_permissions, tenant_policy, tenant_tables

DAG = """
from airflow import DAG
from airflow.operators.bash import BashOperator
from datetime import datetime
with DAG({name!r}, start_date=datetime(2022, 1, 1), schedule_interval=None{more}) as dag:
    BashOperator(task_id="one", bash_command="true"{task}) >> BashOperator(task_id="two", bash_command="true"{task})
"""

MARKER = """
from airflow import DAG
from airflow.sensors.external_task import ExternalTaskMarker
from datetime import datetime
with DAG("sci__a", start_date=datetime(2022, 1, 1), schedule_interval=None) as dag:
    ExternalTaskMarker(task_id="mark", external_dag_id={name}, external_task_id="one")
"""


def text(name, more="", task="", before=""):
    return before + DAG.format(name=name, more=more, task=task)


class Files(unittest.TestCase):
    """DAG files in the real DAG folder, read by the real DagBag."""

    def setUp(self):
        logging.disable(logging.ERROR)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.addCleanup(self.empty)

    def empty(self):
        for each in lab.DAGS.iterdir():
            each.unlink() if each.is_symlink() or each.is_file() else shutil.rmtree(each)

    def put(self, path, content):
        file = lab.DAGS / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        return file

    def read(self):
        return DagBag(str(lab.DAGS), include_examples=False, read_dags_from_db=False)

    def only(self, path, content):
        self.put(path, content)
        found = self.read()
        self.assertEqual({}, found.import_errors)
        return next(iter(found.dags.values()))

    def refused(self, *words):
        found = self.read()
        self.assertEqual([], list(found.dags))
        self.assertEqual(1, len(found.import_errors), found.import_errors)
        said = next(iter(found.import_errors.values()))
        for word in words:
            self.assertIn(word, said)


@named
class Policy(Files):
    def test_a_dag_of_the_team_is_the_teams(self):
        dag = self.only("sci/deep/er/a.py", text("sci__a"))
        self.assertEqual(
            {"tenant_sci": {"can_read", "can_edit"}, "tenant_sci_viewer": {"can_read"}}, dag.access_control
        )
        self.assertEqual(4, dag.max_active_tasks)
        self.assertEqual({"tenant_sci"}, {task.pool for task in dag.tasks})
        self.assertEqual([(1, "absolute")] * 2, [(t.priority_weight, t.weight_rule) for t in dag.tasks])

    def test_what_the_author_chose_does_not_count(self):
        dag = self.only(
            "sci/a.py",
            text(
                "sci__a",
                ', access_control={"tenant_sci-two": {"can_read"}, "Public": {"can_edit"}}, max_active_tasks=999',
                ', pool="default_pool", priority_weight=5000, weight_rule="upstream"',
            ),
        )
        self.assertEqual({"tenant_sci", "tenant_sci_viewer"}, set(dag.access_control))
        self.assertEqual(4, dag.max_active_tasks)
        self.assertEqual([("tenant_sci", 10)] * 2, [(t.pool, t.priority_weight) for t in dag.tasks])

    def test_fewer_is_the_authors_choice(self):
        dag = self.only("sci/a.py", text("sci__a", ", max_active_tasks=2", ", priority_weight=3, pool_slots=8"))
        self.assertEqual(2, dag.max_active_tasks)
        self.assertEqual([(3, 8)] * 2, [(t.priority_weight, t.pool_slots) for t in dag.tasks])

    def test_a_task_larger_than_the_pool(self):
        self.put("sci/a.py", text("sci__a", task=", pool_slots=9"))
        self.refused("'one'", "pool_slots is 9", "tenant sci has 8")

    @table(
        {
            "another team's": ('"sci-two__b"', "its external_dag_id is 'sci-two__b'"),
            "an operators'": ('"plain"', "may name DAGs that begin with 'sci__'"),
            "one that is not known yet": ('"sci__{{ params.x }}"', "written out"),
        }
    )
    def a_marker_that_would_clear_a_dag_of(self, row):
        name, said = row
        self.put("sci/a.py", MARKER.format(name=name))
        self.refused("'mark'", said)

    @table(
        {
            "starts": "trigger_dagrun.TriggerDagRunOperator(trigger_dag_id",
            "waits for": "external.Wait(external_task_id=None, external_dag_id",
        }
    )
    def a_task_that(self, call):
        """Also by a class of the file's own."""
        more = (
            "from airflow.operators import trigger_dagrun\nfrom airflow.sensors import external_task as external\n"
            "class Wait(external.ExternalTaskSensor): pass\nexternal.Wait = Wait\n"
        )
        text = more + MARKER.split("    External")[0].replace("import ExternalTaskMarker", "import ExternalTaskSensor")
        for name in ("sci-two__a", "plain", "{{ params.name }}"):
            self.put("sci/a.py", text + f'    {call}={name!r}, task_id="other")\n')
            self.refused(f"is {name!r}; a ", "may name DAGs that begin with 'sci__'")
        self.only("sci/a.py", text + f'    {call}="sci__{{{{ params.name }}}}", task_id="other")\n')

    @table({"names no DAG": (None, True), "names one": ("plain", False)})
    def a_class_of_the_authors_own_with_such_a_name_that(self, row):
        """Airflow itself knows a marker by the name of its class alone."""
        name, taken = row
        more = (
            "from airflow.operators.dummy import DummyOperator\nclass ExternalTaskMarker(DummyOperator):\n"
            "    def __init__(self, external_dag_id=None, external_task_id=None, **more):\n        super().__init__(**more)\n"
            "        if external_dag_id: self.external_dag_id = external_dag_id\n"
        )
        file = MARKER.replace("from airflow.sensors.external_task import ExternalTaskMarker\n", more).format(name=repr(name))
        if taken:
            self.assertEqual("ExternalTaskMarker", self.only("sci/a.py", file).get_task("mark").task_type)
        else:
            self.put("sci/a.py", file)
            self.refused("'mark'", "its external_dag_id is 'plain'")

    def test_a_marker_within_the_team(self):
        self.assertEqual("sci__b", self.only("sci/a.py", MARKER.format(name='"sci__b"')).get_task("mark").external_dag_id)

    def test_a_folder_below_a_folder(self):
        self.assertEqual({"tenant_sci-two"}, {t.pool for t in self.only("teams/two/a.py", text("sci-two__a")).tasks})

    def test_an_id_without_the_teams_name(self):
        self.put("sci/a.py", text("a"))
        self.refused("'a'", "sci/a.py", "tenant sci's", "call it 'sci__a'")

    def test_an_id_of_another_team(self):
        self.put("sci/a.py", text("sci-two__a"))
        self.refused("tenant sci's", "'sci__'")

    def test_an_id_that_only_begins_alike(self):
        self.put("teams/two/a.py", text("sci__a"))
        self.refused("tenant sci-two's")

    def test_a_teams_id_in_the_operators_folder(self):
        self.put("a.py", text("sci__a"))
        self.refused("'sci__' are tenant sci's", "folder is 'sci'")

    def test_an_id_of_a_team_that_is_gone(self):
        self.put("old/a.py", text("old__a"))
        self.refused("'old__'", "none of that name")

    def test_beside_the_folder_is_not_in_it(self):
        dag = self.only("sci-fi/a.py", text("fiction"))
        self.assertIsNone(dag.access_control)
        self.assertEqual({"default_pool"}, {task.pool for task in dag.tasks})

    def test_the_operators_dags_stay_as_they_are(self):
        dag = self.only("a.py", text("plain", ', access_control={"Op": {"can_read"}}', ", priority_weight=500"))
        self.assertEqual({"Op": {"can_read"}}, dag.access_control)
        self.assertEqual([500, 500], [task.priority_weight for task in dag.tasks])

    def test_a_link_takes_nobody_elses_dag(self):
        theirs = self.put("teams/two/a.py", text("sci-two__a"))
        operators = self.put("common/c.py", text("plain"))
        (lab.DAGS / "sci").mkdir()
        os.symlink(theirs, lab.DAGS / "sci/link.py")
        os.symlink(operators, lab.DAGS / "sci/operators.py")
        os.symlink(theirs, lab.DAGS / "common/link.py")
        found = self.read()
        self.assertEqual({"sci-two__a", "plain"}, set(found.dags))
        self.assertEqual([str(theirs), str(operators)], [found.dags[name].fileloc for name in ("sci-two__a", "plain")])
        self.assertEqual(3, len(found.import_errors))
        for file in ("sci/link.py", "sci/operators.py"):
            self.assertIn("in the folder of tenant sci no link is followed", found.import_errors[str(lab.DAGS / file)])
            self.assertIn(str(lab.DAGS / file), found.file_last_changed, "what the database has of it is replaced")
        self.assertIn("which is tenant sci-two's; put the file itself", found.import_errors[str(lab.DAGS / "common/link.py")])

    def test_what_a_link_leads_to_is_neither_run_nor_shown(self):
        outside = lab.HOME / "secrets.env"
        outside.write_text("open('ran', 'w') if True else DAG airflow a line of it\n")
        self.addCleanup(outside.unlink)
        (lab.DAGS / "sci").mkdir()
        os.symlink(outside, lab.DAGS / "sci/link.py")
        self.refused("no link is followed: put the file itself in its place")
        self.assertNotIn("a line of it", str(self.read().import_errors))

    def test_not_even_one_to_a_file_of_its_own(self):
        """The copy that pods get refuses it, too."""
        self.put("sci/lib/a.txt", text("sci__a"))
        os.symlink(lab.DAGS / "sci/lib/a.txt", lab.DAGS / "sci/link.py")
        self.refused("no link is followed")

    def test_a_folder_in_whose_place_is_a_link(self):
        self.put("teams/two/a.py", text("sci__a"))
        os.symlink(lab.DAGS / "teams/two", lab.DAGS / "sci")
        found = self.read()
        self.assertEqual([], list(found.dags))
        self.assertEqual(2, len(found.import_errors))

    @table({"to a folder": "/etc", "to everything": "/", "to nothing": "nowhere", "to itself": "link"})
    def a_link(self, target):
        """As a scheduler asks for it, once its search has found it."""
        (lab.DAGS / "sci").mkdir()
        os.symlink(target, lab.DAGS / "sci/link")
        found = DagBag(str(lab.DAGS / "sci/link"), include_examples=False, read_dags_from_db=False)
        self.assertEqual([str(lab.DAGS / "sci/link")], list(found.import_errors))

    def test_a_link_that_cannot_be_read(self):
        """As s3fs shows the mark of a folder that has a link's mode."""
        (lab.DAGS / "sci").mkdir()
        os.symlink("lib", lab.DAGS / "sci/link")
        with mock.patch.object(os, "readlink", side_effect=OSError(5, "Input/output error")):
            said = tenant_policy.link_problem(settings.load(), str(lab.DAGS / "sci/link/a.py"))
        self.assertIn("cannot be read (Input/output error)", said)

    def test_a_zip_file(self):
        (lab.DAGS / "sci").mkdir()
        with zipfile.ZipFile(lab.DAGS / "sci/a.zip", "w") as archive:
            archive.writestr("a.py", text("sci__a"))
            archive.writestr("b.py", text("sci-two__b"))
        found = self.read()
        self.assertEqual(["sci__a"], list(found.dags))
        self.assertEqual({"tenant_sci"}, {task.pool for task in found.dags["sci__a"].tasks})
        self.assertEqual(1, len(found.import_errors))

    def test_a_file_that_says_that_it_is_another(self):
        other = lab.DAGS / "teams/two/b.py"
        self.put("sci/a.py", text("sci-two__a", before=f"__file__ = {str(other)!r}\n"))
        self.refused("__file__", str(other))

    def test_a_dag_in_a_dag(self):
        self.put(
            "sci/a.py",
            text("sci__a")
            + "from airflow.operators.subdag import SubDagOperator\n"
            + 'inner = DAG("sci__a.in", start_date=datetime(2022, 1, 1), schedule_interval=None)\n'
            + 'BashOperator(task_id="x", bash_command="true", pool="default_pool", dag=inner)\n'
            + 'SubDagOperator(task_id="in", subdag=inner, dag=dag)\n',
        )
        found = self.read()
        self.assertEqual({}, found.import_errors)
        for dag in found.dags.values():
            self.assertEqual({"tenant_sci"}, {task.pool for task in dag.tasks}, dag.dag_id)

    def test_in_its_pod_a_task_keeps_the_pool(self):
        dag = self.only("plain.py", text("plain", task=', pool="default_pool", priority_weight=5000'))
        tenant_policy.in_pod(dag)
        self.assertEqual({"default_pool"}, {task.pool for task in dag.tasks})
        with mock.patch.dict(os.environ, {tenant_policy.POD_POOL: "tenant_sci"}):
            tenant_policy.in_pod(dag)
        self.assertEqual({("tenant_sci", 10, "absolute")}, {(t.pool, t.priority_weight, t.weight_rule) for t in dag.tasks})

    def test_what_it_costs(self):
        dag = self.only("sci/a.py", text("sci__a"))
        begun = os.times().user
        for _ in range(1000):
            tenant_policy.dag_policy(dag)
        self.assertLess(os.times().user - begun, 1.0)  # a thousandth of a second each


class Tables(unittest.TestCase):
    def setUp(self):
        self.connection = airflow_settings.engine.connect()
        self.addCleanup(self.connection.close)
        self.addCleanup(self.sync, settings.load().tenants)
        self.sync(settings.load().tenants)

    def sync(self, tenants):
        return tenant_tables.sync(self.connection, tenants)

    def tenants(self, **changes):
        first, second = settings.load().tenants
        return (first.__class__(**{**first.__dict__, **changes}), second)

    def rights(self, role, besides=()):
        """But for those to its DAGs, of which other tests have made some."""
        with app.app_context():
            found = app.appbuilder.sm.find_role(role)
            app.appbuilder.sm.get_session.expire_all()
            rights = {(p.permission.name, p.view_menu.name) for p in found.permissions} if found else set()
            return {right for right in rights if right[1] in besides or not right[1].startswith("DAG:")}

    def test_roles_have_exactly_what_is_written(self):
        self.assertEqual(tenant_permissions.USER, self.rights("tenant_sci"))
        self.assertEqual(tenant_permissions.VIEWER, self.rights("tenant_sci-two_viewer"))

    def test_a_new_one_is_told_in_a_few_lines(self):
        self.sync(())
        said = self.sync(self.tenants()[1:])
        self.assertRegex("; ".join(said), (
            r"^role tenant_sci-two is made with 22 rights, and those to \d+ DAGs; "
            r"role tenant_sci-two_viewer is made with 16 rights, and those to \d+ DAGs; "
            r"pool tenant_sci-two has 8 slots, had 0$"
        ))

    def test_one_that_is_made_again_has_the_rights_to_its_dags(self):
        """Airflow gives them when a file has changed, and these have not."""
        with app.app_context():
            for name in ("DAG:sci__old", "DAG:sci-two__old"):
                app.appbuilder.sm.create_permission("can_read", name)
        dags = ("DAG:sci__old", "DAG:sci-two__old")
        self.sync(self.tenants()[1:])
        self.sync(settings.load().tenants)
        user = tenant_permissions.USER | {(action, "DAG:sci__old") for action in tenant_permissions.DAG_USER}
        self.assertEqual(user, self.rights("tenant_sci", dags))
        self.assertEqual(
            tenant_permissions.VIEWER | {("can_read", "DAG:sci__old")}, self.rights("tenant_sci_viewer", dags)
        )
        self.assertEqual([], self.sync(settings.load().tenants))

    def test_again_changes_nothing(self):
        self.assertEqual([], self.sync(settings.load().tenants))

    def test_a_right_too_many_is_taken_away_and_one_too_few_is_given(self):
        with app.app_context():
            manager = app.appbuilder.sm
            role = manager.find_role("tenant_sci")
            manager.add_permission_to_role(role, manager.create_permission("can_read", "Connections"))
            manager.remove_permission_from_role(role, manager.create_permission("can_read", "XComs"))
        self.assertEqual(
            ["role tenant_sci may can_read XComs", "role tenant_sci may can_read Connections no longer"],
            self.sync(settings.load().tenants),
        )
        self.assertEqual(tenant_permissions.USER, self.rights("tenant_sci"))

    def test_rights_to_its_own_dags_stay_and_to_others_go(self):
        with app.app_context():
            manager = app.appbuilder.sm
            role = manager.find_role("tenant_sci")
            for name in ("DAG:sci__mine", "DAG:sci-two__its", "DAGs"):
                manager.add_permission_to_role(role, manager.create_permission("can_read", name))
        self.sync(settings.load().tenants)
        wanted = tenant_permissions.USER | {(action, "DAG:sci__mine") for action in tenant_permissions.DAG_USER}
        self.assertEqual(wanted, self.rights("tenant_sci", ("DAG:sci__mine", "DAG:sci-two__its")))

    def test_a_tenant_that_is_gone_leaves_no_role_and_a_closed_pool(self):
        browser = Browser()
        browser.sign_in("tina", ["airflow_sci"])
        self.assertEqual(["Public", "tenant_sci"], roles_of("tina"))
        said = self.sync(self.tenants()[1:])
        self.assertEqual(
            ["role tenant_sci is removed: no tenant has it", "role tenant_sci_viewer is removed: no tenant has it",
             "pool tenant_sci is closed: no tenant has it"],
            said,
        )
        self.assertEqual(set(), self.rights("tenant_sci"))
        self.assertEqual(["Public"], roles_of("tina"))
        with create_session() as session:
            self.assertEqual(0, session.query(Pool).filter_by(pool="tenant_sci").one().slots)
        self.assertEqual([], self.sync(self.tenants()[1:]))

    def test_a_pool_follows(self):
        said = self.sync(self.tenants(pool_slots=3))
        self.assertEqual(["pool tenant_sci has 3 slots, had 8"], said)
        with create_session() as session:
            self.assertEqual(3, session.query(Pool).filter_by(pool="tenant_sci").one().slots)

    def test_other_roles_and_pools_are_left_alone(self):
        with app.app_context():
            app.appbuilder.sm.bulk_sync_roles([{"role": "teamwork", "perms": [("can_read", "Website")]}])
            app.appbuilder.sm.bulk_sync_roles([{"role": "tenant_admins", "perms": [("can_read", "Website")]}])
        with create_session() as session:
            session.merge(Pool(pool="tenant_admins", slots=5, description="By hand."))
        self.sync(())
        self.assertEqual({("can_read", "Website")}, self.rights("teamwork"))
        self.assertEqual({("can_read", "Website")}, self.rights("tenant_admins"))
        with create_session() as session:
            self.assertEqual(5, session.query(Pool).filter_by(pool="tenant_admins").one().slots)
        names = {name for (name,) in self.connection.execute(sa.text("SELECT name FROM ab_role"))}
        self.assertLessEqual({"Admin", "Op", "User", "Viewer", "Public"}, names)

    def test_they_are_airflows_own_but_for_what_is_said_of_all(self):
        left_out = {"DAGs", "DAG Dependencies", "Audit Logs", "ImportError", "Plugins", "My Password"}
        manager = AirflowSecurityManager
        viewer = {right for right in manager.VIEWER_PERMISSIONS if right[1] not in left_out}
        user = {right for right in manager.USER_PERMISSIONS if right[1] not in left_out}
        # Whose profile it is is the identity provider's to say.
        viewer.remove(("can_edit", "My Profile"))
        self.assertEqual(viewer, tenant_permissions.VIEWER)
        self.assertEqual(viewer | user, tenant_permissions.USER)


GETS = ("tree", "graph", "calendar", "duration", "tries", "landing_times", "gantt", "code", "dag_details")


@named
class People(Files):
    """Of sci, who have a DAG of their own beside one of sci-two."""

    def setUp(self):
        super().setUp()
        with airflow_settings.engine.connect() as connection:
            tenant_tables.sync(connection, settings.load().tenants)
        self.put("sci/a.py", text("sci__a"))
        self.put("teams/two/b.py", text("sci-two__b"))
        self.read().sync_to_db()
        self.addCleanup(self.forget)
        self.user, self.guest = Browser(), Browser()
        self.user.sign_in("tom", ["airflow_sci"])
        self.guest.sign_in("gus", ["airflow_sci_guest"])

    def forget(self):
        with create_session() as session:
            session.query(DagModel).delete()
            session.query(Error).delete()

    def api_dags(self, browser):
        return {dag["dag_id"] for dag in browser.get("/api/v1/dags").json["dags"]}

    def test_each_sees_its_own(self):
        for browser in (self.user, self.guest):
            self.assertEqual({"sci__a"}, self.api_dags(browser))
            page = browser.get("/home").data
            self.assertIn(b"sci__a", page)
            self.assertNotIn(b"sci-two__b", page)

    def test_both_teams_at_once(self):
        both = Browser()
        both.sign_in("bea", ["airflow_sci", "airflow_sci-two_guest"])
        self.assertEqual({"sci__a", "sci-two__b"}, self.api_dags(both))

    def test_a_user_may_change_and_a_guest_may_not(self):
        for browser, status in ((self.user, 200), (self.guest, 403)):
            answer = browser.post(
                "/api/v1/dags/sci__a/dagRuns", json={}, headers={"Origin": lab.BASE_URL, "Accept": "application/json"}
            )
            self.assertEqual(status, answer.status_code, answer.data)

    @table({page: page for page in GETS})
    def opens_its_own_pages_only(self, page):
        self.assertIn(self.user.get(f"/{page}?dag_id=sci__a").status_code, (200, 302), page)
        self.assertNotIn("/login/", self.user.get(f"/{page}?dag_id=sci__a").headers.get("Location", ""))
        answer = self.user.get(f"/{page}?dag_id=sci-two__b")
        self.assertEqual(302, answer.status_code)
        self.assertNotIn(b"sci-two__b</", answer.data)

    @table({path: path for path in ("connections", "variables", "pools", "config", "eventLogs", "importErrors", "users", "roles")})
    def api_of_administrators_is_closed(self, path):
        self.assertEqual(403, self.user.get(f"/api/v1/{path}").status_code)

    def test_its_broken_file_is_shown_to_the_team_only(self):
        self.put("sci/new.py", text("wrong"))
        bag = self.read()
        with create_session() as session:
            for file, said in bag.import_errors.items():
                session.add(Error(filename=file, stacktrace=said))
            session.add(Error(filename=str(lab.DAGS / "teams/two/secret.py"), stacktrace="secret of sci-two"))
            # a file of before the folder was a team's has left a DAG that nobody of the team may see
            session.merge(DagModel(dag_id="of_before", fileloc=str(lab.DAGS / "sci/old.py"), is_active=False))
            session.add(Error(filename=str(lab.DAGS / "sci/old.py"), stacktrace="call it sci__of_before"))
        page = self.user.get("/home").data.decode()
        self.assertIn("sci__wrong", page)
        self.assertIn("sci__of_before", page)
        self.assertNotIn("secret of sci-two", page)
        other = Browser()
        other.sign_in("two", ["airflow_sci-two_guest"])
        page = other.get("/home").data.decode()
        self.assertIn("secret of sci-two", page)
        self.assertNotIn("sci__wrong", page)


if __name__ == "__main__":
    unittest.main()
