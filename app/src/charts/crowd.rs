//! More buckets than pixels.

use super::boxes::TENTHS;
use super::bucket::{Bucket, Tally};

/// The numbers to draw, on an axis so many tenths of a pixel long. Where several buckets share a pixel, each is drawn as the highest of
/// them: a day that stands out is seen, however long the period, and a part is still never more than its whole.
pub fn levelled(buckets: &[Bucket], before: &[u64], tenths: i32) -> (Vec<Tally>, Vec<u64>) {
    let mut tallies: Vec<Tally> = buckets.iter().map(|bucket| bucket.tally).collect();
    let mut before = before.to_vec();
    let pixels = usize::try_from(tenths / TENTHS).unwrap_or_default().max(1);
    let shared = buckets.len().div_ceil(pixels);
    if shared > 1 {
        for crowd in tallies.chunks_mut(shared) {
            let highest = crowd.iter().copied().reduce(higher).unwrap_or_default();
            crowd.fill(highest);
        }
        for crowd in before.chunks_mut(shared) {
            let highest = crowd.iter().copied().max().unwrap_or_default();
            crowd.fill(highest);
        }
    }
    (tallies, before)
}

fn higher(one: Tally, other: Tally) -> Tally {
    Tally {
        count: one.count.max(other.count),
        risk: one.risk.max(other.risk),
        second: one.second.max(other.second),
        so_far: one.so_far && other.so_far,
        silent: one.silent || other.silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(count: u64, risk: u64) -> Bucket {
        Bucket::new("", "", count).with_risk(risk).expect("a part")
    }

    #[test]
    fn with_room_for_all_nothing_changes() {
        let buckets = [bucket(3, 1), bucket(9, 0)];
        let (tallies, before) = levelled(&buckets, &[7], 20);
        assert_eq!(tallies, buckets.map(|bucket| bucket.tally));
        assert_eq!(before, [7]);
    }

    #[test]
    fn a_day_that_stands_out_is_seen_among_ten_years() {
        let mut buckets = vec![bucket(5, 0); 3_653];
        buckets[1_000] = bucket(800, 40);
        buckets[1_001] = bucket(90, 60);
        let (tallies, before) = levelled(&buckets, &[4, 6, 1], 12_000);
        assert_eq!(tallies.len(), 3_653, "columns stay where they are");
        assert_eq!((tallies[1_001].count, tallies[1_001].risk), (800, Some(60)));
        assert_eq!(tallies[1_100].count, 5);
        assert!(tallies.iter().all(|tally| tally.risk <= Some(tally.count)));
        assert_eq!(before, [6, 6, 6]);
    }
}
