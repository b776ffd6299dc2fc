"""`python -m airflow_appliance.node secrets | migrate | purge-sessions | supervise webserver|scheduler|dags`."""
import sys
from typing import List

from airflow_appliance.node.facts import Facts, FactsError

USAGE = "usage: python -m airflow_appliance.node secrets | migrate | purge-sessions | supervise webserver|scheduler|dags"


def main(arguments: List[str]) -> int:
    """Run one verb; the exit status tells systemd how it went."""
    # Each verb imports only what it needs, so that a unit starts in a few hundredths of a second.
    try:
        facts = Facts.load()
        if arguments == ["secrets"]:
            from airflow_appliance.node import derive

            return derive.run(facts)
        if arguments == ["migrate"]:
            from airflow_appliance.node import migrate

            return migrate.run(facts)
        if arguments == ["purge-sessions"]:
            from airflow_appliance.node import sessions

            return sessions.purge()
        if arguments[:1] == ["supervise"] and arguments[1:] in (["webserver"], ["scheduler"], ["dags"]):
            from airflow_appliance.node import supervise

            return supervise.run(_role(arguments[1], facts))
    except FactsError as problem:
        print(problem, file=sys.stderr)
        return 1
    print(USAGE, file=sys.stderr)
    return 2


def _role(name: str, facts: Facts):
    if name == "webserver":
        from airflow_appliance.node.webserver import Webserver

        return Webserver(facts)
    if name == "scheduler":
        from airflow_appliance.node.scheduler import Scheduler

        return Scheduler(facts)
    from airflow_appliance.node.dags import Dags

    return Dags(facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
