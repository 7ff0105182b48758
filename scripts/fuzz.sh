#!/usr/bin/env bash
# Feeds each parser of logs with made-up input for a while; it starts from the samples of server/tests/formats.
#
#   scripts/fuzz.sh [SECONDS] [TARGET...]     60 seconds, and every target, unless told otherwise
#
# A crash leaves its input in server/fuzz/artifacts; make a test of it before the fix.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(cef leef pairs json vigia openbao mask)

if [ "$(cargo-fuzz --version 2>/dev/null)" != "cargo-fuzz $CARGO_FUZZ_VERSION" ]; then
  scripts/step.sh "Installing cargo-fuzz (about a minute)" cargo install --quiet --locked --root "$TOOLS" "cargo-fuzz@$CARGO_FUZZ_VERSION"
fi

# libFuzzer's counters need flags that the stable compiler keeps for itself.
export RUSTC_BOOTSTRAP=1
for target in "${targets[@]}"; do
  corpus=server/fuzz/corpus/$target
  mkdir -p "$corpus"
  # A file a line: mutations of single lines find more than mutations of files.
  for sample in server/tests/formats/*.log; do
    awk -v prefix="$corpus/$(basename "$sample" .log)-" '{ file = prefix NR; printf "%s", $0 > file; close(file) }' "$sample"
  done
  cargo-fuzz run --fuzz-dir server/fuzz --sanitizer none "$target" -- -max_total_time="$seconds" -max_len=4096 -timeout=10 -print_final_stats=1
done
