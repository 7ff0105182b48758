//! SQL in pieces, and parts of indexes as SQL.

use crate::store::part::Part;
use crate::store::piece::Piece;
use crate::store::value::Value;
use std::rc::Rc;
use vigia_app::model::{Column, Kind, Report};

pub(super) type Sql = Piece<Value>;

/// What a column is sorted and searched by.
pub(super) fn key(report: &Report, column: &Column) -> String {
    match column.kind {
        Kind::Id => "id".to_owned(),
        _ if report.is_time(column) => "id".to_owned(),
        Kind::LongText => format!("{}_head", column.key),
        _ => format!("\"{}\"", column.key),
    }
}

/// The index of a column; `None` where the table itself is in its order.
pub(super) fn index(report: &Report, column: &Column) -> Option<String> {
    (key(report, column) != "id").then(|| format!("{}_{}", report.table, column.key))
}

/// A part of one column's index.
#[derive(Debug, Clone)]
pub(super) struct Slice {
    pub index: Rc<str>,
    /// The expression the index is on.
    pub key: Rc<str>,
    pub part: Part,
}

/// What a value has to pass to lie in the part.
pub(super) fn test(part: &Part, key: &str) -> Sql {
    match part {
        Part::Point(value) => Sql::new(format!("{key} = ?"), [value.clone()]),
        Part::Range(Some(from), Some(to)) => Sql::new(format!("{key} BETWEEN ? AND ?"), [from.clone(), to.clone()]),
        Part::Range(Some(from), None) => Sql::new(format!("{key} >= ?"), [from.clone()]),
        Part::Range(None, Some(to)) => Sql::new(format!("{key} <= ?"), [to.clone()]),
        Part::Gap(Some(from), Some(to)) => Sql::new(format!("{key} > ? AND {key} < ?"), [from.clone(), to.clone()]),
        Part::Gap(Some(from), None) => Sql::new(format!("{key} > ?"), [from.clone()]),
        Part::Gap(None, Some(to)) => Sql::new(format!("{key} < ?"), [to.clone()]),
        Part::Range(None, None) | Part::Gap(None, None) => Sql::new("1", []),
    }
}
