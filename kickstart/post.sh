# In the new system, before its first boot. Any failure stops the installation and stands in /root/airflow-post.log.
set -eEuo pipefail
trap 'code=$?; echo "%post: line $LINENO: \"$BASH_COMMAND\" ended with $code" | tee /dev/console >&2; exit $code' ERR
umask 022
step() { echo "== $*"; }

{{siteRepositories}}

step "key of the release"
key=/etc/pki/rpm-gpg/RPM-GPG-KEY-airflow-appliance
mkdir -p "${key%/*}"
cat >"$key" <<'KEY'
{{release.key}}
KEY
home=$(mktemp -d)
found=$(gpg --homedir "$home" --batch --with-colons --show-keys "$key" | sed -n 's/^fpr:*\([0-9A-F]*\):.*/\1/p;' | head -n 1)
rm -rf "$home"
if [ "$found" != '{{release.fingerprint}}' ]; then
  echo "$key: has the fingerprint $found instead of {{release.fingerprint}}; build the release again" >&2
  false
fi

step "repository of the release"
cat >/etc/yum.repos.d/airflow-{{cluster.name}}.repo <<'REPO'
[airflow-{{cluster.name}}]
name=Airflow cluster {{cluster.name}}
mirrorlist={{distribution.url}}/rpm/mirrorlist
enabled=1
gpgcheck=1
repo_gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-airflow-appliance
metadata_expire=60
REPO

step "packages of the release, their signatures checked"
dnf -y install airflow-cluster-{{cluster.name}}

step "port of the webserver"
firewall-offline-cmd --add-service=airflow-webserver

step "sign-in with keys only"
# sshd takes the first value that it reads
sed -i '1i PermitRootLogin prohibit-password\nPasswordAuthentication no\nChallengeResponseAuthentication no' /etc/ssh/sshd_config

step "what the first boot will find"
for unit in airflow-secrets.path airflow-secrets.service; do systemctl is-enabled "$unit"; done
rpm -q airflow-cluster-{{cluster.name}}
step "done: after the reboot place /etc/airflow/secrets.env"
