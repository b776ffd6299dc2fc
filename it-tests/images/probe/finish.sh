#!/bin/sh
# Runs on the host when the packages are unpacked; $1 is the image's root.
set -eu
mkdir -p "$1/tmp" "$1/etc"
chmod 1777 "$1/tmp"
for name in $("$1/bin/busybox" --list); do
  [ -e "$1/bin/$name" ] || ln -s busybox "$1/bin/$name"
done
