#!/usr/bin/env bash
# Breaks a highly available Vigia again and again: three machines with PostgreSQL, Patroni and etcd, two servers of Vigia and haproxy, all on this machine and as
# docs/high-availability.md sets them up. A quarter of an hour; nothing of it stays.
#
#   scripts/failover.sh [--switches N] [--only FAULT] [--keep] [--vigia PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh failover
scripts/step.sh "Building the server" cargo build --quiet -p vigia
# In memory: what is looked at is who waits for whom, not this disk.
TMPDIR=$(scripts/test-folder.sh) exec python3 -B scripts/failover/run.py "$@"
