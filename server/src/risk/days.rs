//! Views a day: of each day, and how many days had about so many.

use super::table::Change;

/// Steps of half an octave: 1, 2, 3, 4, 6, 8, 11, 16 and so on. The last one holds all days of more than about 40,000 views.
const STEPS: usize = 32;
/// From so many days on, a day is compared with the older half of the days before: what grows slowly must not make itself usual.
const HALVED: usize = 20;

/// The step of a number of views: twice its logarithm to the base 2, rounded.
fn step(views: u32) -> usize {
    // The fourth power of 50,000 twice is less than 2^64.
    let fourth = u64::from(views.clamp(1, 50_000)).pow(4);
    ((2 * fourth).ilog2() as usize / 2).min(STEPS - 1)
}

/// How many days there are of each step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Steps {
    days: [u32; STEPS],
    total: u32,
}

impl Steps {
    /// A day of `before` views has one more or one less.
    pub fn day_changes(&mut self, before: u32, change: Change) {
        let mut after = before;
        change.apply(&mut after);
        if before > 0 {
            Change::Remove.apply(&mut self.days[step(before)]);
            Change::Remove.apply(&mut self.total);
        }
        if after > 0 {
            Change::Add.apply(&mut self.days[step(after)]);
            Change::Add.apply(&mut self.total);
        }
    }

    /// The days, but for one of `today` views.
    pub fn days_without(&self, today: u32) -> u32 {
        self.total.saturating_sub(u32::from(today > 0))
    }

    /// How many days, but for one of `today` views, had `views` or more, by [`reaches`].
    pub fn reaching(&self, views: u32, today: u32) -> f64 {
        let wanted = step(views);
        let today = (today > 0).then(|| step(today));
        let mut sum = 0.0;
        for (at, days) in self.days.iter().enumerate() {
            let days = days.saturating_sub(u32::from(today == Some(at)));
            if days > 0 {
                sum += f64::from(days) * reaches(at, wanted);
            }
        }
        sum
    }
}

/// In how far a day reaches a number of views. A day that had about as many counts in part: half where it is the same step, a fifth where
/// it is a step below, a seventeenth two steps (half as many views) below.
fn reaches(day: usize, wanted: usize) -> f64 {
    let power = 2 * (wanted as i64 - day as i64);
    1.0 / (1.0 + f64::from_bits(((power + 1023) as u64) << 52))
}

/// What is known of the days before a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Before {
    /// The days.
    pub days: usize,
    /// Those that the day is compared with: the older half, or all where there are few.
    pub older: usize,
    /// Of these, those that had as many views.
    pub reaching: f64,
}

/// The views of each day that had any, in the order of days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Days(Vec<(i32, u32)>);

impl Days {
    /// The views of a day.
    pub fn views(&self, day: i32) -> u32 {
        self.find(day).map_or(0, |at| self.0[at].1)
    }

    /// Changes the views of a day, and gives how many there were before.
    pub fn change(&mut self, day: i32, change: Change) -> u32 {
        match (self.find(day), change) {
            (Ok(at), _) => {
                let before = self.0[at].1;
                change.apply(&mut self.0[at].1);
                if self.0[at].1 == 0 {
                    self.0.remove(at);
                }
                before
            }
            (Err(at), Change::Add) => {
                self.0.insert(at, (day, 1));
                0
            }
            (Err(_), Change::Remove) => 0,
        }
    }

    /// How many days there are before this one, how many of them are the older half, and how many of that half had `views` or more, by
    /// [`reaches`].
    pub fn before(&self, day: i32, views: u32) -> Before {
        let days = &self.0[..self.find(day).unwrap_or_else(|at| at)];
        let older = if days.len() < HALVED { days } else { &days[..days.len() / 2] };
        let wanted = step(views);
        Before { days: days.len(), older: older.len(), reaching: older.iter().map(|(_, views)| reaches(step(*views), wanted)).sum() }
    }

    pub fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<(i32, u32)>()
    }

    /// Most views are of the last day.
    fn find(&self, day: i32) -> Result<usize, usize> {
        match self.0.last() {
            Some((last, _)) if *last == day => Ok(self.0.len() - 1),
            Some((last, _)) if *last < day => Err(self.0.len()),
            _ => self.0.binary_search_by_key(&day, |(day, _)| *day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_half_octaves() {
        assert_eq!([1, 2, 3, 4, 6, 8, 11, 16, 1024].map(step), [0, 2, 3, 4, 5, 6, 7, 8, 20]);
        assert_eq!(step(u32::MAX), STEPS - 1);
    }

    #[test]
    fn today_is_not_among_the_days_before() {
        let mut steps = Steps::default();
        for views in 0..8 {
            steps.day_changes(views, Change::Add);
        }
        steps.day_changes(0, Change::Add);
        assert_eq!(steps.days_without(1), 1);
        assert_eq!(steps.reaching(8, 1), 0.5, "the day of eight views");
        assert_eq!(steps.reaching(16, 1), 1.0 / 17.0);
    }
}
