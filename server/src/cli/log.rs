//! The log, on standard error.

use crate::config::{Config, LogFormat};
use anyhow::anyhow;
use std::io::{self, Write};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Starts the log as the settings say.
pub(super) fn start(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::builder().parse(&config.log)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(true);
    match config.log_format {
        LogFormat::Text => log.with_ansi(false).with_writer(Escaping).try_init(),
        LogFormat::Json => log.json().flatten_event(true).with_writer(io::stderr).try_init(),
    }
    .map_err(|error| anyhow!("The log cannot be started: {error}."))
}

/// Text with its control characters written out: what an event says can then neither move the cursor nor look like a line of
/// its own.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// A line of the log with its end, and no other.
fn one_line(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    format!("{}\n", escaped(text.strip_suffix('\n').unwrap_or(&text)))
}

/// Writes each line of the log, which arrives in one piece, [`escaped`]. JSON needs none of this: it escapes by itself.
#[derive(Clone, Copy)]
struct Escaping;

impl<'a> MakeWriter<'a> for Escaping {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        *self
    }
}

impl Write for Escaping {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(one_line(line).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_event_says_cannot_look_like_a_line_of_its_own() {
        let line = one_line("INFO read name=\u{1b}[2J\r\nERROR Zoë's disk is full\n".as_bytes());
        assert_eq!(line, "INFO read name=\\u{1b}[2J\\r\\nERROR Zoë's disk is full\n");
    }
}
