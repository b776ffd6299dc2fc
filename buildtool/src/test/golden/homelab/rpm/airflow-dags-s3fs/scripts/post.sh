# Not what is mounted: it has its folder, is read-only, and may hang.
grep -q ' /opt/airflow/dags ' /proc/self/mounts 2>/dev/null ||
  systemd-tmpfiles --create --boot /usr/lib/tmpfiles.d/airflow-dags.conf >/dev/null 2>&1 || :
# A first installation takes the preset; later the administrator's choice stays.
if [ "$1" -eq 1 ]; then
  systemctl --no-reload preset airflow-dags.service >/dev/null 2>&1 || :
else
  # Restarted once, after the whole transaction, by whichever package's posttrans comes first.
  : >/run/airflow-restart 2>/dev/null || :
fi
exit 0
