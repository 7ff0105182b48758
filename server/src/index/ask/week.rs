//! Rows by the hour of the week, on the clock of a zone.

use super::hours::hours;
use super::matching::Matching;
use super::question::Question;
use super::spread::each;
use crate::index::cache::Answer;
use crate::index::segment::Damaged;
use crate::index::snapshot::Snapshot;
use crate::store::week::HOURS;
use chrono_tz::Tz;

impl Snapshot {
    /// How many of the rows meant are in each hour of the week: 168, from the first of Monday.
    pub fn week(&self, question: &Question, zone: Tz) -> Result<Vec<u64>, Damaged> {
        let parts = each(&self.held, |held| {
            let Some(matching) = Matching::new(held, question)? else { return Ok(Answer::default()) };
            matching.answer(("week", zone), || {
                let mut counts = vec![0; HOURS];
                let selection = matching.rows();
                hours(&held.segment, matching.range.clone(), zone, |hour, rows| counts[hour] += selection.within(rows))?;
                Ok(counts)
            })
        })?;
        let mut counts = vec![0; HOURS];
        for part in parts {
            counts.iter_mut().zip(&*part).for_each(|(count, more)| *count += more);
        }
        Ok(counts)
    }
}
