//! `vigia config`: what is set, and where that came from.

use super::Status;
use super::out::Out;
use super::settings::Settings;
use crate::config::{Config, KEYS, Loaded, keys::Shape};
use clap::Subcommand;
use std::io::Write;

#[derive(Subcommand)]
pub(super) enum Show {
    /// Print every setting, its value, and where the value came from. Passwords are hidden.
    Show {
        /// Print the table of all settings for the documentation instead.
        #[arg(long)]
        markdown: bool,
        #[command(flatten)]
        serving: Settings<true>,
    },
}

impl Show {
    pub(super) fn serving(&self) -> &Settings<true> {
        let Self::Show { serving, .. } = self;
        serving
    }

    pub(super) fn run(&self, loaded: &Loaded, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        let Self::Show { markdown, .. } = self;
        if *markdown {
            for line in table() {
                out.line(&line)?;
            }
        } else {
            out.table(&KEYS.each_ref().map(|key| {
                let value = (key.show)(&loaded.config);
                let value = if value.is_empty() { "not set".to_owned() } else { value };
                [key.name.to_owned(), value, format!("({})", loaded.origin(key))]
            }))?;
        }
        Ok(Status::Done)
    }
}

/// The settings as a table in Markdown.
pub(super) fn table() -> Vec<String> {
    let mut lines = vec!["| setting | default | environment | meaning |".to_owned(), "|---|---|---|---|".to_owned()];
    for key in &KEYS {
        let value = (key.show)(&Config::default());
        let default = match key.shape {
            _ if value.is_empty() => "not set".to_owned(),
            Shape::Text => format!("`\"{value}\"`"),
            Shape::Number | Shape::Flag | Shape::List => format!("`{value}`"),
        };
        lines.push(format!("| `{}` | {default} | `{}` | {} |", key.name, key.variable(), key.help));
    }
    lines
}
