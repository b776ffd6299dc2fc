# A first installation takes the preset; later the administrator's choice stays.
if [ "$1" -eq 1 ]; then
  systemctl --no-reload preset airflow-webserver.service airflow-sessions.timer >/dev/null 2>&1 || :
else
  # Restarted once, after the whole transaction, by whichever package's posttrans comes first.
  : >/run/airflow-restart 2>/dev/null || :
fi
# A running firewalld does not know a new service before it reads its folders again.
[ ! -x /usr/bin/firewall-cmd ] || firewall-cmd --quiet --reload >/dev/null 2>&1 || :
exit 0
