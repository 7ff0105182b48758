//! When things happen: office hours in each zone, weekends, month ends, night shifts, rotations at two in the morning.

use super::dice::Dice;
use super::offices::{OFFICES, ROOMS};
use super::people::{PEOPLE, Person, Team};
use chrono::{DateTime, Datelike, Offset, TimeZone};

pub(super) const SECOND: i64 = 1000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// How busy somebody with office hours is, by the hour of their clock; the dip at 13 is lunch.
const OFFICE_HOURS: [f32; 24] =
    [0.03, 0.02, 0.02, 0.02, 0.02, 0.04, 0.10, 0.45, 1.3, 2.5, 2.9, 2.7, 1.9, 1.1, 2.1, 2.7, 2.5, 2.0, 1.1, 0.5, 0.3, 0.25, 0.15, 0.08];
const WEEKEND: f32 = 0.06;
const PURPOSE: u64 = 14;
/// The last two days of a month and the first of the next.
const MONTH_END: f32 = 1.6;
/// 25 December and 1 January.
const HOLIDAY: f32 = 0.15;
/// The hour on the clock of a computer room at which its rotations run.
pub(super) const ROTATION_HOUR: i64 = 2;
/// How many devices call for machine work, by office.
const MACHINES: [f32; 10] = [60.0, 35.0, 4.0, 4.0, 3.0, 3.0, 10.0, 3.0, 2.0, 1.0];

/// The part of a clock hour that lies between two times, and how busy everybody is in it.
pub(super) struct Hour {
    /// Milliseconds; half-open.
    pub(super) from: i64,
    pub(super) to: i64,
    /// Running sums over [`PEOPLE`].
    pub(super) people: Vec<f32>,
    /// Running sums over [`OFFICES`].
    pub(super) machines: Vec<f32>,
}

impl Hour {
    /// How much people, and machines, do in this hour.
    pub(super) fn weights(&self) -> (f64, f64) {
        let part = (self.to - self.from) as f64 / HOUR as f64;
        let sum = |sums: &[f32]| f64::from(sums.last().copied().unwrap_or_default()) * part;
        (sum(&self.people), sum(&self.machines))
    }
}

/// The hours from one time to another, in order.
pub(super) struct Hours {
    next: i64,
    to: i64,
    day: i64,
    offsets: [i64; OFFICES.len()],
    season: f32,
    seed: u64,
}

impl Hours {
    pub(super) fn new(from: i64, to: i64, seed: u64) -> Self {
        Self { next: from, to, day: i64::MIN, offsets: [0; OFFICES.len()], season: 1.0, seed }
    }

    /// Looks up what is the same all day: the zones' offsets and the season.
    fn turn_page(&mut self, day: i64) {
        self.day = day;
        self.offsets = std::array::from_fn(|office| offset(office, day * DAY + DAY / 2));
        let date = DateTime::from_timestamp_millis(day * DAY).unwrap_or(DateTime::UNIX_EPOCH).date_naive();
        let ahead = DateTime::from_timestamp_millis((day + 2) * DAY).unwrap_or(DateTime::UNIX_EPOCH).date_naive();
        // No two days are alike.
        let mood = 0.75 + Dice::new(self.seed, PURPOSE, day as u64).unit() as f32 / 2.0;
        self.season = mood
            * match (date.month(), date.day()) {
                (12, 25) | (1, 1) => HOLIDAY,
                (_, 1) => MONTH_END,
                _ if ahead.month() != date.month() => MONTH_END,
                _ => 1.0,
            };
    }
}

impl Iterator for Hours {
    type Item = Hour;

    fn next(&mut self) -> Option<Hour> {
        if self.next >= self.to {
            return None;
        }
        let from = self.next;
        let to = ((from / HOUR + 1) * HOUR).min(self.to);
        self.next = to;
        if from / DAY != self.day {
            self.turn_page(from / DAY);
        }
        let middle = from / HOUR * HOUR + HOUR / 2;
        let clocks: [(i64, i64); OFFICES.len()] = std::array::from_fn(|office| clock(middle + self.offsets[office]));
        let mood = 0.7 + Dice::new(self.seed, PURPOSE, from as u64).unit() as f32 * 0.6;
        let mut sum = 0.0;
        let people = (0u16..).zip(PEOPLE).map(|(at, person)| {
            sum += busy(at, person, clocks[person.office], middle) * self.season * mood;
            sum
        });
        let people = people.collect();
        let mut sum = 0.0;
        let machines = clocks.iter().enumerate().map(|(office, (weekday, hour))| {
            sum += MACHINES[office] * rotation(*weekday, *hour);
            sum
        });
        let machines = machines.collect();
        Some(Hour { from, to, people, machines })
    }
}

/// Weekday (Monday is 0) and hour of a time on its own clock, in milliseconds.
pub(super) fn clock(local: i64) -> (i64, i64) {
    ((local.div_euclid(DAY) + 3).rem_euclid(7), local.rem_euclid(DAY) / HOUR)
}

/// What to add to a time to have it on the office's clock, in milliseconds.
pub(super) fn offset(office: usize, at: i64) -> i64 {
    let utc = DateTime::from_timestamp_millis(at).unwrap_or(DateTime::UNIX_EPOCH).naive_utc();
    i64::from(OFFICES[office].zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * SECOND
}

/// Whether somebody who sits in `office` works at that hour.
pub(super) fn at_work(office: usize, (weekday, hour): (i64, i64)) -> bool {
    !OFFICES[office].weekend.contains(&weekday) && (7..20).contains(&hour)
}

fn busy(at: u16, person: &Person, (weekday, hour): (i64, i64), time: i64) -> f32 {
    let usual = f32::from(person.activity) / 10.0;
    if person.team == Team::Noc {
        // Three shifts a day; everybody moves on to the next shift each week.
        let week = time.div_euclid(7 * DAY);
        let shift = (i64::from(at) + week).rem_euclid(3);
        let on = (hour + 2) / 8 % 3 == shift;
        return usual * if on { 0.9 } else { 0.02 };
    }
    let day_off = if OFFICES[person.office].weekend.contains(&weekday) { WEEKEND } else { 1.0 };
    usual * OFFICE_HOURS[hour as usize % 24] * day_off
}

fn rotation(weekday: i64, hour: i64) -> f32 {
    match (weekday, hour) {
        (6, ROTATION_HOUR) => 30.0,
        (_, ROTATION_HOUR) => 14.0,
        (_, 3) => 3.0,
        _ => 1.0,
    }
}

/// The last time before `before` at which the clock of a computer room shows this hour, in milliseconds.
pub(super) fn last_time_at(room: usize, hour: i64, before: i64) -> i64 {
    let office = ROOMS[room % ROOMS.len()];
    let offset = offset(office, before);
    let local = before + offset;
    let candidate = local.div_euclid(DAY) * DAY + hour * HOUR;
    let candidate = if candidate < local { candidate } else { candidate - DAY };
    candidate - offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hours_cover_the_time_without_gap_or_overlap() {
        let (from, to) = (1_795_000_123_456, 1_795_000_123_456 + 3 * DAY + 17);
        let hours: Vec<_> = Hours::new(from, to, 1).collect();
        assert_eq!((hours[0].from, hours[hours.len() - 1].to), (from, to));
        assert!(hours.windows(2).all(|pair| pair[0].to == pair[1].from));
    }

    #[test]
    fn a_clock_tells_weekday_and_hour() {
        // 1970-01-01 was a Thursday.
        assert_eq!(clock(0), (3, 0));
        assert_eq!(clock(3 * DAY + 5 * HOUR), (6, 5));
        assert_eq!(clock(-HOUR), (2, 23));
    }

    #[test]
    fn zones_keep_their_own_summer_time() {
        let january = 1_768_435_200_000;
        let july = 1_784_073_600_000;
        assert_eq!((offset(0, january), offset(0, july)), (0, HOUR));
        assert_eq!((offset(1, january), offset(1, july)), (-3 * HOUR, -3 * HOUR));
        assert_eq!(offset(6, july), 5 * HOUR + 30 * MINUTE);
    }
}
