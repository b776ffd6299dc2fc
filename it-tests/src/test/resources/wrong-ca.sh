#!/bin/sh
# What the node's programs say when their file of CAs holds none that signed this site's certificates. They run beside
# the services, with settings and a mount point of their own.
set -eu
mine=/tmp/wrong-ca
mkdir -p "$mine/dags"
cp "$(ls /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/certs/ca-certificates.crt 2>/dev/null | head -n 1)" "$mine/ca.pem"
sed -e "s#/run/airflow/ca-bundle.pem#$mine/ca.pem#" /etc/airflow/settings.json >"$mine/scheduler.json"
sed -e "s#\"/opt/airflow/dags\"#\"$mine/dags\"#" "$mine/scheduler.json" >"$mine/dags.json"
set -a
. /run/airflow/environment
AIRFLOW_HOME=$mine
AIRFLOW__CORE__SQL_ALCHEMY_CONN=$(echo "$AIRFLOW__CORE__SQL_ALCHEMY_CONN" | sed "s#%2Frun%2Fairflow%2Fca-bundle#%2Ftmp%2Fwrong-ca%2Fca#")
said() { # SETTINGS COMMAND...
  cp "$mine/$1.json" "$mine/settings.json"
  shift
  timeout 15 /usr/lib/airflow/bin/python -I -m airflow_appliance.node "$@" 2>&1 || [ $? -eq 124 ]
}
said dags supervise dags
said scheduler supervise scheduler
said scheduler migrate
rm -r "$mine"
