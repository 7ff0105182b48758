#!/usr/bin/env bash
# step.sh TEXT COMMAND...: says what a long step does, then does it.
set -euo pipefail
printf '\033[1m==>\033[0m %s\n' "$1" >&2
shift
exec "$@"
