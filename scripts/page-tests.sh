#!/usr/bin/env bash
# page-tests.sh: compiles what of the page runs without a browser, with its lints, and tests it. It waits for other builds of the same folder.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lints.sh
exec scripts/step.sh "Linting and testing the page" cargo test -p vigia-app --features csr --lib --quiet
