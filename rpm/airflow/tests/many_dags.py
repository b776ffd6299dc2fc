"""A thousand DAGs of ten teams: what their reading costs, and how soon the home page answers.

    LAB_DATABASE=postgresql://… run --python PYTHON --site SITE-PACKAGES many_dags

Not among the tests that `run` finds: it takes a minute, and its figures are judged by who knows how fast the machine is.
"""
import re
import time
import unittest

import lab

TENANTS = [f"team{number}" for number in range(10)]
FILES, DAGS_PER_FILE, PAGE, ROUNDS = 10, 10, 100, 7
lab.write_settings(tenants=[lab.tenant(name) for name in TENANTS])

from airflow_appliance import settings, tenant_tables  # noqa: E402 (from here on the settings are read)

settings.load.cache_clear()

from browser import Browser  # noqa: E402

from airflow import settings as airflow_settings  # noqa: E402
from airflow.models import DagBag  # noqa: E402

FILE = """
from airflow import DAG
from airflow.operators.bash import BashOperator
from datetime import datetime
for number in range({count}):
    with DAG(f"{prefix}_{{number}}", start_date=datetime(2022, 1, 1), schedule_interval=None) as dag:
        BashOperator(task_id="one", bash_command="true") >> [BashOperator(task_id=f"two{{n}}", bash_command="true") for n in range(3)]
    globals()[dag.dag_id] = dag
del dag
"""


def timed(owner, name, taken, clock=time.perf_counter):
    """Replaces a function by one that notes the seconds of each call."""
    function = getattr(owner, name)

    def measured(*args, **kwargs):
        begun = clock()
        try:
            return function(*args, **kwargs)
        finally:
            taken.append(clock() - begun)

    setattr(owner, name, measured)


class ManyDags(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for name in TENANTS:
            (lab.DAGS / name).mkdir()
            for number in range(FILES):
                text = FILE.format(prefix=f"{name}__{number}", count=DAGS_PER_FILE)
                (lab.DAGS / name / f"file{number}.py").write_text(text, encoding="utf-8")
        with airflow_settings.engine.connect() as connection:
            tenant_tables.sync(connection, settings.load().tenants)
        policy, rights = [], []
        # It asks nobody, so what else the machine does may stay out of it.
        timed(airflow_settings, "dag_policy", policy, time.thread_time)
        timed(DagBag, "_sync_perm_for_dag", rights)
        begun = time.perf_counter()
        bag = DagBag(str(lab.DAGS), include_examples=False, read_dags_from_db=False)
        read = time.perf_counter() - begun
        assert not bag.import_errors, str(bag.import_errors)[:2000]
        count = len(TENANTS) * FILES * DAGS_PER_FILE
        assert len(bag.dags) == len(policy) == count, (len(bag.dags), len(policy))
        print(f"measured: read {count} DAGs {read:.3f} s")
        print(f"measured: policy of a DAG {sum(policy) / count * 1000:.3f} ms")
        bag.sync_to_db()
        print(f"measured: rights of a new DAG {sum(rights) / count * 1000:.3f} ms")
        rights.clear()
        for dag in list(bag.dags.values())[:PAGE]:
            bag._sync_perm_for_dag(dag)
        print(f"measured: rights of a known DAG {sum(rights) / PAGE * 1000:.3f} ms")

    def home(self, who, role):
        """Seconds of the page's quickest answer, as others use the machine, too; and the DAGs on it."""
        browser = Browser()
        browser.sign_in(who, [role])
        taken = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            answer = browser.get("/home")
            taken.append(time.perf_counter() - begun)
            self.assertEqual(answer.status_code, 200)
        print(f"measured: home page of {role} {min(taken):.3f} s")
        return re.findall(r"<strong>(team[^<]+)</strong>", answer.get_data(as_text=True))

    def test_a_member_sees_the_teams_hundred(self):
        seen = self.home("mia", "airflow_team3")
        self.assertEqual(len(seen), PAGE)
        self.assertEqual({each.split("__")[0] for each in seen}, {"team3"})

    def test_an_administrator_sees_the_first_hundred_of_all(self):
        self.assertEqual(len(self.home("ada", "airflow_admin")), PAGE)


if __name__ == "__main__":
    unittest.main()
