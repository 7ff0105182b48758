//! What an import did, in numbers and in sentences.

use super::Skip;
use crate::store::Appended;
use std::collections::BTreeMap;
use std::fmt;
use vigia_app::model::Report;

/// The rows of one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    pub report: &'static Report,
    pub appended: Appended,
}

/// A line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLine {
    /// From 1.
    pub number: u64,
    pub reason: String,
}

/// What became of every line of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    pub lines: u64,
    /// Reports that got rows, in the order they first did.
    pub rows: Vec<Rows>,
    /// Lines that made no event, by reason; broken ones too.
    pub skipped: BTreeMap<&'static str, u64>,
    /// The first [`Summary::LISTED`] broken lines.
    pub broken: Vec<BrokenLine>,
    /// How many lines were broken.
    pub broken_lines: u64,
    /// How many of these are in the quarantine.
    pub quarantined: u64,
}

impl Summary {
    /// How many broken lines are listed one by one.
    pub const LISTED: usize = 20;

    /// Rows stored, over all reports.
    pub fn stored(&self) -> u64 {
        self.rows.iter().map(|rows| rows.appended.stored).sum()
    }

    /// Rows that were there already, over all reports.
    pub fn duplicates(&self) -> u64 {
        self.rows.iter().map(|rows| rows.appended.duplicate).sum()
    }

    pub(super) fn skip(&mut self, number: u64, skip: &Skip) {
        let reason = skip.reason();
        *self.skipped.entry(reason).or_default() += 1;
        if let Skip::Broken { detail, .. } = skip {
            self.broken_lines += 1;
            if self.broken.len() < Self::LISTED {
                let reason = if detail.is_empty() { reason.to_owned() } else { format!("{reason}: {detail}") };
                self.broken.push(BrokenLine { number, reason });
            }
        }
    }

    pub(super) fn append(&mut self, report: &'static Report, appended: Appended) {
        let at = self.rows.iter().position(|rows| rows.report.key == report.key).unwrap_or_else(|| {
            self.rows.push(Rows { report, appended: Appended::default() });
            self.rows.len() - 1
        });
        if let Some(rows) = self.rows.get_mut(at) {
            rows.appended.stored += appended.stored;
            rows.appended.duplicate += appended.duplicate;
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} read.", count(self.lines, "line"))?;
        if self.rows.is_empty() {
            writeln!(f, "No row was stored.")?;
        }
        for Rows { report, appended } in &self.rows {
            write!(f, "{}: {} stored", report.words.title.english(), count(appended.stored, "row"))?;
            match appended.duplicate {
                0 => writeln!(f)?,
                duplicate => writeln!(f, ", {duplicate} already there")?,
            }
        }
        for (reason, lines) in &self.skipped {
            writeln!(f, "Skipped {}: {reason}", count(*lines, "line"))?;
        }
        if !self.broken.is_empty() {
            writeln!(f, "Broken lines:")?;
            for line in &self.broken {
                writeln!(f, "  line {}: {}", line.number, line.reason)?;
            }
            let listed = u64::try_from(self.broken.len()).unwrap_or(u64::MAX);
            if self.broken_lines > listed {
                writeln!(f, "  and {} more", self.broken_lines - listed)?;
            }
        }
        match self.quarantined {
            0 => {}
            1 => writeln!(f, "1 broken line is in the quarantine: see `vigia quarantine list`.")?,
            lines => writeln!(f, "{lines} broken lines are in the quarantine: see `vigia quarantine list`.")?,
        }
        Ok(())
    }
}

fn count(number: u64, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
