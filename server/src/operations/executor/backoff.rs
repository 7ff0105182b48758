//! How long to wait before another attempt.

use super::clock::later;
use crate::operations::setup::Pace;
use std::time::Duration;
use vigia_app::model::Timestamp;

/// When the attempt after the one of this number would be due.
pub fn retry_at(pace: &Pace, tries: u32, now: Timestamp) -> Timestamp {
    later(now, delay(pace, tries, rand::random()))
}

/// Anything from nothing to a limit that doubles with each try, up to the cap ("full jitter"): many operations that failed together do not
/// come back together. `dice` is from 0 to 1.
fn delay(pace: &Pace, tries: u32, dice: f64) -> Duration {
    let most = pace.first.saturating_mul(2u32.saturating_pow(tries.saturating_sub(1))).min(pace.cap);
    most.mul_f64(dice.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::setup::Setup;

    #[test]
    fn the_wait_doubles_up_to_the_cap() {
        let pace = Pace { first: Duration::from_secs(10), cap: Duration::from_secs(60), ..Setup::default().pace };
        let most = [0, 1, 2, 3, 4, 40, u32::MAX].map(|tries| delay(&pace, tries, 1.0).as_secs());
        assert_eq!(most, [10, 10, 20, 40, 60, 60, 60]);
        assert_eq!(delay(&pace, 3, 0.5), Duration::from_secs(20));
        assert_eq!(delay(&pace, 3, 0.0), Duration::ZERO);
    }
}
