//! The id of an event.

use super::Timestamp;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Names one event, and says when it was: the event's time in milliseconds in the upper 43 bits, and 20 bits that tell
/// events of one millisecond apart in the order they were stored.
///
/// Ordered by id is therefore ordered by time, ties broken; the id is the key of every event table, so that a page of the
/// newest events is a walk along the table itself, and every index on a column carries the time order for nothing.
///
/// Written as 13 characters of Crockford's base 32 (`0123456789ABCDEFGHJKMNPQRSTVWXYZ`), which sort like the ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventId(i64);

const TIE_BITS: u32 = 20;
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 13;

impl EventId {
    /// How many events one millisecond can hold.
    pub const PER_MILLISECOND: i64 = 1 << TIE_BITS;

    /// The first id an event of this time can have.
    pub const fn first(time: Timestamp) -> Self {
        Self(time.millis() << TIE_BITS)
    }

    /// The id as it is kept: never negative for an event.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// `None` when negative.
    pub const fn from_i64(id: i64) -> Option<Self> {
        if id >= 0 { Some(Self(id)) } else { None }
    }

    pub fn time(self) -> Timestamp {
        Timestamp::saturating(self.0 >> TIE_BITS)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; LENGTH];
        for (place, digit) in text.iter_mut().rev().enumerate() {
            *digit = DIGITS[usize::try_from((self.0 >> (5 * place)) & 31).unwrap_or(0)];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// The text is not 13 base-32 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnEventId;

impl FromStr for EventId {
    type Err = NotAnEventId;

    fn from_str(text: &str) -> Result<Self, NotAnEventId> {
        if text.len() != LENGTH {
            return Err(NotAnEventId);
        }
        let mut id: i64 = 0;
        for character in text.bytes() {
            let digit = DIGITS.iter().position(|d| *d == character.to_ascii_uppercase()).ok_or(NotAnEventId)?;
            // 13 digits hold 65 bits: what does not fit 63 of them is not an id.
            id = id.checked_mul(32).and_then(|id| id.checked_add(i64::try_from(digit).ok()?)).ok_or(NotAnEventId)?;
        }
        Ok(Self(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_id_are_one(id in 0i64..=i64::MAX) {
            let id = EventId(id);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            prop_assert_eq!(id.to_string().to_lowercase().parse(), Ok(id));
        }

        #[test]
        fn texts_sort_like_ids(a in 0i64..=i64::MAX, b in 0i64..=i64::MAX) {
            prop_assert_eq!(EventId(a).to_string().cmp(&EventId(b).to_string()), a.cmp(&b));
        }

        #[test]
        fn any_text_is_an_id_or_refused(text in ".{0,20}") {
            let _ = text.parse::<EventId>();
        }
    }

    #[test]
    fn an_id_carries_its_time() {
        for time in [Timestamp::MIN, Timestamp::MAX, Timestamp::saturating(1_795_000_000_123)] {
            assert_eq!(EventId::first(time).time(), time);
        }
        assert_eq!("ZZZZZZZZZZZZZ".parse::<EventId>(), Err(NotAnEventId));
    }
}
