//! What people say of events, beside their rows.

use super::copy::Rows;
use super::error::failed;
use super::{PostgresStore, amend, journal, listen};
use crate::store::StoreError;
use crate::store::changed::Changed;
use crate::store::reviews::{COLUMNS, Reviews, Said, kept, row, word};
use async_trait::async_trait;
use deadpool_postgres::{ClientWrapper, Transaction};
use std::collections::HashMap;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};
use vigia_app::model::{EventId, Report, ReviewEntry, Timestamp, Verdict};

/// What [`step`] reads.
const STEP: &str = "at, who, verdict, comment";

#[async_trait]
impl Reviews for PostgresStore {
    async fn review(&self, said: Said) -> Result<Vec<EventId>, StoreError> {
        let mut client = self.changing().await?;
        let done = review(&mut client, &kept(said)).await.map_err(failed);
        client.ended(done)
    }

    async fn reviews(&self, report: &'static Report, id: EventId) -> Result<Vec<ReviewEntry>, StoreError> {
        let sql = format!("SELECT {STEP} FROM review WHERE report = $1 AND event = $2 ORDER BY number");
        self.rows(&sql, &[&report.key, &id.get()]).await?.iter().map(step).collect::<Result<_, _>>().map_err(failed)
    }

    async fn last(&self) -> Result<Option<Timestamp>, StoreError> {
        let rows = self.rows("SELECT max(at) FROM review", &[]).await?;
        let last = rows.first().map(|row| row.try_get::<_, Option<i64>>(0)).transpose().map_err(failed)?;
        Ok(last.flatten().map(Timestamp::saturating))
    }
}

/// See [`Reviews::review`].
async fn review(client: &mut ClientWrapper, said: &Said) -> Result<Vec<EventId>, Error> {
    let Said { ids, step, .. } = said;
    let report = said.report;
    let mut asked: Vec<i64> = ids.iter().copied().map(EventId::get).collect();
    asked.sort_unstable();
    let (Some(first), Some(last)) = (asked.first().copied(), asked.last().copied()) else { return Ok(Vec::new()) };
    let transaction = client.transaction().await?;
    // In the order that whoever removes rows locks them in. The bounds spare the partitions that hold none of them.
    let within = "id = ANY($1) AND id >= $2 AND id <= $3";
    let keep = format!("SELECT id, review FROM {} WHERE {within} ORDER BY id FOR UPDATE", report.table);
    let rows = transaction.query(&transaction.prepare_cached(&keep).await?, &[&asked, &first, &last]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (mut there, mut heeded) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in &rows {
        let id: i64 = row.try_get(0)?;
        there.push(id);
        heeded.extend(said.space(row.try_get(1)?).map(|space| (space, id.to_string())));
    }
    let set: Vec<String> = (4..).zip(COLUMNS).map(|(place, column)| format!("\"{column}\" = ${place}")).collect();
    let update = format!("UPDATE {} SET {} WHERE {within}", report.table, set.join(", "));
    let row = row(step);
    let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&there, &first, &last];
    parameters.extend(row.iter().map(amend::parameter));
    transaction.execute(&transaction.prepare_cached(&update).await?, &parameters).await?;
    let add = "INSERT INTO review (report, event, number, at, who, verdict, comment)
               SELECT $1, n.event, 1 + coalesce((SELECT max(r.number) FROM review r WHERE r.report = $1 AND r.event = n.event), 0),
                   $3, $4, $5, $6
               FROM unnest($2::bigint[]) AS n(event)";
    let at = step.at.millis();
    let values: [&(dyn ToSql + Sync); 6] = [&report.key, &there, &at, &step.who, &word(step.verdict), &step.comment];
    transaction.execute(&transaction.prepare_cached(add).await?, &values).await?;
    if !heeded.is_empty() {
        let (spaces, keys): (Vec<&str>, Vec<String>) = heeded.into_iter().unzip();
        let heed = "INSERT INTO kept (space, key, value) SELECT n.space, n.key, '' FROM unnest($1::text[], $2::text[]) AS n(space, key)
                    ON CONFLICT DO NOTHING";
        transaction.execute(&transaction.prepare_cached(heed).await?, &[&spaces, &keys]).await?;
    }
    let mut changed = Changed::default();
    changed.events(report, there.iter().copied());
    listen::tell_stored(&transaction, &[report]).await?;
    journal::commit(transaction, changed).await?;
    Ok(there.into_iter().filter_map(EventId::from_i64).collect())
}

fn step(row: &Row) -> Result<ReviewEntry, Error> {
    Ok(ReviewEntry {
        at: Timestamp::saturating(row.try_get(0)?),
        who: row.try_get(1)?,
        verdict: Verdict::read(row.try_get(2)?),
        comment: row.try_get(3)?,
    })
}

/// Of the events between two ids, by event.
pub(super) async fn between(
    client: &ClientWrapper,
    report: &Report,
    first: i64,
    last: i64,
) -> Result<HashMap<i64, Vec<ReviewEntry>>, Error> {
    let sql = format!("SELECT {STEP}, event FROM review WHERE report = $1 AND event >= $2 AND event <= $3 ORDER BY event, number");
    let mut reviews: HashMap<i64, Vec<ReviewEntry>> = HashMap::new();
    for row in client.query(&client.prepare_cached(&sql).await?, &[&report.key, &first, &last]).await? {
        reviews.entry(row.try_get("event")?).or_default().push(step(&row)?);
    }
    Ok(reviews)
}

/// Puts down those of events that have none yet.
pub(super) async fn put(transaction: &Transaction<'_>, report: &Report, all: &[(i64, Vec<ReviewEntry>)]) -> Result<(), Error> {
    let mut rows = Rows::new(7);
    for (event, reviews) in all {
        for (number, step) in (1_i64..).zip(reviews) {
            rows.row().text(report.key).number(*event).number(number).number(step.at.millis());
            rows.text(&step.who).text(word(step.verdict)).text(&step.comment);
        }
    }
    rows.send(transaction, "COPY review (report, event, number, at, who, verdict, comment) FROM STDIN (FORMAT binary)").await
}
