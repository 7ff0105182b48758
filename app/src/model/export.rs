//! What is asked of an export beside the report's query: the form of the file.

use super::{Query, QueryError, Report, codec};
use crate::sentence;
use crate::words::Sentence;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    Csv,
    Ndjson,
}

impl ExportFormat {
    pub const ALL: [Self; 2] = [Self::Csv, Self::Ndjson];

    /// In addresses, in the trail, and the ending of a file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// What stands between the cells of a CSV file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Separator {
    #[default]
    Comma,
    Semicolon,
    Tab,
}

impl Separator {
    pub const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
        }
    }

    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// What an export would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportOffer {
    pub rows: u64,
    /// Whether managers may export, for an administrator.
    pub managers: Option<bool>,
}

/// How far an export is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportProgress {
    pub stage: ExportStage,
    /// Rows that were written.
    pub rows: u64,
    /// Rows that matched when it began; 0 before.
    pub of: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportStage {
    /// Others are before it.
    Waiting,
    Running,
    Complete,
    /// By whoever asked for it.
    Canceled,
    /// Nobody took the file any more.
    CutOff,
    Failed(Sentence),
}

impl ExportStage {
    pub const fn is_over(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// All rows of a query, as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    pub query: Query,
    pub format: ExportFormat,
    pub separator: Separator,
    /// Whether a CSV file begins with U+FEFF, by which Excel knows that it is UTF-8.
    pub bom: bool,
    /// What whoever asks calls this export, to ask how far it is and to cancel it; empty for one that nobody asks about.
    pub ticket: String,
}

impl Export {
    /// Parameters that are of the export, and of no report's query.
    pub const PARAMETERS: [&str; 4] = ["format", "separator", "bom", "ticket"];
    /// Characters of a ticket: letters, digits, `-` and `_`.
    pub const TICKET: std::ops::RangeInclusive<usize> = 16..=64;

    /// Reads a query string of a report with the parameters of an export among its own.
    ///
    /// # Errors
    /// Names the parameter that cannot be what it is. Those of a page can be nothing: an export has all rows.
    pub fn decode(report: &'static Report, text: &str) -> Result<Self, QueryError> {
        let (mut format, mut separator, mut bom, mut ticket) = (None, None, None, None);
        let mut rest = Vec::new();
        for pair in text.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode_str(value).decode_utf8_lossy();
            let once = |seen: bool| if seen { Err(QueryError::new(key, sentence!("query.twice"))) } else { Ok(()) };
            match key {
                "limit" | "cursor" => return Err(QueryError::new(key, sentence!("export.page"))),
                "format" => {
                    once(format.is_some())?;
                    format = Some(named(key, &value, &ExportFormat::ALL, |format| format.name())?);
                }
                "separator" => {
                    once(separator.is_some())?;
                    separator = Some(named(key, &value, &Separator::ALL, |separator| separator.name())?);
                }
                "bom" => {
                    once(bom.is_some())?;
                    bom = Some(named(key, &value, &[false, true], |bom| if *bom { "yes" } else { "no" })?);
                }
                "ticket" => {
                    once(ticket.is_some())?;
                    let fits = Self::TICKET.contains(&value.len())
                        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
                    if !fits {
                        return Err(QueryError::new(
                            key,
                            sentence!("export.ticket", least = *Self::TICKET.start(), most = *Self::TICKET.end()),
                        ));
                    }
                    ticket = Some(value.into_owned());
                }
                _ => rest.push(pair),
            }
        }
        let format = format.ok_or_else(|| {
            QueryError::new("format", sentence!("export.no-format", known = known(&ExportFormat::ALL, |format| format.name())))
        })?;
        for (parameter, given) in [("separator", separator.is_some()), ("bom", bom.is_some())] {
            if given && format != ExportFormat::Csv {
                return Err(QueryError::new(parameter, sentence!("export.csv-only")));
            }
        }
        Ok(Self {
            query: codec::decode(report, &rest.join("&"))?,
            format,
            separator: separator.unwrap_or_default(),
            bom: bom.unwrap_or_default(),
            ticket: ticket.unwrap_or_default(),
        })
    }
}

fn known<T>(all: &[T], name: impl Fn(&T) -> &'static str) -> String {
    all.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn named<T: Copy>(key: &str, value: &str, all: &[T], name: impl Fn(&T) -> &'static str) -> Result<T, QueryError> {
    let found = all.iter().copied().find(|one| name(one) == value);
    found.ok_or_else(|| {
        let value: String = value.chars().take(40).collect();
        QueryError::new(key, sentence!("export.word", value = format!("{value:?}"), known = known(all, name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::{ALL, PASSWORD_VIEW};

    fn refused(text: &str) -> String {
        Export::decode(&PASSWORD_VIEW, text).expect_err("is refused").to_string()
    }

    #[test]
    fn the_parameters_of_an_export_stand_among_those_of_the_report() {
        let read = Export::decode(&PASSWORD_VIEW, "q=a%26b&format=csv&user=ana&separator=semicolon&bom=yes&ticket=0123456789abcdef")
            .expect("an export");
        assert_eq!(codec::encode(&read.query), "q=a%26b&user=ana");
        assert_eq!(
            (read.format, read.separator, read.bom, read.ticket.as_str()),
            (ExportFormat::Csv, Separator::Semicolon, true, "0123456789abcdef")
        );
        let read = Export::decode(&PASSWORD_VIEW, "format=ndjson").expect("an export");
        assert_eq!((read.query, read.ticket.as_str()), (Query::all(&PASSWORD_VIEW), ""));
    }

    #[test]
    fn what_cannot_be_is_said_with_what_can() {
        assert_eq!(refused("user=ana"), "format: is missing. Choose one of: csv, ndjson.");
        assert_eq!(refused("format=docx"), "format: cannot be \"docx\". Choose one of: csv, ndjson.");
        assert_eq!(refused("format=csv&format=csv"), "format: appears twice. Give it once.");
        assert_eq!(
            refused("format=csv&limit=10"),
            "limit: says nothing here: an export has all rows of the report that match. Leave it out."
        );
        assert!(refused("format=csv&cursor=x").starts_with("cursor: "));
        assert!(refused("format=csv&ticket=short").starts_with("ticket: "));
        assert!(refused("format=ndjson&bom=yes").starts_with("bom: "));
        assert!(refused("format=csv&separator=%7C").starts_with("separator: "));
        assert!(refused("format=csv&colour=red").starts_with("colour: "));
    }

    #[test]
    fn no_column_of_a_report_is_called_like_a_parameter_of_an_export() {
        for report in ALL {
            assert!(report.columns.iter().all(|column| !Export::PARAMETERS.contains(&column.key)), "{}", report.key);
        }
    }
}
