//! CSV as RFC 4180 has it, in UTF-8.
//!
//! What a spreadsheet would run is text in it: a text that begins with `=`, `+`, `-`, `@`, a tab, CR or LF, as OWASP lists them, or their full-width
//! forms, has an apostrophe before it. So has one that begins with an apostrophe: whoever takes one apostrophe off each text that begins with one has
//! every text back.

use super::sending::Form;
use super::zoned;
use chrono_tz::Tz;
use std::io::Write;
use vigia_app::model::{Cell, Row, Separator};

/// What begins a formula somewhere, and what marks that a text does.
const BEGINNINGS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\'', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

pub struct Csv {
    pub separator: Separator,
    pub bom: bool,
    pub zone: Tz,
    /// What stands above each column.
    pub headings: Vec<String>,
}

impl Form for Csv {
    fn head(&mut self, out: &mut Vec<u8>) {
        if self.bom {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        for (at, heading) in self.headings.iter().enumerate() {
            self.between(at, out);
            text(heading, out);
        }
        out.extend_from_slice(b"\r\n");
    }

    fn row(&mut self, row: &Row, out: &mut Vec<u8>) {
        let start = out.len();
        for (at, cell) in row.cells.iter().enumerate() {
            self.between(at, out);
            self.cell(cell, out);
        }
        if out.len() == start {
            // A line without anything is no record to many programs.
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(b"\r\n");
    }
}

impl Csv {
    fn between(&self, at: usize, out: &mut Vec<u8>) {
        if at > 0 {
            out.push(self.separator.byte());
        }
    }

    fn cell(&self, cell: &Cell, out: &mut Vec<u8>) {
        match cell {
            Cell::Empty => {}
            Cell::Text(value) => text(value, out),
            Cell::Time(at) => zoned::write(*at, self.zone, out),
            // Writing into memory does not fail.
            Cell::Number(number) => drop(write!(out, "{number}")),
            Cell::Ip(ip) => drop(write!(out, "{ip}")),
            Cell::Flag(flag) => out.extend_from_slice(if *flag { b"Yes" } else { b"No" }),
        }
    }
}

/// In quotes where anything in it could end the cell, whatever separator it is read with.
fn text(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let quoted = bytes.iter().any(|byte| matches!(byte, b'"' | b',' | b';' | b'\t' | b'|' | b'\r' | b'\n'))
        || bytes.first() == Some(&b' ')
        || bytes.last() == Some(&b' ');
    if quoted {
        out.push(b'"');
    }
    if text.starts_with(BEGINNINGS) {
        out.push(b'\'');
    }
    if quoted {
        for (at, part) in bytes.split(|byte| *byte == b'"').enumerate() {
            if at > 0 {
                out.extend_from_slice(b"\"\"");
            }
            out.extend_from_slice(part);
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vigia_app::model::{EventId, Timestamp};

    fn written(cells: Vec<Cell>) -> String {
        let mut csv = Csv { separator: Separator::Comma, bom: false, zone: Tz::America__Sao_Paulo, headings: Vec::new() };
        let mut out = Vec::new();
        csv.row(&Row { id: EventId::first(Timestamp::MIN), cells }, &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn cells_are_written_as_their_kinds_are() {
        let cells = vec![
            Cell::Empty,
            Cell::from("Ana"),
            Cell::Number(7),
            Cell::Time(Timestamp::saturating(1_795_356_207_120)),
            Cell::ip("::1"),
            Cell::Flag(true),
            Cell::Flag(false),
        ];
        assert_eq!(written(cells), ",Ana,7,2026-11-22T11:03:27.120-03:00,::1,Yes,No\r\n");
        assert_eq!(written(vec![Cell::Empty]), "\"\"\r\n");
    }

    #[test]
    fn what_would_be_a_formula_is_marked_and_what_would_end_a_cell_is_quoted() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            ("\nx", "\"'\nx\""),
            ("'quoted'", "''quoted'"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("a=1", "a=1"),
            ("a;=1", "\"a;=1\""),
            ("say \"=1\"", "\"say \"\"=1\"\"\""),
            (" =1", "\" =1\""),
        ] {
            assert_eq!(written(vec![Cell::from(text)]), format!("{expected}\r\n"), "{text:?}");
        }
    }

    /// A plain reading of RFC 4180, and of the apostrophe.
    fn read(text: &str) -> Vec<String> {
        let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
        let mut letters = text.strip_suffix("\r\n").expect("ends").chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if quoted && letters.peek() == Some(&'"') => cell.push(letters.next().unwrap_or('"')),
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(std::mem::take(&mut cell)),
                other => cell.push(other),
            }
        }
        cells.push(cell);
        cells.into_iter().map(|cell| cell.strip_prefix('\'').map(str::to_owned).unwrap_or(cell)).collect()
    }

    proptest! {
        #[test]
        fn every_text_comes_back(texts in prop::collection::vec("[-=+@'\",; \t\r\na\u{ff1d}\u{202e}]{0,8}", 2..5)) {
            let line = written(texts.iter().map(|text| Cell::text(text.as_str())).collect());
            prop_assert_eq!(read(&line), texts);
        }
    }
}
