//! `vigia import`: logs of other systems.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Import {
    /// What the files are
    #[arg(long, value_enum)]
    pub(super) format: Format,
    /// Name of the system the events come from; give each of several systems its own
    #[arg(long, value_name = "NAME", default_value = "openbao", value_parser = source)]
    pub(super) source: String,
    /// Files to read, gzipped or not; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Audit log of OpenBao or HashiCorp Vault: a JSON object a line.
    #[value(name = "openbao", alias = "vault")]
    OpenBao,
}

/// Names Vigia gives its own events would mix those with what others say.
fn source(text: &str) -> Result<String, String> {
    let sound = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if !sound {
        return Err("use 1 to 64 letters, digits, or . _ -".to_owned());
    }
    if ["vigia", "demo"].iter().any(|own| text.eq_ignore_ascii_case(own)) {
        return Err("this name is for Vigia's own events; use another".to_owned());
    }
    Ok(text.to_owned())
}
