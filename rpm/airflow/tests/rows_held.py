"""Whose a task is when its pod is made, with PostgreSQL, which holds rows: SQLite has none of that.

    LAB_DATABASE=postgresql://… run --python PYTHON --site SITE-PACKAGES rows_held
"""
import unittest

import test_claim
from airflow import settings
from airflow.models import TaskInstance
from sqlalchemy.orm import Session
from test_queued import MINE

from airflow_appliance import claim


class RowsHeld(test_claim.Claim):
    def test_the_row_is_held_while_the_pod_is_made(self):
        key = self.add("t")
        session = Session(bind=settings.engine)
        self.addCleanup(session.close)

        def free():
            found = session.query(TaskInstance.task_id).with_for_update(skip_locked=True).all()
            session.rollback()
            return found

        with claim.held(key, MINE) as mine:
            self.assertEqual((mine, free()), (True, []))
            with self.assertRaises(claim.NotNow), claim.held(key, MINE):
                pass
        self.assertEqual(free(), [("t",)])


if __name__ == "__main__":
    unittest.main()
