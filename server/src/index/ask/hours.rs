//! Which rows of a segment are in which hour of the week.

use crate::index::segment::{Damaged, Segment};
use crate::store::week::hour_of_week;
use chrono_tz::Tz;
use std::ops::Range;
use vigia_app::model::{EventId, Timestamp};

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
