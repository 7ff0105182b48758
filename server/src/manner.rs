//! How the lines of a source are read where they do not say it themselves. The same words everywhere: options of the command line, parameters of listeners and
//! of requests.

use clap::ValueEnum;
use serde::Deserialize;

/// What a line's bytes are, where they are not UTF-8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
pub enum Encoding {
    /// Nothing that is read: the line is kept aside.
    #[default]
    #[value(name = "utf-8")]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, of which Latin-1 is a part. Lines that are UTF-8 are read as UTF-8.
    #[value(name = "windows-1252")]
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// What becomes of a line that says no time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WithoutTime {
    /// It is kept aside.
    #[default]
    Quarantine,
    /// It has the time at which it arrived; in a file that is imported, the file's own date.
    Arrival,
}

/// See the module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args)]
pub struct Manner {
    /// What lines are that are not UTF-8; left out, they go to the quarantine
    #[arg(long, value_name = "NAME", default_value = "utf-8", hide_default_value = true)]
    pub encoding: Encoding,
    /// What becomes of lines that say no time: they go to the quarantine, or have the time of their arrival (in an imported file, the file's date)
    #[arg(long, value_name = "WHAT", default_value = "quarantine", hide_default_value = true)]
    pub without_time: WithoutTime,
}

impl Manner {
    /// The names of the parameters.
    pub const NAMES: [&str; 2] = ["encoding", "without_time"];

    /// Takes a parameter that is one of [`Self::NAMES`].
    ///
    /// # Errors
    /// What would be right.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        if name == "encoding" {
            self.encoding = word(value)?;
        } else {
            self.without_time = word(value)?;
        }
        Ok(())
    }

    /// What is said of it, as parameters.
    pub fn said(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let encoding = (self.encoding == Encoding::Windows1252).then_some(("encoding", "windows-1252"));
        let without_time = (self.without_time == WithoutTime::Arrival).then_some(("without_time", "arrival"));
        encoding.into_iter().chain(without_time)
    }
}

/// The value of this name.
///
/// # Errors
/// Which names there are.
pub fn word<T: ValueEnum>(value: &str) -> Result<T, String> {
    T::from_str(value, false).map_err(|_| {
        let names: Vec<_> =
            T::value_variants().iter().filter_map(ValueEnum::to_possible_value).map(|value| value.get_name().to_owned()).collect();
        format!("write {}", names.join(" or "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manner_is_written_as_it_is_read() {
        let mut manner = Manner::default();
        assert_eq!(manner.said().count(), 0, "what is not said is the default");
        for (name, value) in [("encoding", "windows-1252"), ("without_time", "arrival")] {
            assert!(Manner::NAMES.contains(&name));
            assert_eq!(manner.set(name, value), Ok(()));
        }
        assert_eq!(manner.said().collect::<Vec<_>>(), [("encoding", "windows-1252"), ("without_time", "arrival")]);
        assert_eq!(manner.set("encoding", "latin9"), Err("write utf-8 or windows-1252".to_owned()));
        assert_eq!(manner.set("without_time", "now"), Err("write quarantine or arrival".to_owned()));
    }
}
