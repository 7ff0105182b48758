#!/usr/bin/env bash
# Asks a server of its own everything that the OpenAPI document allows and forbids, as nobody, as each role and with a token of each scope.
# Fails where a request brings a fault of the server, an answer that the document does not describe, input accepted that it forbids, or anything to
# somebody whom the document does not name.
#
#   scripts/security.sh [EXAMPLES]     so many made-up requests for each endpoint beside those that cover its schema; 20 unless told otherwise
#
# What was asked and answered is left in target/security.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

SCHEMATHESIS_VERSION=4.32.5
examples=${1:-20}
tool=$TOOLS/schemathesis
if [ "$(cat "$tool/.installed" 2>/dev/null)" != "$SCHEMATHESIS_VERSION" ]; then
  rm -rf "$tool"
  python3 -m venv "$tool"
  scripts/step.sh "Installing schemathesis $SCHEMATHESIS_VERSION (seconds)" \
    "$tool/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$SCHEMATHESIS_VERSION"
  echo "$SCHEMATHESIS_VERSION" >"$tool/.installed"
fi

cargo build --quiet -p vigia
binary=${CARGO_TARGET_DIR:-target}/debug/vigia
reports=$PWD/target/security
rm -rf "$reports"; mkdir -p "$reports"
folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
unset DATABASE_URL "${!VIGIA_@}"
"$binary" serve --demo --database "sqlite://$folder/vigia.db" --listen "127.0.0.1:$port" --log warn >"$reports/server.log" 2>&1 &
server=$!
for _ in $(seq 600); do
  curl -sf "$url/readyz" >/dev/null && break
  kill -0 "$server" || { cat "$reports/server.log" >&2; exit 1; }
  sleep 0.2
done

session() { # ROLE: the session cookie of the demo's user
  curl -sf -D - -o /dev/null "$url/api/v1/session" -H 'Content-Type: application/json' -d "{\"username\":\"$1\",\"password\":\"$1-demo-2026\"}" |
    sed -n 's/^set-cookie: \(vigia=[^;]*\).*/\1/ip'
}
token() { # SCOPE [MORE]: a new token
  curl -sf "$url/api/v1/tokens" -H "Cookie: $admin" -H 'Content-Type: application/json' -d "{\"name\":\"security-$1\",\"scope\":\"$1\"${2:-}}" |
    sed -n 's/.*"token":"\([^"]*\)".*/\1/p'
}
admin=$(session admin)

failed=
ask() { # WHO [SCHEMATHESIS FLAGS...]
  local who=$1 name=${1/:/-}; shift
  echo "==> as $who"
  VIGIA_WHO=$who PYTHONPATH=server/tests/security PYTHONDONTWRITEBYTECODE=1 SCHEMATHESIS_HOOKS=checks HYPOTHESIS_STORAGE_DIRECTORY=$folder/hypothesis "$tool/bin/schemathesis" --config-file "$config" \
    run "$url/api/v1/openapi.json" --report har --report-har-path "$reports/$name.har" "$@" >"$reports/$name.txt" 2>&1 ||
    { failed="$failed $who"; sed -n '/= \(FAILURES\|ERRORS\) =/,$p' "$reports/$name.txt" | sed -n 1,100p; }
  sed -n 's/^ *\([0-9]* generated.*\)/    \1/p' "$reports/$name.txt"
}

# Whom an endpoint is not for is refused before anything else is looked at: whether the rest is right does not show.
config=server/tests/security/schemathesis.toml
refusals=(--phases coverage --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,only_for_whom_it_is)
ask nobody "${refusals[@]}"
ask session:manager "${refusals[@]}" -H "Cookie: $(session manager)"
ask session:auditor "${refusals[@]}" -H "Cookie: $(session auditor)"
for scope in read operate; do ask "token:$scope" "${refusals[@]}" -H "Authorization: Bearer $(token $scope)"; done
ask token:write "${refusals[@]}" -H "Authorization: Bearer $(token write ',"sources":["security"]')"
ask token:execute "${refusals[@]}" -H "Authorization: Bearer $(token execute ',"sources":["demo"]')"

# Whoever may do everything, with all checks but two: what a schema cannot say (that a name is taken, that a time has passed) is refused all the same, and the
# cookie is no header that a request lacks.
config=$folder/schemathesis.toml
{ cat server/tests/security/schemathesis.toml; printf '\n[auth.openapi.session]\napi_key = "%s"\n' "${admin#vigia=}"; } >"$config"
ask session:admin --phases coverage,fuzzing --max-examples "$examples" --checks all --exclude-checks positive_data_acceptance,missing_required_header

if grep -q panic "$reports/server.log"; then failed="$failed (a panic)"; grep panic "$reports/server.log"; fi
curl -sf "$url/readyz" >/dev/null || failed="$failed (the server is gone)"
[ -z "$failed" ] || { echo "It did not hold:$failed. See $reports." >&2; exit 1; }
echo "Nothing was found. What was asked and answered is in $reports."
