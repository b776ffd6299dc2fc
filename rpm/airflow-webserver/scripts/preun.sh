if [ "$1" -eq 0 ]; then
  systemctl --no-reload disable --now airflow-webserver.service airflow-sessions.timer >/dev/null 2>&1 || :
fi
exit 0
