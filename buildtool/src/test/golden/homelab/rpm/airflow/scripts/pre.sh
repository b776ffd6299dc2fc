# The ids of the upstream image, so that a file means the same on a node and in a pod.
getent group airflow >/dev/null 2>&1 || groupadd -r airflow || :
if ! getent passwd airflow >/dev/null 2>&1; then
  useradd -r -u 50000 -g 100 -G airflow -d /opt/airflow -M -s /sbin/nologin -c 'Apache Airflow' airflow 2>/dev/null ||
    useradd -r -g 100 -G airflow -d /opt/airflow -M -s /sbin/nologin -c 'Apache Airflow' airflow ||
    echo 'airflow: cannot make user airflow; make it and reinstall this package' >&2
fi
usermod -a -G airflow airflow >/dev/null 2>&1 || :
exit 0
