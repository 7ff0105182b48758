#!/usr/bin/env bash
# beside.sh A B: does two commands at once and waits for both; what the second one says comes when the first one is done. Fails where one fails.
set -uo pipefail

said=$(mktemp)
trap 'rm -f "$said"' EXIT
bash -c "$2" >"$said" 2>&1 &
other=$!
bash -c "$1"
one=$?
wait "$other"
both=$?
cat "$said"
[ "$one" -eq 0 ] && [ "$both" -eq 0 ]
