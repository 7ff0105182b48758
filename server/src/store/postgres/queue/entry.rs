//! Operations as the queue's table keeps them: reading, adding and saving many at once.

use crate::store::operations::Plan;
use crate::store::steps::Entry;
use crate::store::value::MISSING;
use deadpool_postgres::Transaction;
use std::collections::HashMap;
use std::error::Error as Cause;
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Error, Row};
use uuid::Uuid;
use vigia_app::model::{OperationStatus, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

/// What [`entry`] reads, in its order.
pub(in crate::store::postgres) const ENTRY: &str = "o.id, o.status, o.connector, o.parameters, o.credential, o.device, o.priority, o.due, o.parked, \
                                o.attempt, o.tries, o.max_tries, o.runs, o.unsure, o.fence, o.owner, o.lease, o.approve_by, o.asked_by";

pub(in crate::store::postgres) fn entry(row: &Row) -> Result<Entry, Error> {
    Ok(Entry {
        id: row.try_get(0)?,
        status: row.try_get::<_, Status>(1)?.0,
        plan: Plan {
            connector: row.try_get(2)?,
            parameters: row.try_get::<_, Parameters>(3)?.0,
            credential: row.try_get(4)?,
            max_tries: small(row.try_get(11)?),
        },
        device: row.try_get(5)?,
        priority: row.try_get(6)?,
        due: Timestamp::saturating(row.try_get(7)?),
        parked: row.try_get(8)?,
        attempt: small(row.try_get(9)?),
        tries: small(row.try_get(10)?),
        runs: row.try_get(12)?,
        unsure: Timestamp::from_millis(row.try_get(13)?),
        fence: row.try_get(14)?,
        owner: row.try_get(15)?,
        lease: Timestamp::from_millis(row.try_get(16)?),
        approve_by: Timestamp::from_millis(row.try_get(17)?),
        asked_by: row.try_get(18)?,
    })
}

pub(in crate::store::postgres) fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The word of a status.
pub(in crate::store::postgres) struct Status(pub OperationStatus);

impl<'a> FromSql<'a> for Status {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Cause + Sync + Send>> {
        let word = <&str>::from_sql(kind, raw)?;
        OperationStatus::parse(word).map(Self).ok_or_else(|| format!("{word:?} is not a status of an operation").into())
    }

    fn accepts(kind: &Type) -> bool {
        <&str>::accepts(kind)
    }
}

/// JSON: names and values.
struct Parameters(Vec<(String, String)>);

impl<'a> FromSql<'a> for Parameters {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Cause + Sync + Send>> {
        Ok(Self(serde_json::from_str(<&str>::from_sql(kind, raw)?)?))
    }

    fn accepts(kind: &Type) -> bool {
        <&str>::accepts(kind)
    }
}

/// Those of the operations that are of the queue, kept from everybody else until the transaction ends. Whoever keeps several does so in
/// the order of their ids.
pub(in crate::store::postgres) async fn keep(transaction: &Transaction<'_>, ids: &[i64]) -> Result<HashMap<i64, Entry>, Error> {
    let sql = format!("SELECT {ENTRY} FROM operation o WHERE id = ANY($1) ORDER BY id FOR UPDATE");
    let rows = transaction.query(&transaction.prepare_cached(&sql).await?, &[&ids]).await?;
    rows.iter().map(|row| entry(row).map(|entry| (entry.id, entry))).collect()
}

/// The ids of rows that are there, by the keys of their events.
pub(in crate::store::postgres) async fn known(transaction: &Transaction<'_>, keys: &[Uuid]) -> Result<HashMap<Uuid, i64>, Error> {
    let mut known = HashMap::with_capacity(keys.len());
    // Rows that are not of the queue have no index by their keys: that the same was stored by somebody else is rare.
    for table in ["operation".to_owned(), format!("{}_detail", PASSWORD_OPERATION.table)] {
        let missing: Vec<Uuid> = keys.iter().filter(|key| !known.contains_key(*key)).copied().collect();
        if missing.is_empty() {
            break;
        }
        let find = transaction.prepare_cached(&format!("SELECT key, id FROM {table} WHERE key = ANY($1)")).await?;
        for row in transaction.query(&find, &[&missing]).await? {
            known.insert(row.try_get(0)?, row.try_get(1)?);
        }
    }
    Ok(known)
}

/// Adds operations that are not there, under the keys of their events, with their tickets.
pub(in crate::store::postgres) async fn insert(transaction: &Transaction<'_>, entries: &[(Uuid, &Entry, &[u8])]) -> Result<(), Error> {
    fn list<'a, T>(entries: &[(Uuid, &'a Entry, &[u8])], of: impl Fn(&'a Entry) -> T) -> Vec<T> {
        entries.iter().map(|(_, entry, _)| of(entry)).collect()
    }
    let keys: Vec<Uuid> = entries.iter().map(|(key, ..)| *key).collect();
    let tickets: Vec<&[u8]> = entries.iter().map(|(.., ticket)| *ticket).collect();
    let parameters = list(entries, |entry| serde_json::to_string(&entry.plan.parameters).unwrap_or_default());
    // Whoever adds the same ones does so in the order of their ids.
    let sql = "INSERT INTO operation (id, key, status, connector, parameters, credential, device, priority, due, parked, attempt, tries,
                   max_tries, runs, unsure, fence, owner, lease, approve_by, ticket, asked_by)
               SELECT *
               FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
                   $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::text[],
                   $18::bigint[], $19::bigint[], $20::bytea[], $21::text[])
               ORDER BY 1 ON CONFLICT DO NOTHING";
    let insert = transaction.prepare_cached(sql).await?;
    transaction
        .execute(
            &insert,
            &[
                &list(entries, |entry| entry.id),
                &keys,
                &list(entries, |entry| entry.status.name()),
                &list(entries, |entry| &*entry.plan.connector),
                &parameters,
                &list(entries, |entry| &*entry.plan.credential),
                &list(entries, |entry| &*entry.device),
                &list(entries, |entry| entry.priority),
                &list(entries, |entry| entry.due.millis()),
                &list(entries, |entry| entry.parked),
                &list(entries, |entry| i64::from(entry.attempt)),
                &list(entries, |entry| i64::from(entry.tries)),
                &list(entries, |entry| i64::from(entry.plan.max_tries)),
                &list(entries, |entry| entry.runs),
                &list(entries, |entry| millis(entry.unsure)),
                &list(entries, |entry| entry.fence),
                &list(entries, |entry| &*entry.owner),
                &list(entries, |entry| millis(entry.lease)),
                &list(entries, |entry| millis(entry.approve_by)),
                &tickets,
                &list(entries, |entry| &*entry.asked_by),
            ],
        )
        .await
        .map(drop)
}

/// Keeps what steps have made of operations that are there. Tickets end with every step.
pub(in crate::store::postgres) async fn save(transaction: &Transaction<'_>, entries: &[Entry]) -> Result<(), Error> {
    fn list<'a, T>(entries: &'a [Entry], of: impl Fn(&'a Entry) -> T) -> Vec<T> {
        entries.iter().map(of).collect()
    }
    let ids = list(entries, |entry| entry.id);
    let sql = "UPDATE operation o SET status = n.status, priority = n.priority, due = n.due, parked = n.parked, attempt = n.attempt,
                   tries = n.tries, runs = n.runs, unsure = n.unsure, fence = n.fence, owner = n.owner, lease = n.lease,
                   approve_by = n.approve_by, asked_by = n.asked_by, ticket = ''
               FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                   $9::bigint[], $10::bigint[], $11::text[], $12::bigint[], $13::bigint[], $14::text[])
                   AS n(id, status, priority, due, parked, attempt, tries, runs, unsure, fence, owner, lease, approve_by, asked_by)
               WHERE o.id = n.id AND o.id = ANY($1)";
    let save = transaction.prepare_cached(sql).await?;
    transaction
        .execute(
            &save,
            &[
                &ids,
                &list(entries, |entry| entry.status.name()),
                &list(entries, |entry| entry.priority),
                &list(entries, |entry| entry.due.millis()),
                &list(entries, |entry| entry.parked),
                &list(entries, |entry| i64::from(entry.attempt)),
                &list(entries, |entry| i64::from(entry.tries)),
                &list(entries, |entry| entry.runs),
                &list(entries, |entry| millis(entry.unsure)),
                &list(entries, |entry| entry.fence),
                &list(entries, |entry| &*entry.owner),
                &list(entries, |entry| millis(entry.lease)),
                &list(entries, |entry| millis(entry.approve_by)),
                &list(entries, |entry| &*entry.asked_by),
            ],
        )
        .await
        .map(drop)
}

fn millis(time: Option<Timestamp>) -> i64 {
    time.map_or(MISSING, Timestamp::millis)
}
