"""Import errors of a team's own files on its home page; Airflow 2.2 shows them only for DAGs that were read before."""
from typing import Any, List

from flask import current_app, flash, request
from flask_login import current_user
from sqlalchemy import and_

from airflow_appliance import settings
from airflow_appliance.settings import Tenant

_HOME = "Airflow.index"


def show() -> None:
    """Adds them to the page that this request asks for, when it is the home page."""
    if request.endpoint != _HOME or current_user.is_anonymous:
        return
    roles = {role.name for role in current_user.roles}
    for tenant in settings.load().tenants:
        if roles & {tenant.user_role, tenant.viewer_role}:
            for error in _unseen(tenant):
                flash(f"Broken DAG: [{error.filename}] {error.stacktrace}", "dag_import_error")


def _unseen(tenant: Tenant) -> List[Any]:
    """Errors of files in its folder that have no DAG of its own, so that Airflow does not show them."""
    from airflow.models import DagModel
    from airflow.models.errors import ImportError as Error

    folder = f"{settings.load().dags}/{tenant.dag_prefix}/"
    own = and_(DagModel.fileloc == Error.filename, DagModel.dag_id.startswith(tenant.dag_ids, autoescape=True))
    return (
        # The request's own session: who signed in hangs on it.
        current_app.appbuilder.get_session.query(Error.filename, Error.stacktrace)
        .outerjoin(DagModel, own)
        .filter(DagModel.dag_id.is_(None), Error.filename.startswith(folder, autoescape=True))
        .order_by(Error.id)
        .all()
    )
