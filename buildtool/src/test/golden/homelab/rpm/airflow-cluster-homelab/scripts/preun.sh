# Without its configuration Airflow cannot run: the services require the secrets and stop with them.
if [ "$1" -eq 0 ]; then
  systemctl stop airflow-secrets.path airflow-secrets.service >/dev/null 2>&1 || :
fi
exit 0
