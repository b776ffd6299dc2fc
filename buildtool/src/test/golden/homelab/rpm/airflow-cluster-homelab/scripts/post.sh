if [ "$1" -eq 1 ]; then
  : >/run/airflow-start 2>/dev/null || :
else
  : >/run/airflow-restart 2>/dev/null || :
fi
exit 0
