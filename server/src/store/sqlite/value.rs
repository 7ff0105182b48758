//! How the cells of a column are kept. The schema explains it from the other side.

use crate::event::Event;
use rusqlite::types::{Value, ValueRef};
use std::net::IpAddr;
use vigia_app::model::{Cell, Column, EventId, Kind, Timestamp};

/// A missing number, time or flag. All that are there are 0 or more, so it sorts before them.
pub(super) const MISSING: i64 = -1;

/// The value of a cell as its column keeps it; a cell of another kind than its column counts as missing.
pub(super) fn keep(column: &Column, cell: &Cell) -> Value {
    match (column.kind, cell) {
        (Kind::Text | Kind::Choice { .. }, Cell::Text(text)) => Value::Text(cut(text, Event::MAX_NAME).into_owned()),
        (Kind::LongText, Cell::Text(text)) => Value::Text(cut(text, Event::MAX_TEXT).into_owned()),
        (Kind::Text | Kind::Choice { .. } | Kind::LongText, _) => Value::Text(String::new()),
        (Kind::Ip, Cell::Ip(ip)) => Value::Blob(ip_bytes(*ip)),
        (Kind::Ip, _) => Value::Blob(Vec::new()),
        (Kind::Number | Kind::Bytes, Cell::Number(number)) => Value::Integer((*number).max(MISSING)),
        (Kind::Time, Cell::Time(time)) => Value::Integer(time.millis()),
        (Kind::Flag, Cell::Flag(flag)) => Value::Integer(i64::from(*flag)),
        _ => Value::Integer(MISSING),
    }
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
pub(super) fn cut(text: &str, bytes: usize) -> std::borrow::Cow<'_, str> {
    if text.len() <= bytes {
        return text.into();
    }
    let end = text.floor_char_boundary(bytes - '…'.len_utf8());
    format!("{}…", &text[..end]).into()
}
