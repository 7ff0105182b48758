//! Every text a report's columns hold, once each: so a search reads thousands of names instead of millions of rows.

use super::error::failed;
use super::lock;
use super::sql::{Param, key};
use crate::store::value::{Value, head, ip, ip_bytes};
use crate::store::{StoreError, fold};
use deadpool_postgres::{ClientWrapper, Transaction};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};
use uuid::Uuid;
use vigia_app::model::{Column, Kind, Report};

/// A search with more values than this goes along the rows: with so many, matching rows are met soon.
const MOST: usize = 4_000;
/// Values looked at in one transaction: who stores events waits for it.
const STEP: usize = 500;

/// The texts that one batch of events brings.
#[derive(Default)]
pub(super) struct Texts {
    /// By column.
    seen: HashMap<&'static str, HashSet<Value>>,
    /// By hash: everyone adds them in this order.
    texts: BTreeMap<Uuid, Text>,
}

struct Text {
    column: &'static str,
    shown: String,
    folded: String,
}

impl Texts {
    /// Remembers what a column keeps, if it can be searched for.
    pub(super) fn add(&mut self, column: &'static Column, kept: &Value) {
        let bytes = match kept {
            Value::Text(text) if !text.is_empty() && column.searched() => text.as_bytes(),
            Value::Bytes(bytes) if !bytes.is_empty() => bytes,
            _ => return,
        };
        let seen = self.seen.entry(column.key).or_default();
        if seen.contains(kept) {
            return;
        }
        seen.insert(kept.clone());
        let hash = hash(column, bytes);
        let text = match kept {
            Value::Text(text) => text.clone(),
            Value::Bytes(bytes) => ip(bytes).map_or_else(String::new, |ip| ip.to_string()),
            Value::Number(_) => return,
        };
        let folded = fold::fold(&text).into_owned();
        let shown = if column.kind == Kind::LongText { head(&text).to_owned() } else { text };
        self.texts.insert(hash, Text { column: column.key, shown, folded });
    }
}

/// What names a value of a column; [`super::predicate`] computes it in the database.
fn hash(column: &Column, bytes: &[u8]) -> Uuid {
    let digest = Sha256::new().chain_update(column.key).chain_update([0]).chain_update(bytes).finalize();
    Uuid::from_slice(&digest[..16]).unwrap_or_default()
}

/// Makes texts findable.
pub(super) async fn add(transaction: &Transaction<'_>, report: &Report, texts: Texts) -> Result<(), Error> {
    if texts.texts.is_empty() {
        return Ok(());
    }
    let hashes: Vec<Uuid> = texts.texts.keys().copied().collect();
    let columns: Vec<&str> = texts.texts.values().map(|text| text.column).collect();
    let shown: Vec<&str> = texts.texts.values().map(|text| &*text.shown).collect();
    let folded: Vec<&str> = texts.texts.values().map(|text| &*text.folded).collect();
    let add = transaction
        .prepare_cached(&format!(
            "INSERT INTO {}_value (hash, \"column\", text, folded)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING",
            report.table
        ))
        .await?;
    transaction.execute(&add, &[&hashes, &columns, &shown, &folded]).await.map(drop)
}

/// By column, the values whose texts contain the folded needle, as the columns' indexes keep them; `None` when they are too many.
pub(super) async fn containing(
    client: &Client,
    report: &'static Report,
    columns: &[&'static Column],
    needle: &str,
) -> Result<Option<Vec<(&'static Column, Param)>>, StoreError> {
    let names: Vec<&str> = columns.iter().map(|column| column.key).collect();
    let pattern = like(needle);
    let sql =
        format!("SELECT \"column\", text FROM {}_value WHERE folded LIKE $1 AND \"column\" = ANY($2) LIMIT {}", report.table, MOST + 1);
    let parameters: [(&(dyn ToSql + Sync), Type); 2] = [(&pattern, Type::TEXT), (&names, Type::TEXT_ARRAY)];
    let rows = client.query_typed(&sql, &parameters).await.map_err(failed)?;
    if rows.len() > MOST {
        return Ok(None);
    }
    let mut found: Vec<BTreeSet<Value>> = vec![BTreeSet::new(); columns.len()];
    for row in rows {
        let (name, text): (&str, &str) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
        if let Some(at) = columns.iter().position(|column| column.key == name) {
            found[at].extend(value(columns[at], text));
        }
    }
    let lists = columns.iter().zip(found).filter(|(_, values)| !values.is_empty());
    Ok(Some(lists.map(|(column, values)| (*column, Param::list(values))).collect()))
}

/// A pattern for what contains the text.
fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// What the column's index has for a text of the value table.
fn value(column: &Column, text: &str) -> Option<Value> {
    match column.kind {
        Kind::Ip => Some(Value::Bytes(ip_bytes(text.parse::<IpAddr>().ok()?))),
        _ => Some(Value::Text(text.to_ascii_lowercase())),
    }
}

/// What one step of [`tidy`] did.
pub(super) struct Tidied {
    pub forgotten: u64,
    /// Where the next step starts; `None` when all were looked at.
    pub next: Option<Uuid>,
}

/// Forgets, of the next [`STEP`] values behind a hash, those that no row has any more.
pub(super) async fn tidy(client: &mut ClientWrapper, report: &'static Report, behind: Option<Uuid>) -> Result<Tidied, StoreError> {
    let table = report.table;
    let work = async {
        let transaction = client.transaction().await?;
        transaction.batch_execute(&format!("{}; {}", lock::PATIENT, lock::forgetting(report))).await?;
        let sql =
            format!("SELECT hash, \"column\", text FROM {table}_value WHERE $1::uuid IS NULL OR hash > $1 ORDER BY hash LIMIT {STEP}");
        let looked_at = transaction.query(&sql, &[&behind]).await?;
        let mut by_column: BTreeMap<&str, (Vec<Uuid>, Vec<Value>)> = BTreeMap::new();
        let mut gone: Vec<Uuid> = Vec::new();
        for row in &looked_at {
            let (hash, name): (Uuid, &str) = (row.try_get(0)?, row.try_get(1)?);
            match report.column(name).and_then(|column| value(column, row.get(2))) {
                Some(value) => {
                    let (hashes, values) = by_column.entry(name).or_default();
                    hashes.push(hash);
                    values.push(value);
                }
                // Of a column that is no more.
                None => gone.push(hash),
            }
        }
        for (name, (hashes, values)) in by_column {
            let Some(column) = report.column(name) else { continue };
            let values = Param::list(values);
            let sql = format!(
                "SELECT v.hash FROM unnest($1::uuid[], $2) AS v(hash, value)
                 WHERE NOT EXISTS (SELECT FROM {table} WHERE {} = v.value OFFSET 0)",
                key(report, column)
            );
            let parameters: [(&(dyn ToSql + Sync), Type); 2] = [(&hashes, Type::UUID_ARRAY), (&values, values.kind())];
            for row in transaction.query_typed(&sql, &parameters).await? {
                gone.push(row.try_get(0)?);
            }
        }
        let forgotten = transaction.execute(&format!("DELETE FROM {table}_value WHERE hash = ANY($1)"), &[&gone]).await?;
        transaction.commit().await?;
        let next = if looked_at.len() < STEP { None } else { looked_at.last().map(|row| row.get(0)) };
        Ok(Tidied { forgotten, next })
    };
    work.await.map_err(failed)
}
