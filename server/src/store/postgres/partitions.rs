//! The partitions of the event tables: a month each, made before there are events for them.

use super::error::failed;
use super::lock;
use crate::store::StoreError;
use chrono::{Datelike, Months, NaiveDate};
use deadpool_postgres::{ClientWrapper, Transaction};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use vigia_app::model::{EventId, Report, Timestamp};
use vigia_app::reports;

/// Months made ahead, the current one included.
const AHEAD: u32 = 3;
/// Events of up to so many years ago, and up to a year from now, have partitions of a month. Others share those of ten years, so
/// that a clock that runs wild makes few tables.
const MONTHLY_YEARS: u32 = 10;

/// Ids from the first to the last.
type Bounds = (i64, i64);

/// What this process knows of the partitions that are there.
#[derive(Default)]
pub(super) struct Partitions(Mutex<HashMap<&'static str, Vec<Bounds>>>);

impl Partitions {
    /// Makes the partitions of this month and the next ones, of every report.
    pub(super) async fn ahead(&self, client: &mut ClientWrapper, now: Timestamp) -> Result<(), StoreError> {
        let month = month(now.utc().date_naive());
        let months = (0..AHEAD).filter_map(|by| month.checked_add_months(Months::new(by))).map(start);
        let months: Vec<Timestamp> = months.collect();
        for report in reports::ALL {
            self.cover(client, report, months.iter().copied(), now).await?;
        }
        Ok(())
    }

    /// Makes the partitions that events of these times need and that are not there.
    pub(super) async fn cover(
        &self,
        client: &mut ClientWrapper,
        report: &'static Report,
        times: impl Iterator<Item = Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut missing: Vec<Timestamp> = {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let known = known.get(report.key).map_or(&[][..], Vec::as_slice);
            // Times come in runs: look at the partition of the one before first.
            let mut last = (1, 0);
            times
                .filter(|time| {
                    let id = EventId::first(*time).get();
                    if !holds(last, id) {
                        last = find(known, id).unwrap_or((1, 0));
                    }
                    !holds(last, id)
                })
                .collect()
        };
        if missing.is_empty() {
            return Ok(());
        }
        missing.sort_unstable();
        missing.dedup();
        let made = make(client, report, &missing, now).await?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(report.key, made);
        Ok(())
    }

    /// Looks again at the next need: another process may have dropped some.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The tables of a report that are cut into partitions.
pub(super) fn tables(report: &Report) -> Vec<String> {
    let mut tables = vec![report.table.to_owned(), format!("{}_detail", report.table)];
    if report.attempts {
        tables.push(format!("{}_attempt", report.table));
    }
    tables
}

async fn make(
    client: &mut ClientWrapper,
    report: &'static Report,
    missing: &[Timestamp],
    now: Timestamp,
) -> Result<Vec<Bounds>, StoreError> {
    let transaction = client.transaction().await.map_err(failed)?;
    transaction.batch_execute(lock::PARTITIONS).await.map_err(failed)?;
    let mut there = read(&transaction, report).await?;
    for time in missing {
        let id = EventId::first(*time).get();
        if find(&there, id).is_some() {
            continue;
        }
        let (first, last) = bounds(*time, now, &there);
        let name = EventId::from_i64(first).map_or(Timestamp::MIN, EventId::time).utc().format("%Y%m%d").to_string();
        let until = last.checked_add(1).map_or_else(|| "MAXVALUE".to_owned(), |end| end.to_string());
        for table in tables(report) {
            // Made first and attached then: unlike PARTITION OF, that lets others read and write meanwhile. Each in a call of its own: of several
            // in one, Citus refuses all.
            let make = format!("CREATE TABLE {table}_{name} (LIKE {table} INCLUDING DEFAULTS INCLUDING STORAGE)");
            transaction.batch_execute(&make).await.map_err(failed)?;
            let attach = format!("ALTER TABLE {table} ATTACH PARTITION {table}_{name} FOR VALUES FROM ({first}) TO ({until})");
            transaction.batch_execute(&attach).await.map_err(failed)?;
        }
        transaction
            .execute(
                "INSERT INTO event_partition (report, first, last, name) VALUES ($1, $2, $3, $4)",
                &[&report.key, &first, &last, &name],
            )
            .await
            .map_err(failed)?;
        there.push((first, last));
        there.sort_unstable();
    }
    transaction.commit().await.map_err(failed)?;
    Ok(there)
}

async fn read(client: &Transaction<'_>, report: &Report) -> Result<Vec<Bounds>, StoreError> {
    let sql = "SELECT first, last FROM event_partition WHERE report = $1 AND NOT leaving ORDER BY first";
    let rows = client.query(sql, &[&report.key]).await.map_err(failed)?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map_err(failed)
}

/// The month, or the ten years, of a time, as far as others leave it free.
fn bounds(time: Timestamp, now: Timestamp, there: &[Bounds]) -> Bounds {
    let (day, today) = (time.utc().date_naive(), now.utc().date_naive());
    let oldest = today.checked_sub_months(Months::new(12 * MONTHLY_YEARS)).unwrap_or(today);
    let newest = today.checked_add_months(Months::new(12)).unwrap_or(today);
    let (from, months) = if (month(oldest)..=newest).contains(&day) {
        (month(day), 1)
    } else {
        (NaiveDate::from_ymd_opt(day.year().div_euclid(10) * 10, 1, 1).unwrap_or(day), 120)
    };
    let to = from.checked_add_months(Months::new(months)).unwrap_or(from);
    let end = to.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
    let last = Timestamp::from_millis(end).map_or(i64::MAX, |end| EventId::first(end).get() - 1);
    let first = EventId::first(start(from)).get();
    let id = EventId::first(time).get();
    let before = there.iter().map(|(_, last)| last.saturating_add(1)).filter(|first| *first <= id).max();
    let behind = there.iter().map(|(first, _)| first - 1).filter(|last| *last >= id).min();
    (first.max(before.unwrap_or(0)), last.min(behind.unwrap_or(i64::MAX)))
}

fn month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

fn start(day: NaiveDate) -> Timestamp {
    day.and_time(chrono::NaiveTime::MIN).and_utc().into()
}

fn find(bounds: &[Bounds], id: i64) -> Option<Bounds> {
    let at = bounds.partition_point(|(first, _)| *first <= id);
    at.checked_sub(1).map(|at| bounds[at]).filter(|bounds| holds(*bounds, id))
}

const fn holds((first, last): Bounds, id: i64) -> bool {
    first <= id && id <= last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_events_have_months_and_far_ones_ten_years() {
        let at = |year, month, day| start(NaiveDate::from_ymd_opt(year, month, day).expect("a day"));
        let now = at(2026, 11, 22);
        let id = |time: Timestamp| EventId::first(time).get();
        assert_eq!(bounds(now, now, &[]), (id(at(2026, 11, 1)), id(at(2026, 12, 1)) - 1));
        assert_eq!(bounds(at(2031, 5, 5), now, &[]), (id(at(2030, 1, 1)), id(at(2040, 1, 1)) - 1));
        assert_eq!(bounds(Timestamp::MIN, now, &[]), (0, id(at(1980, 1, 1)) - 1));
        assert_eq!(bounds(Timestamp::MAX, now, &[]), (id(at(2240, 1, 1)), i64::MAX));
        let there = [(id(at(2030, 1, 1)), id(at(2031, 1, 1)) - 1), (id(at(2032, 1, 1)), id(at(2033, 1, 1)) - 1)];
        assert_eq!(bounds(at(2031, 5, 5), now, &there), (id(at(2031, 1, 1)), id(at(2032, 1, 1)) - 1), "what others leave free");
        assert_eq!(find(&there, id(at(2031, 5, 5))), None);
        assert_eq!(find(&there, id(at(2032, 5, 5))), Some(there[1]));
    }
}
