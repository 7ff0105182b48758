//! How the cells of a column are kept, whatever the database. The schemas explain it from the other side.

use crate::event::Event;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::net::IpAddr;
use vigia_app::model::{Cell, Column, EventId, Kind, Timestamp};

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Value {
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A missing number, time or flag. All that are there are 0 or more, so it sorts before them.
pub const MISSING: i64 = -1;

/// The value of a cell as its column keeps it; a cell of another kind than its column counts as missing.
pub fn keep(column: &Column, cell: Cell) -> Value {
    match (column.kind, cell) {
        (Kind::Text | Kind::Choice { .. } | Kind::LongText, Cell::Text(text)) => Value::Text(shortened(text, most(column))),
        (Kind::Text | Kind::Choice { .. } | Kind::LongText, _) => Value::Text(String::new()),
        (Kind::Ip, Cell::Ip(ip)) => Value::Bytes(ip_bytes(ip)),
        (Kind::Ip, _) => Value::Bytes(Vec::new()),
        (Kind::Number | Kind::Bytes | Kind::Duration, Cell::Number(number)) => Value::Number(number.max(MISSING)),
        (Kind::Time, Cell::Time(time)) => Value::Number(time.millis()),
        (Kind::Flag, Cell::Flag(flag)) => Value::Number(i64::from(flag)),
        _ => Value::Number(MISSING),
    }
}

/// What a column of texts keeps of a text.
pub fn kept<'a>(column: &Column, text: &'a str) -> Cow<'a, str> {
    cut(text, most(column))
}

/// Bytes of a text that a column keeps at most.
fn most(column: &Column) -> usize {
    if column.kind == Kind::LongText { Event::MAX_TEXT } else { Event::MAX_NAME }
}

/// The cell of a kept value.
pub fn cell(column: &Column, value: Value) -> Cell {
    match (column.kind, value) {
        (Kind::Text | Kind::LongText | Kind::Choice { .. }, Value::Text(text)) => Cell::text(text),
        (Kind::Ip, Value::Bytes(bytes)) => ip(&bytes).map_or(Cell::Empty, Cell::from),
        (Kind::Number | Kind::Bytes | Kind::Duration, Value::Number(number)) if number >= 0 => Cell::Number(number),
        (Kind::Time, Value::Number(millis)) => Timestamp::from_millis(millis).map_or(Cell::Empty, Cell::Time),
        (Kind::Flag, Value::Number(flag)) if flag >= 0 => Cell::Flag(flag != 0),
        (Kind::Id, Value::Number(id)) => EventId::from_i64(id).map_or(Cell::Empty, |id| Cell::Text(id.to_string())),
        _ => Cell::Empty,
    }
}

/// The family's number and the address: 5 or 17 bytes that sort IPv4 before IPv6, and in each family like its networks.
pub fn ip_bytes(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(v4) => [&[4][..], &v4.octets()].concat(),
        IpAddr::V6(v6) => [&[6][..], &v6.octets()].concat(),
    }
}

/// The address of [`ip_bytes`]; `None` when it is missing.
pub fn ip(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.split_first()? {
        (4, octets) => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
        (_, octets) => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
    }
}

/// The text as every database can keep it, cut at a character after at most `bytes` bytes, with an ellipsis where something is missing.
pub fn cut(text: &str, bytes: usize) -> Cow<'_, str> {
    let text = clean(text);
    if text.len() <= bytes {
        return text;
    }
    let end = text.floor_char_boundary(bytes - '…'.len_utf8());
    format!("{}…", &text[..end]).into()
}

/// [`cut`], of a text that is not needed otherwise: most are kept as they are.
pub fn shortened(text: String, bytes: usize) -> String {
    match cut(&text, bytes) {
        Cow::Borrowed(_) => text,
        Cow::Owned(cut) => cut,
    }
}

/// The text with U+FFFD for each U+0000, which PostgreSQL cannot keep.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}").into() } else { text.into() }
}

/// The lines of a kept log.
pub fn lines(log: &str) -> Vec<String> {
    if log.is_empty() { Vec::new() } else { log.split('\n').map(str::to_owned).collect() }
}
