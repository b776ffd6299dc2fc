# Nothing runs in a chroot such as the kickstart's: there the first boot starts the node.
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload >/dev/null 2>&1 || :
  if [ -e /run/airflow-start ]; then
    rm -f /run/airflow-start /run/airflow-restart || :
    # Watch for the secrets; where they are already, the node starts. An administrator's disable is respected.
    for unit in airflow-secrets.path airflow-secrets.service; do
      if systemctl is-enabled --quiet $unit; then systemctl --no-block start $unit || :; fi
    done
    [ -e /etc/airflow/secrets.env ] || echo 'Airflow waits for /etc/airflow/secrets.env (root, mode 0600).'
  elif [ -e /run/airflow-restart ]; then
    rm -f /run/airflow-restart || :
    # The others require the secrets and follow in their order: migration, DAG mount, webserver, scheduler.
    systemctl --no-block try-restart airflow-secrets.service >/dev/null 2>&1 || :
  fi
fi
exit 0
