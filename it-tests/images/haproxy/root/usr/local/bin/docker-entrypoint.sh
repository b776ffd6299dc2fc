#!/bin/sh
# As upstream: the program's name may be left out, and it runs as a master with workers in the foreground.
set -eu
case ${1:-} in -*) set -- haproxy "$@" ;; esac
if [ "${1:-}" = haproxy ]; then
  shift
  set -- haproxy -W -db "$@"
fi
exec "$@"
