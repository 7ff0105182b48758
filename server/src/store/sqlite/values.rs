//! Every text a report's columns hold, once each: so a search reads thousands of names instead of millions of rows.

use super::connection::failed;
use super::known::Known;
use super::sql::{Slice, Sql, index, key, test};
use crate::store::part::Part;
use crate::store::value::{Value, head, ip, ip_bytes};
use crate::store::whole::Whole;
use crate::store::{StoreError, fold};
use rusqlite::{Connection, params, params_from_iter};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::net::IpAddr;
use vigia_app::model::{Column, Kind, Report};

/// A search with more values than this goes along the rows: with so many, matching rows are met soon.
pub(super) const MOST: usize = 4_000;
/// Values looked at in one transaction: others write between two.
const STEP: usize = 2_000;
/// Enough to leave few wrong candidates; each one more is another list to read.
const TRIGRAMS: usize = 6;

/// Makes the texts of an event findable, inside the caller's transaction.
pub(super) fn add(connection: &Connection, report: &'static Report, event: &Whole, known: &mut Known) -> rusqlite::Result<()> {
    report.stored().enumerate().zip(&event.cells).try_for_each(|(column, kept)| add_one(connection, report, column, kept, known))
}

/// Makes one value findable: that of the column of this number among those that are stored.
pub(super) fn add_one(
    connection: &Connection,
    report: &'static Report,
    (number, column): (usize, &Column),
    kept: &Value,
    known: &mut Known,
) -> rusqlite::Result<()> {
    match kept {
        _ if !column.searched() => Ok(()),
        Value::Text(text) if !text.is_empty() && known.is_new(report, number, kept) => add_text(connection, report, column, text),
        Value::Bytes(bytes) if !bytes.is_empty() && known.is_new(report, number, kept) => match ip(bytes) {
            Some(ip) => add_text(connection, report, column, &ip.to_string()),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn add_text(connection: &Connection, report: &Report, column: &Column, text: &str) -> rusqlite::Result<()> {
    let digest = Sha256::new().chain_update(column.key).chain_update([0]).chain_update(text).finalize();
    let shown = if column.kind == Kind::LongText { head(text) } else { text };
    let sql = format!("INSERT INTO {}_value (hash, \"column\", text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", report.table);
    let added = connection.prepare_cached(&sql)?.execute(params![&digest[..16], column.key, shown])?;
    if added == 1 {
        let sql = format!("INSERT INTO {}_text (rowid, text) VALUES (?, ?)", report.table);
        connection.prepare_cached(&sql)?.execute(params![connection.last_insert_rowid(), fold::fold(text)])?;
    }
    Ok(())
}

/// Forgets the values that no row has any more, inside the caller's transaction.
pub(super) fn sweep(connection: &Connection, report: &'static Report) -> Result<(), StoreError> {
    let table = report.table;
    for column in report.stored().filter(|column| column.searched()) {
        // The text of an address is not what its column keeps.
        let kept = if column.kind == Kind::Ip { format!("ip_text({})", key(report, column)) } else { key(report, column) };
        let there = format!("SELECT {kept} FROM {table}");
        let gone = format!("SELECT id FROM {table}_value WHERE \"column\" = ?1 AND text COLLATE NOCASE NOT IN ({there})");
        connection.execute(&format!("DELETE FROM {table}_text WHERE rowid IN ({gone})"), [column.key]).map_err(failed)?;
        connection.execute(&format!("DELETE FROM {table}_value WHERE id IN ({gone})"), [column.key]).map_err(failed)?;
    }
    Ok(())
}

/// What one step of [`tidy`] did.
pub(super) struct Tidied {
    pub forgotten: u64,
    /// Where the next step starts; `None` when all were looked at.
    pub next: Option<i64>,
}

/// Forgets, of the next [`STEP`] values from an id on, those that no row has any more.
pub(super) fn tidy(connection: &Connection, report: &'static Report, from: i64) -> Result<Tidied, StoreError> {
    let table = report.table;
    let sql = format!("SELECT id, \"column\", text FROM {table}_value WHERE id >= ? ORDER BY id LIMIT {STEP}");
    let looked_at = (|| {
        let mut find = connection.prepare_cached(&sql)?;
        find.query_map([from], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()
    })()
    .map_err(failed)?;
    let mut forgotten = 0;
    for (id, name, text) in &looked_at {
        let slice = report.column(name).and_then(|column| slice(report, column, text.clone()));
        let used = slice.map_or(Ok(false), |slice| {
            let mut sql = Sql::new(format!("SELECT 1 FROM {table} INDEXED BY {} WHERE ", slice.index), []);
            sql.add(&test(&slice.part, &slice.key)).push(" LIMIT 1");
            connection.prepare_cached(&sql.text)?.exists(params_from_iter(sql.values))
        });
        if !used.map_err(failed)? {
            for of in ["text WHERE rowid", "value WHERE id"] {
                connection
                    .prepare_cached(&format!("DELETE FROM {table}_{of} = ?"))
                    .and_then(|mut forget| forget.execute([id]))
                    .map_err(failed)?;
            }
            forgotten += 1;
        }
    }
    let next = if looked_at.len() < STEP { None } else { looked_at.last().map(|(id, ..)| id + 1) };
    Ok(Tidied { forgotten, next })
}

/// The parts of the columns' indexes whose values contain the folded needle; `None` when they are too many, or only the rows know.
pub(super) fn containing(
    connection: &Connection,
    report: &'static Report,
    columns: &[&Column],
    needle: &str,
) -> Result<Option<Vec<Slice>>, StoreError> {
    let table = report.table;
    let names = vec!["?"; columns.len()].join(", ");
    let matching = trigrams(needle);
    let from = match &matching {
        Some(_) => format!("{table}_text CROSS JOIN {table}_value v ON v.id = {table}_text.rowid WHERE {table}_text MATCH ? AND"),
        // Without a trigram every value is looked at; of a long text there is only the head to look at.
        None if columns.iter().any(|column| column.kind == Kind::LongText) => return Ok(None),
        None => format!("{table}_value v WHERE contains_folded(v.text, ?) AND"),
    };
    let sql = format!("SELECT v.\"column\", v.text FROM {from} v.\"column\" IN ({names}) LIMIT {}", MOST + 1);
    let first = matching.unwrap_or_else(|| needle.to_owned());
    let values = std::iter::once(first.as_str()).chain(columns.iter().map(|column| column.key));
    let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
    let mut rows = statement.query(params_from_iter(values)).map_err(failed)?;
    let mut found = BTreeSet::new();
    let mut read = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        read += 1;
        if read > MOST {
            return Ok(None);
        }
        let (name, text): (String, String) = (row.get(0).map_err(failed)?, row.get(1).map_err(failed)?);
        let Some(column) = columns.iter().position(|column| column.key == name) else { continue };
        // Trigrams that occur need not be neighbours; of a long text the row itself decides.
        if columns[column].kind == Kind::LongText || fold::contains(&text, needle) {
            // The indexes do not tell A from a.
            found.insert((column, text.to_ascii_lowercase()));
        }
    }
    Ok(Some(found.into_iter().filter_map(|(column, text)| slice(report, columns[column], text)).collect()))
}

fn slice(report: &Report, column: &Column, text: String) -> Option<Slice> {
    let value = match column.kind {
        Kind::Ip => Value::Bytes(ip_bytes(text.parse::<IpAddr>().ok()?)),
        _ => Value::Text(text),
    };
    Some(Slice { index: index(report, column)?.into(), key: key(report, column).into(), part: Part::Point(value) })
}

/// The FTS5 query for a folded needle; `None` when it is shorter than a trigram.
fn trigrams(needle: &str) -> Option<String> {
    let characters: Vec<char> = needle.chars().collect();
    let all: Vec<&[char]> = characters.windows(3).collect();
    // Spread over the needle, the end included: beginnings are what names share.
    let step = all.len().div_ceil(TRIGRAMS).max(1);
    let quoted = |three: &[char]| format!("\"{}\"", three.iter().collect::<String>().replace('"', "\"\""));
    let chosen: BTreeSet<String> = all.into_iter().rev().step_by(step).map(quoted).collect();
    (!chosen.is_empty()).then(|| chosen.into_iter().collect::<Vec<_>>().join(" AND "))
}
