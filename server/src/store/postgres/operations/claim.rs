//! Taking operations that are due.

use super::attempts;
use super::moves::Moves;
use super::release::Free;
use super::work::{Stop, Work};
use crate::store::changed::Changed;
use crate::store::operations::{Claim, Claimed, Job};
use crate::store::postgres::lock;
use crate::store::postgres::queue::entry::{ENTRY, entry};
use crate::store::steps::{Entry, PARKED_CREDENTIAL, PARKED_DEVICE, PARKED_NOT, SCAN};
use async_trait::async_trait;
use deadpool_postgres::Transaction;
use std::collections::{HashMap, HashSet};
use tokio_postgres::Error;
use vigia_app::model::{EventId, OperationStatus, Priority, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

/// Operations looked at in one go, at least: some that are due cannot be taken.
const ROUND: usize = 64;

pub(super) struct Claiming<'a> {
    pub claim: &'a Claim,
    pub now: Timestamp,
}

#[async_trait]
impl Work for Claiming<'_> {
    type Out = Claimed;
    const NAMES: [&'static str; 2] = ["claim.before", "claim.after"];

    async fn run(&self, transaction: &Transaction<'_>, changed: &mut Changed) -> Result<Claimed, Stop> {
        transaction.batch_execute(lock::TAKING).await?;
        let mut flight = Flight::read(transaction).await?;
        let total = usize::try_from(self.claim.limits.total).unwrap_or(usize::MAX);
        let want = usize::try_from(self.claim.want).unwrap_or(usize::MAX);
        let room = total.saturating_sub(flight.running).min(want);
        let scan = usize::try_from(SCAN).unwrap_or(usize::MAX);
        let (mut moves, mut taken, mut looked_at) = (Moves::default(), Vec::<Entry>::new(), 0);
        // Others may have waited for the device of one that was taken, or has to wait for its credential.
        let mut touched = HashSet::new();
        while taken.len() < room && looked_at < scan {
            let most = (room - taken.len()).max(ROUND).min(scan - looked_at);
            let mut parked = Vec::new();
            let candidates = self.candidates(transaction, &taken, most).await?;
            let found = candidates.len();
            for mut entry in candidates {
                if taken.len() == room {
                    break;
                }
                looked_at += 1;
                let device = entry.device.to_ascii_lowercase();
                if flight.credentials.contains(&entry.plan.credential) {
                    parked.push((entry.id, PARKED_CREDENTIAL));
                    touched.insert(device);
                } else if !flight.has_room(&device, self.claim.limits.device) {
                    parked.push((entry.id, PARKED_DEVICE));
                } else {
                    let step = entry.start(self.claim, self.now)?;
                    flight.take(&entry, &device);
                    moves.moved(&entry, step);
                    taken.push(entry);
                    touched.insert(device);
                }
            }
            park(transaction, &parked).await?;
            if found < most {
                break;
            }
        }
        let mut free = Free::default();
        touched
            .iter()
            .filter(|device| !device.is_empty() && flight.has_room(device, self.claim.limits.device))
            .for_each(|device| free.device(device));
        let released = free.release(transaction).await? > 0;
        let more = taken.len() < room && (looked_at >= scan || released);
        if taken.is_empty() {
            return Ok(Claimed { jobs: Vec::new(), more });
        }
        attempts::begin(transaction, &taken, self.now).await?;
        let mut rows = rows(transaction, &taken).await?;
        moves.save(transaction, changed, "").await?;
        let job = |entry: Entry| {
            let (operation, username, credential_type) = rows.remove(&entry.id).unwrap_or_default();
            Some(Job {
                id: EventId::from_i64(entry.id)?,
                fence: entry.fence,
                attempt: entry.attempt,
                tries: entry.tries,
                key: entry.key(),
                plan: entry.plan,
                operation,
                device: entry.device,
                username,
                credential_type,
                unsure: entry.unsure,
            })
        };
        Ok(Claimed { jobs: taken.into_iter().filter_map(job).collect(), more })
    }
}

impl Claiming<'_> {
    /// Operations that may be taken, the most urgent first, kept from everybody else; those that somebody else keeps are left out.
    async fn candidates(&self, transaction: &Transaction<'_>, taken: &[Entry], most: usize) -> Result<Vec<Entry>, Error> {
        // A scan of the index for each connector and priority: it ends where operations are not due yet.
        let sql = "SELECT c.id FROM unnest($1::text[]) AS n(connector), unnest($3::bigint[]) AS p(priority), LATERAL (
                       SELECT id, due FROM operation
                       WHERE status = 'Scheduled' AND parked = 0 AND connector = n.connector AND priority = p.priority AND due <= $2
                           AND id <> ALL ($4)
                       ORDER BY due, id LIMIT $5) AS c
                   ORDER BY p.priority DESC, c.due, c.id LIMIT $5";
        let connectors: HashSet<&String> = self.claim.connectors.iter().collect();
        let connectors: Vec<&String> = connectors.into_iter().collect();
        let priorities = Priority::ALL.map(Priority::number).to_vec();
        let taken: Vec<i64> = taken.iter().map(|entry| entry.id).collect();
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let find = transaction.prepare_cached(sql).await?;
        let found = transaction.query(&find, &[&connectors, &self.now.millis(), &priorities, &taken, &most]).await?;
        let ids: Vec<i64> = found.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        // By their ids alone: the planner knows too little of how few these are. What has become of them meanwhile is looked at here.
        let sql = format!("SELECT {ENTRY} FROM operation o WHERE id = ANY($1) FOR UPDATE SKIP LOCKED");
        let rows = transaction.query(&transaction.prepare_cached(&sql).await?, &[&ids]).await?;
        let mut entries: Vec<Entry> = rows.iter().map(entry).collect::<Result<_, _>>()?;
        entries.retain(|entry| entry.status == OperationStatus::Scheduled && entry.parked == PARKED_NOT && entry.due <= self.now);
        entries.sort_unstable_by_key(|entry| (-entry.priority, entry.due, entry.id));
        Ok(entries)
    }
}

/// What is running.
struct Flight {
    running: usize,
    credentials: HashSet<String>,
    /// How many on each device, in lower case.
    devices: HashMap<String, u32>,
}

impl Flight {
    async fn read(transaction: &Transaction<'_>) -> Result<Self, Error> {
        let sql = "SELECT credential, lower(device) FROM operation WHERE status = 'Running'";
        let rows = transaction.query(&transaction.prepare_cached(sql).await?, &[]).await?;
        let mut flight = Self { running: rows.len(), credentials: HashSet::new(), devices: HashMap::new() };
        for row in rows {
            flight.credentials.insert(row.try_get(0)?);
            *flight.devices.entry(row.try_get(1)?).or_default() += 1;
        }
        Ok(flight)
    }

    /// Whether one more may run on the device; where none is named, there is no limit.
    fn has_room(&self, device: &str, limit: u32) -> bool {
        device.is_empty() || self.devices.get(device).copied().unwrap_or_default() < limit
    }

    fn take(&mut self, entry: &Entry, device: &str) {
        self.credentials.insert(entry.plan.credential.clone());
        *self.devices.entry(device.to_owned()).or_default() += 1;
    }
}

/// Has operations wait until somebody lets them go.
async fn park(transaction: &Transaction<'_>, parked: &[(i64, i64)]) -> Result<(), Error> {
    if parked.is_empty() {
        return Ok(());
    }
    let (ids, whys): (Vec<i64>, Vec<i64>) = parked.iter().copied().unzip();
    let sql = "UPDATE operation o SET parked = n.parked FROM unnest($1::bigint[], $2::bigint[]) AS n(id, parked)
               WHERE o.id = n.id AND o.id = ANY($1)";
    transaction.execute(&transaction.prepare_cached(sql).await?, &[&ids, &whys]).await.map(drop)
}

/// Operation, username and credential type of their rows.
async fn rows(transaction: &Transaction<'_>, entries: &[Entry]) -> Result<HashMap<i64, (String, String, String)>, Error> {
    let ids: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
    let sql = format!("SELECT id, operation, username, credential_type FROM {} WHERE id = ANY($1)", PASSWORD_OPERATION.table);
    let rows = transaction.query(&transaction.prepare_cached(&sql).await?, &[&ids]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)))).collect()
}
