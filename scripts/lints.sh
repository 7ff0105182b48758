# lints.sh, to be sourced: has every crate of the workspace compiled by Clippy, whose warnings are errors then. So what is compiled for the tests is linted
# on the way, where `make lint` compiles everything once more.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver
# As `cargo clippy -- -D warnings` hands it on.
export CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__
