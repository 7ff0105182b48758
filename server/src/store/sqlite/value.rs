//! How the cells of a column are kept. The schema explains it from the other side.

use crate::event::Event;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use std::borrow::Cow;
use std::net::IpAddr;
use vigia_app::model::{Cell, Column, EventId, Kind, Timestamp};

/// A missing number, time or flag. All that are there are 0 or more, so it sorts before them.
pub(super) const MISSING: i64 = -1;

/// The value of a cell as its column keeps it; a cell of another kind than its column counts as missing.
pub(super) fn keep<'a>(column: &Column, cell: &'a Cell) -> ToSqlOutput<'a> {
    let number = |number: i64| ToSqlOutput::Owned(Value::Integer(number));
    match (column.kind, cell) {
        (Kind::Text | Kind::Choice { .. } | Kind::LongText, Cell::Text(text)) => match kept(column, text) {
            Cow::Borrowed(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cow::Owned(text) => ToSqlOutput::Owned(Value::Text(text)),
        },
        (Kind::Text | Kind::Choice { .. } | Kind::LongText, _) => ToSqlOutput::Borrowed(ValueRef::Text(b"")),
        (Kind::Ip, Cell::Ip(ip)) => ToSqlOutput::Owned(Value::Blob(ip_bytes(*ip))),
        (Kind::Ip, _) => ToSqlOutput::Borrowed(ValueRef::Blob(b"")),
        (Kind::Number | Kind::Bytes, Cell::Number(value)) => number((*value).max(MISSING)),
        (Kind::Time, Cell::Time(time)) => number(time.millis()),
        (Kind::Flag, Cell::Flag(flag)) => number(i64::from(*flag)),
        _ => number(MISSING),
    }
}

/// What a column of texts keeps of a text.
pub(super) fn kept<'a>(column: &Column, text: &'a str) -> Cow<'a, str> {
    cut(text, if column.kind == Kind::LongText { Event::MAX_TEXT } else { Event::MAX_NAME })
}

/// The cell of a kept value.
pub(super) fn cell(column: &Column, value: ValueRef<'_>) -> Cell {
    match (column.kind, value) {
        (Kind::Text | Kind::LongText | Kind::Choice { .. }, ValueRef::Text(text)) => Cell::text(String::from_utf8_lossy(text)),
        (Kind::Ip, ValueRef::Blob(bytes)) => ip(bytes).map_or(Cell::Empty, Cell::from),
        (Kind::Number | Kind::Bytes, ValueRef::Integer(number)) if number >= 0 => Cell::Number(number),
        (Kind::Time, ValueRef::Integer(millis)) => Timestamp::from_millis(millis).map_or(Cell::Empty, Cell::Time),
        (Kind::Flag, ValueRef::Integer(flag)) if flag >= 0 => Cell::Flag(flag != 0),
        (Kind::Id, ValueRef::Integer(id)) => EventId::from_i64(id).map_or(Cell::Empty, |id| Cell::Text(id.to_string())),
        _ => Cell::Empty,
    }
}

/// The family's number and the address: 5 or 17 bytes that sort IPv4 before IPv6, and in each family like its networks.
pub(super) fn ip_bytes(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(v4) => [&[4][..], &v4.octets()].concat(),
        IpAddr::V6(v6) => [&[6][..], &v6.octets()].concat(),
    }
}

/// The address of [`ip_bytes`]; `None` when it is missing.
pub(super) fn ip(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.split_first()? {
        (4, octets) => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
        (_, octets) => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
    }
}

/// The text, cut at a character after at most `bytes` bytes, with an ellipsis where something is missing.
pub(super) fn cut(text: &str, bytes: usize) -> Cow<'_, str> {
    if text.len() <= bytes {
        return text.into();
    }
    let end = text.floor_char_boundary(bytes - '…'.len_utf8());
    format!("{}…", &text[..end]).into()
}
