//! What people say of events, beside their rows.

use super::{SqliteStore, journal};
use crate::store::StoreError;
use crate::store::reviews::{COLUMNS, Reviews, Said, kept, row, word};
use crate::store::value::Value;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use std::collections::HashMap;
use vigia_app::model::{EventId, Report, ReviewEntry, Timestamp, Verdict};

/// What [`step`] reads.
const STEP: &str = "at, who, verdict, comment";

#[async_trait]
impl Reviews for SqliteStore {
    async fn review(&self, said: Said) -> Result<Vec<EventId>, StoreError> {
        let report = said.report;
        let there = self.write(move |connection| review(connection, &kept(said))).await?;
        if !there.is_empty() {
            self.teller.stored(&[report]);
        }
        Ok(there)
    }

    async fn reviews(&self, report: &'static Report, id: EventId) -> Result<Vec<ReviewEntry>, StoreError> {
        self.read(move |connection| {
            let sql = format!("SELECT {STEP} FROM review WHERE report = ? AND event = ? ORDER BY number");
            connection.prepare_cached(&sql)?.query_map(params![report.key, id.get()], step)?.collect()
        })
        .await
    }

    async fn last(&self) -> Result<Option<Timestamp>, StoreError> {
        let last = self.read(|connection| connection.query_row("SELECT max(at) FROM review", [], |row| row.get::<_, Option<i64>>(0)));
        Ok(last.await?.map(Timestamp::saturating))
    }
}

/// See [`Reviews::review`]; inside the caller's transaction.
fn review(connection: &Connection, said: &Said) -> rusqlite::Result<Vec<EventId>> {
    let Said { ids, step, .. } = said;
    let report = said.report;
    let mut find = connection.prepare_cached(&format!("SELECT review FROM {} WHERE id = ?", report.table))?;
    let set = COLUMNS.map(|column| format!("\"{column}\" = ?")).join(", ");
    let mut update = connection.prepare_cached(&format!("UPDATE {} SET {set} WHERE id = ?", report.table))?;
    let mut add = connection.prepare_cached(
        "INSERT INTO review (report, event, number, at, who, verdict, comment)
         SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3, ?4, ?5, ?6 FROM review WHERE report = ?1 AND event = ?2",
    )?;
    let mut heed = connection.prepare_cached("INSERT INTO kept (space, key, value) VALUES (?, ?, '') ON CONFLICT DO NOTHING")?;
    let row = row(step);
    journal::noting(connection, |changed| {
        let mut there = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(was) = find.query_row([id.get()], |row| row.get::<_, String>(0)).optional()? else { continue };
            update.execute(params_from_iter(row.iter().chain([&Value::Number(id.get())])))?;
            add.execute(params![report.key, id.get(), step.at.millis(), step.who, word(step.verdict), step.comment])?;
            if let Some(space) = said.space(&was) {
                heed.execute(params![space, id.get().to_string()])?;
            }
            changed.events(report, [id.get()]);
            there.push(*id);
        }
        Ok(there)
    })
}

fn step(row: &Row<'_>) -> rusqlite::Result<ReviewEntry> {
    Ok(ReviewEntry {
        at: Timestamp::saturating(row.get(0)?),
        who: row.get(1)?,
        verdict: Verdict::read(row.get_ref(2)?.as_str()?),
        comment: row.get(3)?,
    })
}

/// Of the events between two ids, by event.
pub(super) fn between(connection: &Connection, report: &Report, first: i64, last: i64) -> rusqlite::Result<HashMap<i64, Vec<ReviewEntry>>> {
    let sql = format!("SELECT {STEP}, event FROM review WHERE report = ? AND event >= ? AND event <= ? ORDER BY event, number");
    let mut find = connection.prepare_cached(&sql)?;
    let mut rows = find.query(params![report.key, first, last])?;
    let mut reviews: HashMap<i64, Vec<ReviewEntry>> = HashMap::new();
    while let Some(row) = rows.next()? {
        reviews.entry(row.get("event")?).or_default().push(step(row)?);
    }
    Ok(reviews)
}

/// Puts down those of an event that has none yet.
pub(super) fn put(connection: &Connection, report: &Report, event: i64, reviews: &[ReviewEntry]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO review (report, event, number, at, who, verdict, comment) VALUES (?, ?, ?, ?, ?, ?, ?)";
    let mut insert = connection.prepare_cached(sql)?;
    for (number, step) in (1_i64..).zip(reviews) {
        insert.execute(params![report.key, event, number, step.at.millis(), step.who, word(step.verdict), step.comment])?;
    }
    Ok(())
}

/// Removes those of the events whose ids a query finds: SQL whose parameters are the query's.
pub(super) fn remove(report: &Report, ids: &str) -> String {
    format!("DELETE FROM review WHERE report = '{}' AND event IN ({ids})", report.key)
}
