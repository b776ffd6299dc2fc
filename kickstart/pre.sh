# Before anything is erased: is this the machine that the file is for?
set -euo pipefail

refuse() { echo "kickstart of {{node.name}}: $*; nothing was changed" | tee /dev/console >&2; exit 1; }

cat /sys/class/net/*/address | grep -qix '{{node.mac}}' ||
  refuse "no network card here is {{node.mac}}; found: $(cat /sys/class/net/*/address | paste -sd' ')"
[ -e '/sys/block/{{node.disk}}' ] ||
  refuse "there is no disk {{node.disk}} here; found: $(ls /sys/block | paste -sd' ')"
size=$(($(cat '/sys/block/{{node.disk}}/size') / 2097152))
[ "$size" -ge {{node.diskGiB}} ] ||
  refuse "the disk {{node.disk}} has $size GiB, cluster.yaml says {{node.diskGiB}}"
