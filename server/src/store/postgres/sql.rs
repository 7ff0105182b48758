//! A query's conditions as SQL.

use super::values;
use crate::store::part::{Part, Wanted, gaps, wanted};
use crate::store::value::Value;
use crate::store::{ResolvedQuery, StoreError, fold};
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
    fn only(&self) -> Option<Self> {
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

/// A piece of SQL and the values of its `?`.
#[derive(Debug, Clone, Default)]
pub(super) struct Sql {
    pub text: String,
    pub values: Vec<Param>,
}

impl Sql {
    pub(super) fn new(text: impl Into<String>, values: impl IntoIterator<Item = Param>) -> Self {
        Self { text: text.into(), values: values.into_iter().collect() }
    }

    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub(super) fn add(&mut self, other: &Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values.iter().cloned());
        self
    }

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

/// One condition of a query.
#[derive(Debug, Clone)]
pub(super) struct Predicate {
    /// What every row has to pass.
    pub test: Sql,
    /// What an index can find rows by; `None` where only the rows know.
    pub access: Option<Access>,
}

/// What finds the rows of a condition.
#[derive(Debug, Clone)]
pub(super) struct Access {
    /// For each column: what its index is on, and what it has to be.
    pub columns: Vec<(String, Is)>,
    /// Whether every row it finds passes the test. The index of a long text has its head only.
    pub exact: bool,
}

/// What the key of an index has to be.
#[derive(Debug, Clone)]
pub(super) enum Is {
    OneOf(Param),
    /// Parts that are not all points.
    In(Vec<Part>),
}

/// The planner weighs each value of a longer list on its own, which takes longer than the question; so it is not shown them.
pub(super) const FEW: usize = 10;

impl Access {
    /// For an index to find rows by.
    pub(super) fn sql(&self) -> Sql {
        let tests: Vec<Sql> = self.columns.iter().map(|(key, is)| is.sql(key)).collect();
        any(&tests)
    }

    /// For a row to pass.
    fn test(&self) -> Sql {
        let tests: Vec<Sql> = self.columns.iter().map(|(key, is)| is.test(key)).collect();
        any(&tests)
    }
}

impl Is {
    /// For an index to find rows by.
    pub(super) fn sql(&self, key: &str) -> Sql {
        match self {
            Self::OneOf(list) if list.len() > FEW => {
                Sql::new(format!("{key} = ANY(ARRAY(SELECT unnest(?::{})))", list.cast()), [list.clone()])
            }
            Self::OneOf(list) => match list.only() {
                // Rows of one value are in the order of their ids already, and the planner knows it of no list.
                Some(value) => Sql::new(format!("{key} = ?"), [value]),
                None => Sql::new(format!("{key} = ANY(?)"), [list.clone()]),
            },
            Self::In(parts) => any_of(key, parts),
        }
    }

    /// For a row to pass: of a longer list a hash table is made. The `OR false` keeps the planner from making a join of it.
    fn test(&self, key: &str) -> Sql {
        match self {
            Self::OneOf(list) if list.len() > FEW => {
                Sql::new(format!("({key} IN (SELECT unnest(?::{})) OR false)", list.cast()), [list.clone()])
            }
            _ => self.sql(key),
        }
    }
}

/// Every condition of a query but its time range.
pub(super) async fn predicates(client: &Client, resolved: &ResolvedQuery) -> Result<Vec<Predicate>, StoreError> {
    let query = &resolved.query;
    let report = query.report;
    let mut predicates = Vec::new();
    for (filter, times) in query.filters.iter().zip(&resolved.times) {
        let key = key(report, filter.column);
        predicates.push(match wanted(filter.column, &filter.test, *times) {
            Wanted::In(parts) => indexed(key, parts),
            Wanted::Outside(parts) => {
                let mut test = Sql::new("NOT ", []);
                test.add(&indexed(key.clone(), parts.clone()).test);
                Predicate { test, ..indexed(key, gaps(parts)) }
            }
            Wanted::Ids(ids) => {
                let access = Access { columns: vec![("id".to_owned(), Is::OneOf(Param::Numbers(ids)))], exact: true };
                Predicate { test: access.test(), access: Some(access) }
            }
            Wanted::Containing(needle) => contains(client, report, &[filter.column], &needle).await?,
        });
    }
    if !query.search.is_empty() {
        let columns: Vec<_> = report.columns.iter().filter(|column| column.searched()).collect();
        predicates.push(contains(client, report, &columns, &query.search).await?);
    }
    Ok(predicates)
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

fn indexed(key: String, parts: Vec<Part>) -> Predicate {
    let points = parts.iter().map(|part| if let Part::Point(value) = part { Some(value.clone()) } else { None });
    let is = match points.collect::<Option<Vec<Value>>>() {
        Some(points) => Is::OneOf(Param::list(points)),
        None => Is::In(parts),
    };
    Predicate { test: is.test(&key), access: Some(Access { columns: vec![(key, is)], exact: true }) }
}

/// The needle stands in one of the columns.
async fn contains(client: &Client, report: &'static Report, columns: &[&'static Column], needle: &str) -> Result<Predicate, StoreError> {
    let needle = fold::fold(needle);
    let tests: Vec<Sql> = columns.iter().map(|column| row_contains(report, column, &needle)).collect();
    let Some(found) = values::containing(client, report, columns, &needle).await? else {
        return Ok(Predicate { test: any(&tests), access: None });
    };
    let exact = found.iter().all(|(column, _)| column.kind != Kind::LongText);
    let columns = found.into_iter().map(|(column, values)| (key(report, column), Is::OneOf(values))).collect();
    let access = Access { columns, exact };
    let test = if exact { access.test() } else { any(&tests) };
    Ok(Predicate { test, access: Some(access) })
}

/// Whether a row's own text contains the folded needle. ASCII is folded here; for the rest the value table has the folded text.
fn row_contains(report: &Report, column: &Column, needle: &str) -> Sql {
    let name = format!("\"{}\"", column.key);
    let (ascii, bytes) = if column.kind == Kind::Ip {
        ("false".to_owned(), name.clone())
    } else {
        (format!("octet_length({name}) = length({name})"), format!("convert_to({name}, 'UTF8')"))
    };
    let folded = if column.kind == Kind::Ip { "false".to_owned() } else { format!("strpos(lower({name}), ?) > 0") };
    let hash = format!("encode(substr(sha256('\\x{}00'::bytea || {bytes}), 1, 16), 'hex')::uuid", hex(column.key));
    let needle = Param::Text(needle.to_owned());
    let mut sql = Sql::new(format!("CASE WHEN {ascii} THEN {folded} "), (column.kind != Kind::Ip).then(|| needle.clone()));
    sql.add(&Sql::new(
        format!("ELSE EXISTS (SELECT FROM {}_value AS v WHERE v.hash = {hash} AND strpos(v.folded, ?) > 0) END", report.table),
        [needle],
    ));
    sql
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// What a key has to pass to lie in one of the parts.
fn any_of(key: &str, parts: &[Part]) -> Sql {
    let bound = |by: &str, value: &Value| Sql::new(format!("{key} {by} ?"), [Param::from(value.clone())]);
    let both = |a: Sql, b: Sql| {
        let mut sql = Sql::new("(", []);
        sql.add(&a).push(" AND ").add(&b).push(")");
        sql
    };
    let tests: Vec<Sql> = parts
        .iter()
        .map(|part| match part {
            Part::Point(value) => bound("=", value),
            Part::Range(Some(from), Some(to)) => both(bound(">=", from), bound("<=", to)),
            Part::Range(Some(from), None) => bound(">=", from),
            Part::Range(None, Some(to)) => bound("<=", to),
            Part::Gap(Some(from), Some(to)) => both(bound(">", from), bound("<", to)),
            Part::Gap(Some(from), None) => bound(">", from),
            Part::Gap(None, Some(to)) => bound("<", to),
            Part::Range(None, None) | Part::Gap(None, None) => Sql::new("true", []),
        })
        .collect();
    any(&tests)
}

/// The tests in brackets, joined by OR.
fn any(tests: &[Sql]) -> Sql {
    let mut joined = Sql::new("(", []);
    if tests.is_empty() {
        joined.push("false");
    }
    for (at, test) in tests.iter().enumerate() {
        joined.push(if at == 0 { "" } else { " OR " }).add(test);
    }
    joined.push(")");
    joined
}
