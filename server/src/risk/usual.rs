//! How usual something is for everybody and for one user, and the ratio of the two.

use super::bits::log2;

/// What is usual for everybody counts for as much as one view of the user's own.
pub(super) const PRIOR: f64 = 1.0;
/// What speaks for the user counts for at most so many bits a part, so that it cannot hide what speaks against in another part.
const KNOWN_AT_MOST: f64 = 3.0;
/// With so many views of their own, users are compared half with their peers and half with themselves.
const NEW: f64 = 5.0;
/// What hardly anybody does is taken for this much less usual, for a new user, than what it is taken for with whoever took an account over.
const RARE_FOR_NEW: f64 = 8.0;

/// The share of `views` among `all` views, of which there are `kinds`. Something that was never viewed counts as half a view.
pub(super) fn share(views: u32, all: u32, kinds: u32) -> f64 {
    (f64::from(views) + 0.5) / (f64::from(all) + 0.5 * (f64::from(kinds) + 1.0))
}

/// How usual something is for everybody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usual {
    share: f64,
    /// The share, but for rare things: whoever took an account over does what nobody does about this often.
    pub base: f64,
}

impl Usual {
    /// Of everybody's `share`, taken for `rare` where it is less.
    pub fn new(share: f64, rare: f64) -> Self {
        Self { share, base: share.max(rare) }
    }

    /// What a user of so many views is expected to do before their own views say more. It is the base; for new users it is nearer to what
    /// their peers do, so that what is rare among these is unusual for a newcomer too, by three bits at most.
    pub fn expected(&self, user_views: f64) -> f64 {
        let peers = self.share.max(self.base / RARE_FOR_NEW);
        self.base - (self.base - peers) * NEW / (user_views + NEW)
    }

    /// How usual it is for a user who did it `seen` times `of` times, in a share; everybody counts for `prior` views.
    pub fn for_user(&self, seen: f64, of: f64, prior: f64, user_views: f64) -> f64 {
        (seen + prior * self.expected(user_views)) / (of + prior)
    }

    /// The ratio "usual for everybody / usual for this user" in bits.
    pub fn ratio(&self, seen: f64, of: f64, prior: f64, user_views: f64) -> f64 {
        log2(self.base / self.for_user(seen, of, prior, user_views))
    }
}

/// The bits of a part made of steps: what speaks against the user adds up, what speaks for them up to [`KNOWN_AT_MOST`].
pub(super) fn together(steps: &[f64]) -> f64 {
    let against: f64 = steps.iter().filter(|bits| **bits > 0.0).sum();
    let in_favour: f64 = steps.iter().filter(|bits| **bits < 0.0).sum();
    against + in_favour.max(-KNOWN_AT_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_new_weighs_more_the_longer_somebody_is_known() {
        let usual = Usual::new(0.2, 0.1);
        let new = |views: f64| usual.ratio(0.0, views, PRIOR, views);
        assert_eq!(new(0.0), 0.0, "nothing is unusual before anything is usual");
        assert!((new(127.0) - 7.0).abs() < 0.01);
    }

    #[test]
    fn what_a_newcomers_peers_hardly_do_is_unusual_within_bounds() {
        let ratio = Usual::new(0.0001, 0.1).ratio(0.0, 0.0, PRIOR, 0.0);
        assert!((ratio - 3.0).abs() < 1e-9, "{ratio} bits");
    }

    #[test]
    fn the_known_hides_little_of_the_unknown() {
        assert_eq!(together(&[-9.0, 5.0]), 2.0);
        assert_eq!(together(&[-1.0, -0.5]), -1.5);
        assert_eq!(together(&[]), 0.0);
    }
}
