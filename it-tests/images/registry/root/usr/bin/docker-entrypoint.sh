#!/bin/sh
# As upstream: a configuration file alone is served.
set -eu
case "${1:-}" in
  *.yaml | *.yml) set -- registry serve "$@" ;;
  serve | garbage-collect) set -- registry "$@" ;;
esac
exec "$@"
