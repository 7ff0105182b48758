//! How well scores find what does not belong: over a file of views in which some are known to be somebody else's.
//!
//! The file is CSV with a header, plain or gzip, in the order of time. Columns: `time` (`2026-01-31T23:59:59Z`), `user`, `credential`,
//! `label` (1: somebody else's) are needed; `ip`, `origin`, `device`, `emergency` (0 or 1), `governance_id` (empty: none) and `test` (1:
//! to be compared) may be missing, and are then the same for all rows. Other columns are not looked at.
//!
//! Compared are rows of `test` 1 whose user has at least 20 rows in the 90 days before, to the second. Every row, whatever its label,
//! then belongs to the history.

mod csv;
mod ranking;
mod row;

use super::key;
use super::window::Window;
use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read};
use vigia_app::model::risk::{RiskSettings, Scored};

pub use ranking::Figures;
pub use row::Row;

/// Rows of the same user that must have come before a row for it to be compared.
const EARLIER_ROWS: usize = 20;
/// How long before, in milliseconds.
const EARLIER: i64 = 90 * 86_400_000;

/// How a file's views were told apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Rows of the file.
    pub rows: usize,
    /// Rows that were compared.
    pub compared: usize,
    /// How many of them are somebody else's.
    pub labels: usize,
    /// By the sum of bits: not by the score from 0 to 100, which has many ties.
    pub risk: Figures,
    /// By the rule that a credential is suspicious that the user has not viewed in 90 days.
    pub never_viewed: Figures,
}

/// Evaluates a file with the default settings. An error names the line and the column, and says what would be right.
pub fn evaluate(reader: impl BufRead) -> Result<Evaluation, String> {
    evaluate_with(reader, &RiskSettings::default(), |_, _| {})
}

/// Evaluates a file, and shows each row that is compared, with its score, to `seen`.
pub fn evaluate_with(mut reader: impl BufRead, settings: &RiskSettings, seen: impl FnMut(&Row, &Scored)) -> Result<Evaluation, String> {
    let start = reader.fill_buf().map_err(|error| format!("the file cannot be read: {error}"))?;
    if start.starts_with(&[0x1F, 0x8B]) {
        // Boxed, so that the compiler need not make everything twice.
        let plain: Box<dyn Read + '_> = Box::new(flate2::bufread::MultiGzDecoder::new(reader));
        run(&mut BufReader::new(plain), settings, seen)
    } else {
        run(&mut reader, settings, seen)
    }
}

fn run(reader: &mut dyn BufRead, settings: &RiskSettings, mut seen: impl FnMut(&Row, &Scored)) -> Result<Evaluation, String> {
    let mut table = row::Rows::open(reader)?;
    let mut window = Window::default();
    let mut earlier: HashMap<u64, Earlier> = HashMap::new();
    let (mut risk, mut never_viewed) = (Vec::new(), Vec::new());
    let mut rows = 0;
    while let Some(row) = table.next_row()? {
        rows += 1;
        let view = row.view();
        let keys = view.keys();
        let own = earlier.entry(key::of_bytes(row.user.as_bytes())).or_default();
        own.forget(row.time - EARLIER);
        if row.test && own.rows.len() >= EARLIER_ROWS {
            let scored = window.next(&keys, settings);
            seen(&row, &scored);
            risk.push((scored.bits, row.label));
            never_viewed.push((f64::from(u8::from(!own.credentials.contains_key(&keys.credential))), row.label));
        } else {
            window.move_to(keys.day, settings);
            window.add(&keys);
        }
        own.add(row.time, keys.credential);
    }
    let labels = risk.iter().filter(|(_, label)| *label).count();
    let compared = risk.len();
    if labels == 0 || labels == compared {
        return Err(format!(
            "of {compared} rows that can be compared (test = 1, {EARLIER_ROWS} earlier rows of the user within 90 days) {labels} have the label 1; \
             there have to be some, and others without"
        ));
    }
    Ok(Evaluation { rows, compared, labels, risk: Figures::of(risk), never_viewed: Figures::of(never_viewed) })
}

/// A user's rows of the last 90 days.
#[derive(Default)]
struct Earlier {
    rows: VecDeque<(i64, u64)>,
    credentials: HashMap<u64, u32>,
}

impl Earlier {
    fn add(&mut self, time: i64, credential: u64) {
        self.rows.push_back((time, credential));
        *self.credentials.entry(credential).or_default() += 1;
    }

    fn forget(&mut self, before: i64) {
        while let Some((_, credential)) = self.rows.pop_front_if(|(time, _)| *time < before) {
            if let Some(count) = self.credentials.get_mut(&credential) {
                *count -= 1;
                if *count == 0 {
                    self.credentials.remove(&credential);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
