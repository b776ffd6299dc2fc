#!/bin/sh
# Runs on the host when the packages are installed; $1 is the image's root, $3 the folder with Keycloak's archive.
set -eu
root=$1 archive=$(echo "$3"/*.zip)
python3 -m zipfile -e "$archive" "$root/opt"
mv "$root"/opt/keycloak-* "$root/opt/keycloak"
chmod +x "$root"/opt/keycloak/bin/*.sh
mkdir -p "$root/opt/keycloak/data/import"
chown -R 1000:0 "$root/opt/keycloak"
# Its first start makes its program fit its options and fills an empty database, a minute's work that is done here, in a
# network of its own. A start with other options does the first of them anew, the entrypoint sees to the second.
unshare --net --mount --pid --fork --kill-child sh -eu -c '
  ip link set lo up
  mount -t proc proc "$1/proc"
  KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin KC_HEALTH_ENABLED=true \
    KC_METRICS_ENABLED=false KC_HTTPS_CLIENT_AUTH=none KC_HTTPS_MANAGEMENT_CLIENT_AUTH=none \
    chroot --userspec=1000:0 "$1" /opt/keycloak/bin/kc.sh start-dev >"$1/tmp/first-start" 2>&1 &
  for _ in $(seq 300); do
    if grep -q "started in" "$1/tmp/first-start"; then break; fi
    kill -0 $! || { cat "$1/tmp/first-start"; exit 1; }
    sleep 1
  done
  kill -TERM $!
  wait $! || :
' sh "$root"
rm "$root/tmp/first-start"
touch "$root/opt/keycloak/data/prepared"
chown 1000:0 "$root/opt/keycloak/data/prepared"
