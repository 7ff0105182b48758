//! Letting go what waited for a credential or a device.

use crate::store::steps::{Entry, SWEPT};
use deadpool_postgres::Transaction;
use std::collections::BTreeMap;
use tokio_postgres::Error;

/// Credentials and devices that are free, each as often as it is.
#[derive(Default)]
pub(super) struct Free {
    credentials: Vec<String>,
    /// In lower case.
    devices: BTreeMap<String, i64>,
}

impl Free {
    /// What an operation no longer holds, or was let go for.
    pub(super) fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Self {
        let mut free = Self::default();
        for entry in entries {
            free.credentials.push(entry.plan.credential.clone());
            free.device(&entry.device);
        }
        free
    }

    pub(super) fn device(&mut self, device: &str) {
        *self.devices.entry(device.to_ascii_lowercase()).or_default() += 1;
    }

    /// Lets go, of those that wait for it, as many as can have it now; says how many. One that somebody else is changing is passed over.
    pub(super) async fn release(mut self, transaction: &Transaction<'_>) -> Result<u64, Error> {
        self.credentials.sort_unstable();
        self.credentials.dedup();
        let credentials = "WITH first AS MATERIALIZED (
                 SELECT w.id FROM unnest($1::text[]) AS n(credential), LATERAL (
                     SELECT id FROM operation WHERE status = 'Scheduled' AND parked = 1 AND credential = n.credential
                     ORDER BY priority DESC, due, id LIMIT 1 FOR UPDATE SKIP LOCKED) AS w)
             UPDATE operation SET parked = 0 WHERE id = ANY (ARRAY(SELECT id FROM first))";
        let devices = "WITH first AS MATERIALIZED (
                 SELECT w.id FROM unnest($1::text[], $2::bigint[]) AS n(device, room), LATERAL (
                     SELECT id FROM operation WHERE status = 'Scheduled' AND parked = 2 AND lower(device) = n.device
                     ORDER BY priority DESC, due, id LIMIT n.room FOR UPDATE SKIP LOCKED) AS w)
             UPDATE operation SET parked = 0 WHERE id = ANY (ARRAY(SELECT id FROM first))";
        let mut released = 0;
        if !self.credentials.is_empty() {
            released += transaction.execute(&transaction.prepare_cached(credentials).await?, &[&self.credentials]).await?;
        }
        if !self.devices.is_empty() {
            let (names, rooms): (Vec<&String>, Vec<i64>) = self.devices.iter().unzip();
            released += transaction.execute(&transaction.prepare_cached(devices).await?, &[&names, &rooms]).await?;
        }
        Ok(released)
    }

    /// Up to [`SWEPT`] credentials and devices each that something waits for though nothing holds them. Goes from one to the next,
    /// however many operations wait for it.
    pub(super) async fn forgotten(transaction: &Transaction<'_>) -> Result<Self, Error> {
        let find = |name: &str, parked: i64| {
            let next = |behind: &str| {
                format!("(SELECT {name} FROM operation WHERE status = 'Scheduled' AND parked = {parked} {behind} ORDER BY {name} LIMIT 1)")
            };
            format!(
                "WITH RECURSIVE waiting(name) AS (
                     {} UNION ALL SELECT {} FROM waiting w WHERE w.name IS NOT NULL)
                 SELECT name FROM waiting WHERE name IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM operation WHERE status = 'Running' AND {name} = waiting.name) LIMIT {SWEPT}",
                next(""),
                next(&format!("AND {name} > w.name"))
            )
        };
        let credentials = transaction.query(&transaction.prepare_cached(&find("credential", 1)).await?, &[]).await?;
        let devices = transaction.query(&transaction.prepare_cached(&find("lower(device)", 2)).await?, &[]).await?;
        Ok(Self {
            credentials: credentials.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?,
            devices: devices.iter().map(|row| Ok((row.try_get(0)?, 1))).collect::<Result<_, Error>>()?,
        })
    }
}
