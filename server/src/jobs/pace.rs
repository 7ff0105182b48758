//! How long to wait for the next run.

use std::time::Duration;

/// The wait after a first run that went wrong; it doubles with each further one.
const FIRST: Duration = Duration::from_secs(1);
/// The longest such wait, where the job is not done less often anyway.
const LONGEST: Duration = Duration::from_secs(60);

/// The wait after so many runs that went wrong, one after another, of a job that is done `every` so often.
pub fn wait(every: Duration, failures: u32) -> Duration {
    match failures {
        0 => every,
        _ => FIRST.min(every).saturating_mul(1 << (failures - 1).min(20)).min(every.max(LONGEST)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_wrong_is_done_again_soon_and_then_less_and_less_often() {
        let seconds = |every, failures| wait(Duration::from_secs(every), failures).as_secs();
        assert_eq!([0, 1, 2, 3, 7, 40].map(|failures| seconds(5, failures)), [5, 1, 2, 4, 60, 60]);
        assert_eq!([0, 1, 2, 12, 13, u32::MAX].map(|failures| seconds(3_600, failures)), [3_600, 1, 2, 2_048, 3_600, 3_600]);
        assert_eq!(wait(Duration::from_millis(10), 1), Duration::from_millis(10), "a short rhythm begins with itself");
    }
}
