#!/usr/bin/env bash
# Builds the page into dist/, compressed and measured. Run it as often as you like: what has not changed is not done again.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

toolchain=$(cat "$CACHE/wasm-toolchain" 2>/dev/null || true)
if [ -n "$toolchain" ]; then export RUSTUP_TOOLCHAIN=$toolchain; fi
export TRUNK_SKIP_VERSION_CHECK=true TRUNK_BUILD_OFFLINE=true

# Nothing that the page is made of is newer than the page: `make run` starts in seconds.
newer=$(find .cargo app style public Cargo.toml Cargo.lock Trunk.toml scripts -newer dist/index.html -print -quit 2>/dev/null || echo unbuilt)
if [ -n "$newer" ]; then
  mkdir -p target/page
  trunk build --release
fi
exec node scripts/compress.mjs dist
