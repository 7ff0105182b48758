//! The settings as flags: made from [`KEYS`], so that a setting is declared once.

use crate::config::keys::Shape;
use crate::config::{Config, KEYS, Key};
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

/// The settings given as flags: those every command has a use for, or those of `vigia serve`.
#[derive(Default)]
pub(super) struct Settings<const SERVING: bool>(pub(super) Vec<(&'static Key, String)>);

fn keys(serving: bool) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.serving == serving)
}

fn argument(key: &'static Key) -> Arg {
    let value = (key.show)(&Config::default());
    let default = if value.is_empty() { String::new() } else { format!("default: {value}; ") };
    let argument = Arg::new(key.name)
        .long(key.flag())
        .value_name(match key.shape {
            Shape::Text => "TEXT",
            Shape::Number => "NUMBER",
            Shape::Flag => "true|false",
            Shape::List => "TEXT,TEXT",
        })
        .help(format!("{} [{default}environment: {}]", key.help, key.variable()))
        .help_heading("Settings")
        .global(!key.serving);
    match key.shape {
        Shape::Flag => argument.num_args(0..=1).require_equals(true).default_missing_value("true"),
        Shape::Text | Shape::Number | Shape::List => argument,
    }
}

impl<const SERVING: bool> Args for Settings<SERVING> {
    fn augment_args(command: Command) -> Command {
        command.args(keys(SERVING).map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const SERVING: bool> FromArgMatches for Settings<SERVING> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut settings = Self::default();
        settings.update_from_arg_matches(matches)?;
        Ok(settings)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0 = keys(SERVING).filter_map(|key| matches.get_one::<String>(key.name).map(|value| (key, value.clone()))).collect();
        Ok(())
    }
}
