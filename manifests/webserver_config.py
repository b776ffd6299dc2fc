"""Pods serve no pages; without this file Airflow would write one to its home, which is read-only."""
