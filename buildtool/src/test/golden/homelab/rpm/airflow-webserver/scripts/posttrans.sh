# Nothing runs in a chroot such as the kickstart's: there the first boot starts the node.
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload >/dev/null 2>&1 || :
  if [ -e /run/airflow-restart ]; then
    rm -f /run/airflow-restart || :
    # The others require the secrets and follow in their order: migration, DAG mount, webserver, scheduler.
    systemctl --no-block try-restart airflow-secrets.service >/dev/null 2>&1 || :
  fi
fi
exit 0
