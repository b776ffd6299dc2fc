"""Sign-in of this cluster; the facts are in settings.json, the code in the package airflow_appliance."""
from airflow_appliance import oidc, settings

globals().update(oidc.flask_settings(settings.load()))
