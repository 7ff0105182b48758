//! Rows of the file.

use super::csv;
use crate::risk::view::View;
use std::io::BufRead;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As it stands in the file; the number of the row, from 0, where there is no such column.
    pub id: String,
    /// Milliseconds since the epoch.
    pub time: i64,
    pub user: String,
    pub ip: String,
    pub origin: String,
    pub device: String,
    pub credential: String,
    pub emergency: bool,
    pub governance_id: bool,
    /// Whether it may be compared.
    pub test: bool,
    /// Whether it is somebody else's.
    pub label: bool,
}

impl Row {
    /// The view that the row says.
    pub fn view(&self) -> View<'_> {
        View {
            id: 0,
            time: self.time,
            user: &self.user,
            actor_kind: "",
            ip: &self.ip,
            origin: &self.origin,
            device: &self.device,
            credential: &self.credential,
            emergency: self.emergency,
            governance_id: self.governance_id,
        }
    }
}

/// Where each column stands.
struct Columns {
    time: usize,
    user: usize,
    credential: usize,
    label: usize,
    id: Option<usize>,
    ip: Option<usize>,
    origin: Option<usize>,
    device: Option<usize>,
    emergency: Option<usize>,
    governance_id: Option<usize>,
    test: Option<usize>,
    number: usize,
}

/// The rows of a file, one after the other.
pub(super) struct Rows<'a> {
    reader: &'a mut dyn BufRead,
    columns: Columns,
    text: String,
    line: usize,
    row: usize,
    last: i64,
}

impl<'a> Rows<'a> {
    /// Reads the header.
    pub fn open(reader: &'a mut dyn BufRead) -> Result<Self, String> {
        let mut header = String::new();
        reader.read_line(&mut header).map_err(|error| format!("line 1: {error}"))?;
        let names = csv::fields(header.trim_start_matches('\u{FEFF}').trim_end()).map_err(|error| format!("line 1: {error}"))?;
        let place = |name: &str| names.iter().position(|other| other.trim() == name);
        let needed = |name: &str| {
            place(name).ok_or_else(|| {
                format!(
                    "line 1: there is no column {name}; the first line has to name the columns, time, user, credential and label among them"
                )
            })
        };
        let columns = Columns {
            time: needed("time")?,
            user: needed("user")?,
            credential: needed("credential")?,
            label: needed("label")?,
            id: place("id"),
            ip: place("ip"),
            origin: place("origin"),
            device: place("device"),
            emergency: place("emergency"),
            governance_id: place("governance_id"),
            test: place("test"),
            number: names.len(),
        };
        Ok(Self { reader, columns, text: String::new(), line: 1, row: 0, last: i64::MIN })
    }

    /// The next row, `None` at the end. Empty lines are passed over.
    pub fn next_row(&mut self) -> Result<Option<Row>, String> {
        loop {
            self.text.clear();
            self.line += 1;
            let line = self.line;
            let read = self.reader.read_line(&mut self.text).map_err(|error| format!("line {line}: {error}"))?;
            if read == 0 {
                return Ok(None);
            }
            if !self.text.trim_end().is_empty() {
                return self.parse().map(Some).map_err(|error| format!("line {line}{error}"));
            }
        }
    }

    fn parse(&mut self) -> Result<Row, String> {
        let fields = csv::fields(self.text.trim_end_matches(['\r', '\n'])).map_err(|error| format!(": {error}"))?;
        let columns = &self.columns;
        if fields.len() != columns.number {
            return Err(format!(": it has {} fields; the header has {}", fields.len(), columns.number));
        }
        let text = |place: Option<usize>| place.map_or(String::new(), |place| fields[place].clone());
        let flag = |name: &str, place: Option<usize>, missing: bool| match place.map(|place| fields[place].as_str()) {
            None => Ok(missing),
            Some("0" | "false") => Ok(false),
            Some("1" | "true") => Ok(true),
            Some(other) => Err(format!(", column {name}: \"{other}\" is neither 0 nor 1")),
        };
        let time = &fields[columns.time];
        let time =
            instant(time).ok_or_else(|| format!(", column time: \"{time}\" is not a time; it has to be like 2026-01-31T23:59:59Z"))?;
        if time < self.last {
            return Err(", column time: it is earlier than the row before; rows have to be in the order of time".into());
        }
        let row = Row {
            id: columns.id.map_or_else(|| self.row.to_string(), |place| fields[place].clone()),
            time,
            user: fields[columns.user].clone(),
            ip: text(columns.ip),
            origin: text(columns.origin),
            device: text(columns.device),
            credential: fields[columns.credential].clone(),
            emergency: flag("emergency", columns.emergency, false)?,
            governance_id: columns.governance_id.is_none_or(|place| !fields[place].is_empty()),
            test: flag("test", columns.test, true)?,
            label: flag("label", Some(columns.label), false)?,
        };
        self.last = time;
        self.row += 1;
        Ok(row)
    }
}

/// Milliseconds since the epoch of a time like `2026-01-31T23:59:59Z`, with or without a fraction of a second.
fn instant(text: &str) -> Option<i64> {
    let (clock, rest) = text.split_at_checked(19)?;
    let number = |from: usize, to: usize| {
        let digits = clock.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok())?
    };
    let marks = clock.bytes().enumerate().filter(|(_, byte)| !byte.is_ascii_digit());
    if !marks.eq([(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')]) {
        return None;
    }
    let fraction = rest.strip_suffix('Z')?;
    let milliseconds = match fraction.strip_prefix('.') {
        None if fraction.is_empty() => 0,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.bytes().chain(*b"000").take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
        }
        _ => return None,
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of_month = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(1..=days_of_month).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some((((days_since_epoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + milliseconds)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, whose years begin in March here so that the leap day comes last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let month = (month + 9) % 12;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_to_the_millisecond() {
        assert_eq!(instant("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(instant("2000-02-29T12:34:56.7891Z"), Some(951_827_696_789));
        assert_eq!(instant("2026-01-31T23:59:59Z"), Some(1_769_903_999_000));
        for wrong in
            ["", "2026-02-29T00:00:00Z", "2026-01-31 23:59:59Z", "2026-01-31T24:00:00Z", "2026-01-31T23:59:59", "2026-01-31T23:59:59.Z"]
        {
            assert_eq!(instant(wrong), None, "{wrong}");
        }
    }
}
