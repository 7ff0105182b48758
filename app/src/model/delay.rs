//! What lies between an event and its arrival.

use super::{Report, Timestamp};

/// The time from an event to its arrival, as its own clock and the server's tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    /// Arrival less event, in milliseconds; below 0 where the event lay in the future when it arrived.
    pub millis: i64,
    pub mark: Option<DelayMark>,
}

/// Worth a second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelayMark {
    /// The event lay in the future: the source's clock, or its zone, is wrong.
    Future,
    /// The event came in long after it happened.
    Late,
}

impl Delay {
    /// Clocks may differ by so much, in milliseconds: 5 minutes.
    pub const FUTURE: i64 = 5 * 60 * 1000;
    /// An event older than this is late, in milliseconds: 7 days.
    pub const LATE: i64 = 7 * 24 * 60 * 60 * 1000;

    /// Of an event of this time that was received then. An operation may be planned ahead: its time lies in the future by right.
    pub fn of(report: &Report, time: Timestamp, received: Timestamp) -> Self {
        let millis = received.millis() - time.millis();
        let mark = match millis {
            ..0 if -millis > Self::FUTURE && report.actions.is_none() => Some(DelayMark::Future),
            _ if millis > Self::LATE => Some(DelayMark::Late),
            _ => None,
        };
        Self { millis, mark }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "fifth-report")]
    use crate::reports::ACCOUNT_DISCOVERY;
    use crate::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};

    #[test]
    fn only_what_is_far_off_is_marked() {
        let received = Timestamp::saturating(1_790_000_000_000);
        let mark = |report, millis: i64| Delay::of(report, Timestamp::saturating(received.millis() - millis), received).mark;
        for close in [0, -Delay::FUTURE, Delay::LATE, 1_000] {
            assert_eq!(mark(&PASSWORD_VIEW, close), None, "{close}");
        }
        assert_eq!(mark(&PASSWORD_VIEW, -Delay::FUTURE - 1), Some(DelayMark::Future));
        assert_eq!(mark(&PASSWORD_VIEW, Delay::LATE + 1), Some(DelayMark::Late));
        assert_eq!(mark(&PASSWORD_OPERATION, -Delay::LATE), None, "planned");
        #[cfg(feature = "fifth-report")]
        assert_eq!(mark(&ACCOUNT_DISCOVERY, -Delay::LATE), Some(DelayMark::Future), "attempts alone are not planned");
    }
}
