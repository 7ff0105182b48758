//! How the program ends.

use crate::config::ConfigError;
use crate::ingest::formats::FormatError;
use std::fmt::Write;
use std::process::ExitCode;

/// The exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Done = 0,
    Failed = 1,
    /// The command line or the settings are wrong; clap uses the same number.
    Usage = 2,
    /// Imported, but some lines could not be read.
    BrokenLines = 3,
}

impl Status {
    /// The status an error ends with.
    pub fn of(error: &anyhow::Error) -> Self {
        if error.is::<ConfigError>() || error.is::<FormatError>() { Self::Usage } else { Self::Failed }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Done => Self::from(0),
            Status::Failed => Self::from(1),
            Status::Usage => Self::from(2),
            Status::BrokenLines => Self::from(3),
        }
    }
}

/// The error and its causes, a line each, for a terminal.
pub fn sentences(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for (at, cause) in error.chain().enumerate() {
        let before = if at == 0 { "vigia:" } else { "  because:" };
        let _ = writeln!(text, "{before} {}", super::log::escaped(&cause.to_string()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{Context, anyhow};

    #[test]
    fn an_error_is_told_with_its_causes_and_without_control_characters() {
        let error = Err::<(), _>(anyhow!("no such file: \u{1b}[31mred\nvigia: all is well")).context("The file cannot be read.");
        let text = sentences(&error.expect_err("an error"));
        assert_eq!(text, "vigia: The file cannot be read.\n  because: no such file: \\u{1b}[31mred\\nvigia: all is well\n");
    }
}
