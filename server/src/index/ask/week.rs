//! Rows by the hour of the week, on the clock of a zone.

use super::matching::Matching;
use super::question::Question;
use super::spread::each;
use crate::index::segment::{Damaged, Segment};
use crate::index::snapshot::Snapshot;
use crate::store::week::{HOURS, hour_of_week};
use chrono_tz::Tz;
use std::ops::Range;
use vigia_app::model::{EventId, Timestamp};

impl Snapshot {
    /// How many of the rows meant are in each hour of the week: 168, from the first of Monday.
    pub fn week(&self, question: &Question, zone: Tz) -> Result<Vec<u64>, Damaged> {
        let parts = each(&self.held, |held| {
            let mut counts = vec![0; HOURS];
            let Some(matching) = Matching::new(held, question)? else { return Ok(counts) };
            let selection = matching.rows()?;
            hours(&held.segment, matching.range.clone(), zone, |hour, rows| counts[hour] += selection.within(rows))?;
            Ok(counts)
        })?;
        let mut counts = vec![0; HOURS];
        for part in parts {
            counts.iter_mut().zip(part).for_each(|(count, more)| *count += more);
        }
        Ok(counts)
    }
}

/// Takes all rows of a range, each run of them with the hour of the week that all of it is in. Hours without rows cost nothing.
pub fn hours(segment: &Segment, rows: Range<u32>, zone: Tz, mut take: impl FnMut(usize, Range<u32>)) -> Result<(), Damaged> {
    let mut row = rows.start;
    while row < rows.end {
        let (hour, until) = hour_of_week(zone, time(segment.id(row)?));
        let end = segment.row_from(EventId::first(until).get())?.clamp(row + 1, rows.end);
        take(hour, row..end);
        row = end;
    }
    Ok(())
}

/// When the event of an id was.
pub fn time(id: i64) -> Timestamp {
    EventId::from_i64(id).map_or(Timestamp::MIN, EventId::time)
}
