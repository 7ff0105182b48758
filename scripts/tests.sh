#!/usr/bin/env bash
# tests.sh: compiles everything of the workspace with its lints, then runs two of the tests' programs at a time: many wait for clocks, sockets and
# other processes.
# All of them have the fifth report that is made up: docs/ADDING_A_REPORT.md says why.
# Says what a program said only where it fails. Documentation tests come last.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lints.sh

built=$(mktemp) said=$(mktemp -d)
trap 'rm -rf "$built" "$said"' EXIT
scripts/step.sh "Building and linting" cargo test --workspace --all-targets --features vigia/fifth-report --no-run 2>"$built" || { cat "$built" >&2; exit 1; }

# "  Executable tests/store/main.rs (target/debug/deps/store-0123)": what takes longest begins first.
programs=$(sed -n '/ \(benches\|examples\)\//d; s/^  Executable .*(\(.*\))$/\1/p' "$built" | awk '{
  name = $0; sub(/.*\//, "", name); sub(/-[0-9a-f]+$/, "", name)
  split("store connectors kill streams", first, " "); place = 9
  for (i in first) if (first[i] == name) place = i
  print place, $0
}' | sort -s -n -k1,1 | cut -d' ' -f2-)
[ -n "$programs" ] || { echo "no tests were built" >&2; exit 1; }

one() {
  name=$(basename "$1")
  case $name in vigia_app-*) folder=app ;; *) folder=server ;; esac
  begun=$SECONDS
  if (cd "$folder" && "$OLDPWD/$1" --quiet) >"$2/$name" 2>&1; then
    printf '%4d s  %s: %s\n' $((SECONDS - begun)) "${name%-*}" "$(sed -n 's/^test result: ok\. \([0-9]* passed\).*/\1/p' "$2/$name")"
  else
    cat "$2/$name"
    printf '%4d s  %s FAILED\n' $((SECONDS - begun)) "${name%-*}"
    return 1
  fi
}
export -f one

printf '%s\n' "$programs" | xargs -P 2 -I {} bash -c 'one "$1" "$2"' _ {} "$said"
cargo test --workspace --features vigia/fifth-report --doc --quiet
