#!/bin/sh
# Runs on the host when the packages are installed; $1 is the image's root, $2 this folder.
set -eu
root=$1 here=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# dnf removes what nothing asked for, so the stub is installed by rpm and counts as asked for.
rpmbuild -bb --quiet --define "_topdir $work" --define '_binary_payload w6.gzdio' "$here/base.spec"
cp "$work"/RPMS/noarch/*.rpm "$root/base.rpm"
chroot "$root" rpm --initdb
chroot "$root" rpm -i /base.rpm
rm "$root/base.rpm"
mkdir -p "$root/etc/yum.repos.d"
chroot "$root" systemctl --quiet preset-all
# The console that docker shows is no login, and docker has set the network and the clock.
chroot "$root" systemctl --quiet mask getty.target console-getty.service \
  systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service \
  systemd-timesyncd.service systemd-resolved.service
