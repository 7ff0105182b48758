# make run     install what is missing, build, and serve Vigia as a demo on http://127.0.0.1:3000
# make test    everything that has to hold: formatting, lints, tests, page size, licences, end to end in Chromium
# make check   the quick part of it, while you work
# make dev     the page with live reload on http://127.0.0.1:8080, the server behind it
# make fuzz    every parser of logs against made-up lines, a minute each
# make security  the server against all that its OpenAPI document allows and forbids, as everybody it knows
# make failover  two servers on three machines of PostgreSQL, broken again and again (docs/high-availability.md); a quarter of an hour
# make bench   the figures the project promises, as a table

.DEFAULT_GOAL := help
.PHONY: help run serve page test check dev fuzz security failover bench lint deny e2e clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

run:
	@scripts/setup.sh run
	@scripts/build-page.sh
	@scripts/step.sh "Building the server (some minutes the first time)" cargo build --release --quiet -p vigia
	@exec target/release/vigia serve --demo

page:
	@scripts/setup.sh run
	@scripts/build-page.sh

dev:
	@scripts/setup.sh run
	@scripts/dev.sh

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	cargo test --workspace --lib --quiet

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features vigia/fifth-report --quiet -- -D warnings
	cargo clippy -p vigia-app --features csr --quiet -- -D warnings

# Advisories need the network each time: `cargo deny check advisories` before a release.
deny:
	cargo-deny --log-level error check licenses bans sources

# On a clean checkout, what is kept for building parts of a crate anew takes longer to write than it will ever save.
test: export CARGO_INCREMENTAL := $(if $(wildcard target/debug/incremental),1,0)
test:
	@scripts/setup.sh test
	cargo fmt --all --check
	@. scripts/tools.sh && $(MAKE) --no-print-directory deny
	@scripts/beside.sh 'TMPDIR=$$(scripts/test-folder.sh) scripts/tests.sh' 'scripts/build-page.sh && scripts/page-tests.sh'
	@$(MAKE) --no-print-directory e2e

e2e:
	cargo build --quiet -p vigia
	@# What failed is done once more, watched, for its trace; it has failed all the same.
	cd end2end && { npx playwright test || { npx playwright test --last-failed --trace on --reporter list; exit 1; }; }

fuzz:
	@scripts/fuzz.sh

security:
	@scripts/security.sh

failover:
	@scripts/failover.sh

bench:
	@scripts/setup.sh test
	@scripts/build-page.sh
	cargo build --release --quiet -p vigia
	cargo bench -p vigia --bench figures
	cd end2end && node lighthouse.mjs

clean:
	cargo clean
	rm -rf dist end2end/test-results end2end/report
