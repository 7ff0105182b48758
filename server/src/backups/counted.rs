//! What became of the times of a schedule.

use super::rows::Status;
use vigia_app::model::{Times, Timestamp};

/// A backup that was begun longer after its time is late, in milliseconds: the next look may be 20 s away, and another one may be being made.
pub(super) const LATE: i64 = 10 * 60 * 1000;

/// A row of the report that is about a backup of a schedule's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub start: Timestamp,
    pub status: Status,
}

/// Counts what became of times, both in their order. A row is about the last time before it. What came before the first row is not counted: it was removed, or
/// the policy was not there; nor is the last time while there is still time for it.
pub(super) fn count(times: &[Timestamp], rows: &[Row], now: Timestamp) -> Times {
    let mut counted = Times::default();
    let Some(first) = rows.first() else { return counted };
    let begin = times.partition_point(|time| *time <= first.start).saturating_sub(1);
    let mut rest = rows;
    for (place, time) in times.iter().enumerate().skip(begin) {
        let end = times.get(place + 1).copied();
        let of_it = rest.partition_point(|row| end.is_none_or(|end| row.start < end));
        let (mine, others) = rest.split_at(of_it);
        rest = others;
        let good = mine.iter().filter(|row| row.start >= *time).find(|row| row.status.is_good());
        let delay = |start: Timestamp| start.millis() - time.millis();
        let is_running = end.is_none() && mine.last().is_some_and(|row| row.status == Status::Running);
        let has_failed = mine.iter().any(|row| row.status.is_failure());
        match good {
            Some(row) if delay(row.start) <= LATE => counted.kept += 1,
            Some(_) => counted.late += 1,
            None if is_running => {}
            None if has_failed => counted.failed += 1,
            None if end.is_none() && delay(now) < LATE => {}
            None => counted.missed += 1,
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Canceled, Error, Missed, Removed, Running, Success};

    const HOUR: i64 = 60 * 60 * 1000;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::saturating(1_000 * HOUR + minutes * 60_000)
    }

    /// Of the hours 0 to 5, at a minute of hour 5.
    fn counted(rows: &[(i64, Status)], now: i64) -> [u64; 4] {
        let times: Vec<_> = (0..6).map(|hour| at(hour * 60)).collect();
        let rows: Vec<_> = rows.iter().map(|(minutes, status)| Row { start: at(*minutes), status: *status }).collect();
        let Times { kept, late, failed, missed } = count(&times, &rows, at(now));
        [kept, late, failed, missed]
    }

    #[test]
    fn each_time_is_counted_once() {
        // In time and removed since, late, failed and made after, failed, missed, and made.
        let rows =
            [(0, Removed), (75, Success), (120, Error), (125, Success), (180, Error), (185, Canceled), (240, Missed), (301, Success)];
        assert_eq!(counted(&rows, 330), [3, 1, 1, 1]);
        // Nobody was there to say that the hours 1 to 4 were missed.
        assert_eq!(counted(&[(0, Success), (301, Success)], 330), [2, 0, 0, 4]);
    }

    #[test]
    fn what_is_not_decided_is_not_counted() {
        assert_eq!(counted(&[(240, Success)], 305), [1, 0, 0, 0], "the last time was a moment ago, and nothing is known of the first");
        assert_eq!(counted(&[(240, Success)], 315), [1, 0, 0, 1]);
        assert_eq!(counted(&[(240, Success), (300, Error)], 305), [1, 0, 1, 0], "another one is not made by itself");
        assert_eq!(counted(&[(240, Success), (300, Running)], 330), [1, 0, 0, 0]);
        assert_eq!(counted(&[], 330), [0; 4]);
    }
}
