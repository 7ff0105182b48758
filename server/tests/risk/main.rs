//! Designed cases: what scores make of users who do nothing wrong, and of four who do.

mod dice;
mod judge;
mod stories;
mod world;

use judge::judge;
use stories::STORIES;

#[test]
fn what_is_bad_is_in_the_top_percent_and_what_is_normal_is_not_alarming() {
    for seed in 0..2 {
        let verdict = judge(seed);
        for (story, found) in STORIES.iter().zip(verdict.found) {
            assert!(found.in_top > 0, "seed {seed}: {story} is not among the highest 1%: {found:?}");
            assert!(found.alerted > 0, "seed {seed}: {story} is not among the five highest of any day: {found:?}");
        }
        // Many views of the usual are not high in the sum: the part says it.
        let (excess, volume) = (verdict.found[2].volume, verdict.normal_volume as f64 / verdict.normal as f64);
        assert!(excess > 0, "seed {seed}: of the slow excess {excess} views are of unusual volume");
        assert!(volume < 0.03, "seed {seed}: {:.1}% of normal views are of unusual volume", volume * 100.0);
        let above = verdict.normal_above_70 as f64 / verdict.normal as f64;
        assert!(above < 0.005, "seed {seed}: {:.2}% of normal views are above 70", above * 100.0);
    }
}
