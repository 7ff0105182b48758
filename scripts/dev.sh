#!/usr/bin/env bash
# The server and the page with live reload, until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
trap 'kill 0' EXIT
cargo build --quiet -p vigia
target/debug/vigia serve --demo &
toolchain=$(cat "$CACHE/wasm-toolchain" 2>/dev/null || true)
[ -z "$toolchain" ] || export RUSTUP_TOOLCHAIN=$toolchain
TRUNK_SKIP_VERSION_CHECK=true TRUNK_BUILD_OFFLINE=true trunk serve --port 8080 --dist target/dev-dist
