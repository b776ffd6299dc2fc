"""What a team's people may do, besides reading and changing their own DAGs: actions and resources of Airflow 2.2.

Airflow's own Viewer and User, without what is said of all DAGs at once (`DAGs`, `DAG Dependencies`, `Audit Logs`,
`ImportError`) and without what is the administrator's (`Plugins`) or the identity provider's (`My Password`).
"""

VIEWER = frozenset(
    {
        ("can_read", "DAG Code"),
        ("can_read", "DAG Runs"),
        ("can_read", "Jobs"),
        ("can_read", "My Profile"),
        ("can_read", "SLA Misses"),
        ("can_read", "Task Instances"),
        ("can_read", "Task Logs"),
        ("can_read", "Website"),
        ("can_read", "XComs"),
        ("menu_access", "Browse"),
        ("menu_access", "DAG Runs"),
        ("menu_access", "Docs"),
        ("menu_access", "Documentation"),
        ("menu_access", "Jobs"),
        ("menu_access", "SLA Misses"),
        ("menu_access", "Task Instances"),
    }
)
USER = VIEWER | {
    ("can_create", "DAG Runs"),
    ("can_delete", "DAG Runs"),
    ("can_edit", "DAG Runs"),
    ("can_create", "Task Instances"),
    ("can_delete", "Task Instances"),
    ("can_edit", "Task Instances"),
}
# To each of its own DAGs; Airflow 2.2 takes no others from a DAG, so that deleting what is left of one is an operator's.
DAG_VIEWER = frozenset({"can_read"})
DAG_USER = DAG_VIEWER | {"can_edit"}
