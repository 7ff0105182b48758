//! Which events an entry of the journal is about, and how few bytes say so.

use vigia_app::model::EventId;

/// Which events an entry of the journal is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// Were stored, changed or removed: each may be there or not. In the order of their ids.
    Events(Vec<EventId>),
    /// Of those below this id some were removed, mostly all.
    Below(EventId),
}

const EVENTS: u8 = 0;
const BELOW: u8 = 1;

impl Extent {
    /// As the journal keeps these ids: each as what it is above the one before, in as few groups of seven bits as it takes.
    pub(super) fn encode_events(mut ids: Vec<i64>) -> Vec<u8> {
        ids.sort_unstable();
        ids.dedup();
        let mut bytes = Vec::with_capacity(1 + ids.len() * 5);
        bytes.push(EVENTS);
        let mut last = 0;
        for id in ids {
            push(&mut bytes, (id - last).cast_unsigned());
            last = id;
        }
        bytes.shrink_to_fit();
        bytes
    }

    pub(super) fn encode_below(id: i64) -> Vec<u8> {
        let mut bytes = vec![BELOW];
        push(&mut bytes, id.cast_unsigned());
        bytes
    }

    /// What was encoded; `None` for anything else.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, mut rest) = bytes.split_first()?;
        match *kind {
            BELOW => {
                let id = EventId::from_i64(take(&mut rest)?)?;
                rest.is_empty().then_some(Self::Below(id))
            }
            EVENTS => {
                let (mut ids, mut last) = (Vec::new(), 0i64);
                while !rest.is_empty() {
                    last = last.checked_add(take(&mut rest)?)?;
                    ids.push(EventId::from_i64(last)?);
                }
                Some(Self::Events(ids))
            }
            _ => None,
        }
    }
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// The number that the bytes begin with; they go on behind it.
fn take(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0u64;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return i64::try_from(number).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vigia_app::model::Timestamp;

    fn ids(extent: Option<Extent>) -> Vec<i64> {
        match extent {
            Some(Extent::Events(ids)) => ids.into_iter().map(EventId::get).collect(),
            other => panic!("these are events: {other:?}"),
        }
    }

    proptest! {
        #[test]
        fn ids_come_out_in_order_and_once(mut all in proptest::collection::vec(0..=i64::MAX, 0..50)) {
            let decoded = ids(Extent::decode(&Extent::encode_events(all.clone())));
            all.sort_unstable();
            all.dedup();
            prop_assert_eq!(decoded, all);
        }

        #[test]
        fn a_bound_comes_out_as_it_went_in(id in 0..=i64::MAX) {
            prop_assert_eq!(Extent::decode(&Extent::encode_below(id)), EventId::from_i64(id).map(Extent::Below));
        }

        #[test]
        fn bytes_of_any_kind_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = Extent::decode(&bytes);
        }
    }

    #[test]
    fn an_event_a_second_takes_five_bytes_and_one_a_millisecond_three() {
        for (millis, most) in [(1_000, 5), (1, 3)] {
            let of = |n: i64| EventId::first(Timestamp::saturating(1_790_000_000_000 + n * millis)).get();
            let bytes = Extent::encode_events((0..10_000).map(of).collect()).len();
            assert!(bytes < 10_000 * most + 20, "{bytes} bytes for an event each {millis} ms");
        }
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let bytes = Extent::encode_events(vec![5, 1 << 40]);
        assert_eq!(Extent::decode(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Extent::decode(&[BELOW]), None);
        assert_eq!(Extent::decode(&[9]), None);
        assert_eq!(Extent::decode(&[]), None);
    }
}
