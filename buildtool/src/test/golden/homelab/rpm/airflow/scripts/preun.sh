if [ "$1" -eq 0 ]; then
  systemctl --no-reload disable --now airflow-secrets.path airflow-secrets.service >/dev/null 2>&1 || :
  systemctl stop airflow-migrate.service >/dev/null 2>&1 || :
fi
exit 0
