//! A query's conditions as SQL.

use super::sql::{Param, Sql, key};
use super::values;
use crate::store::part::{Part, Wanted, gaps, wanted};
use crate::store::value::Value;
use crate::store::{ResolvedQuery, StoreError, fold};
use tokio_postgres::Client;
use vigia_app::model::{Column, Kind, Report};

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
