#!/usr/bin/env bash
# Builds the page into dist/, compressed and measured. Run it as often as you like: what has not changed is not done again.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

toolchain=$(cat "$CACHE/wasm-toolchain" 2>/dev/null || true)
if [ -n "$toolchain" ]; then export RUSTUP_TOOLCHAIN=$toolchain; fi
export TRUNK_SKIP_VERSION_CHECK=true TRUNK_BUILD_OFFLINE=true

mkdir -p target/page
trunk build --release
exec node scripts/compress.mjs dist
