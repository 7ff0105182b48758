# Versions and places of the build tools; sourced by the scripts beside it.
RUST_VERSION=1.95
TRUNK_VERSION=0.21.14
WASM_BINDGEN_VERSION=0.2.130
BINARYEN_VERSION=132.0.0
CARGO_DENY_VERSION=0.20.2
OPENBAO_VERSION=2.7.2

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/vigia
TOOLS=$CACHE/tools
export PATH="$TOOLS/bin:$PATH"
