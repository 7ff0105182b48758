//! SQL in pieces, and the values in it.

use crate::store::piece::Piece;
use crate::store::value::Value;
use std::error::Error;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Row};
use vigia_app::model::{Column, Kind, Report};

/// The value of a `?`.
#[derive(Debug, Clone)]
pub(super) enum Param {
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
    Numbers(Vec<i64>),
    Texts(Vec<String>),
    Byteses(Vec<Vec<u8>>),
}

impl Param {
    /// A list of values of one column.
    pub(super) fn list(values: impl IntoIterator<Item = Value>) -> Self {
        let (mut numbers, mut texts, mut byteses) = (Vec::new(), Vec::new(), Vec::new());
        for value in values {
            match value {
                Value::Number(number) => numbers.push(number),
                Value::Text(text) => texts.push(text.to_ascii_lowercase()),
                Value::Bytes(bytes) => byteses.push(bytes),
            }
        }
        match (numbers.is_empty(), texts.is_empty()) {
            (false, _) => Self::Numbers(numbers),
            (_, false) => Self::Texts(texts),
            _ => Self::Byteses(byteses),
        }
    }

    pub(super) const fn kind(&self) -> Type {
        match self {
            Self::Number(_) => Type::INT8,
            Self::Text(_) => Type::TEXT,
            Self::Bytes(_) => Type::BYTEA,
            Self::Numbers(_) => Type::INT8_ARRAY,
            Self::Texts(_) => Type::TEXT_ARRAY,
            Self::Byteses(_) => Type::BYTEA_ARRAY,
        }
    }

    /// How many values it has.
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Numbers(list) => list.len(),
            Self::Texts(list) => list.len(),
            Self::Byteses(list) => list.len(),
            Self::Number(_) | Self::Text(_) | Self::Bytes(_) => 1,
        }
    }

    /// The value of a list that has one.
    pub(super) fn only(&self) -> Option<Self> {
        match self {
            Self::Numbers(list) if let [number] = list[..] => Some(Self::Number(number)),
            Self::Texts(list) if let [text] = &list[..] => Some(Self::Text(text.clone())),
            Self::Byteses(list) if let [bytes] = &list[..] => Some(Self::Bytes(bytes.clone())),
            _ => None,
        }
    }

    /// Name of the type of a list.
    pub(super) const fn cast(&self) -> &'static str {
        match self {
            Self::Number(_) | Self::Numbers(_) => "bigint[]",
            Self::Text(_) | Self::Texts(_) => "text[]",
            Self::Bytes(_) | Self::Byteses(_) => "bytea[]",
        }
    }
}

/// As the indexes have it: texts without the case of A to Z.
impl From<Value> for Param {
    fn from(value: Value) -> Self {
        match value {
            Value::Number(number) => Self::Number(number),
            Value::Text(text) => Self::Text(text.to_ascii_lowercase()),
            Value::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}

impl ToSql for Param {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Number(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
            Self::Numbers(numbers) => numbers.to_sql(kind, out),
            Self::Texts(texts) => texts.to_sql(kind, out),
            Self::Byteses(byteses) => byteses.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

pub(super) type Sql = Piece<Param>;

impl Sql {
    /// Asks without keeping a plan: questions differ too much for that.
    pub(super) async fn rows(&self, client: &Client) -> Result<Vec<Row>, tokio_postgres::Error> {
        let mut parts = self.text.split('?');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (number, part) in parts.enumerate() {
            text.push_str(&format!("${}{part}", number + 1));
        }
        let parameters: Vec<(&(dyn ToSql + Sync), Type)> =
            self.values.iter().map(|value| (value as &(dyn ToSql + Sync), value.kind())).collect();
        client.query_typed(&text, &parameters).await
    }

    /// The ids in the first column.
    pub(super) async fn ids(&self, client: &Client) -> Result<Vec<i64>, tokio_postgres::Error> {
        self.rows(client).await?.iter().map(|row| row.try_get(0)).collect()
    }
}

/// What a column is sorted and searched by: what its index is on.
pub(super) fn key(report: &Report, column: &Column) -> String {
    match column.kind {
        Kind::Id => "id".to_owned(),
        _ if report.is_time(column) => "id".to_owned(),
        Kind::LongText => format!("lower(left(\"{}\", 64))", column.key),
        Kind::Text | Kind::Choice { .. } => format!("lower(\"{}\")", column.key),
        _ => format!("\"{}\"", column.key),
    }
}
