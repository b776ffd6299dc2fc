#!/bin/sh
# As upstream: the program's name may be left out.
set -eu
if [ "${1:-}" != minio ]; then set -- minio "$@"; fi
exec "$@"
