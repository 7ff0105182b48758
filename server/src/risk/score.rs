//! The parts together, and the one curve from bits to 0..=100.

use super::bits::exp2;
use super::case::Case;
use super::changes::LastChange;
use super::history::History;
use super::parts::{change, credential, emergency, governance, origin, time, volume};
use super::places::Places;
use super::table::Change;
use super::view::{View, ViewKeys};
use vigia_app::model::risk::{Facts, Part, RiskSettings, Scored};

/// From so many bits on a part is unusual: it is eight times as usual for everybody as for the user.
pub const UNUSUAL_BITS: f64 = 3.0;
/// The sum, in bits, of which the score is 50.
const MIDDLE: f64 = 5.0;
/// By so many bits more, the odds of the score (score : 100 - score) double.
const DOUBLING: f64 = 2.5;

/// What a part makes of a case: its bits, before its weight, and the facts of its sentence.
type Maker = fn(&Case) -> (f64, Facts);

/// The score of a sum of bits: the logistic curve, the same for every user.
pub fn score_of(bits: f64) -> u8 {
    (100.0 / (1.0 + exp2((MIDDLE - bits) / DOUBLING))).round() as u8
}

impl History {
    /// Scores a view, which is not in the history yet.
    pub fn score(&self, view: &View, settings: &RiskSettings) -> Scored {
        self.score_keys(&view.keys(), settings)
    }

    /// The same, where it is known how the password was changed before.
    pub fn score_after(&self, change: LastChange, view: &View, settings: &RiskSettings) -> Scored {
        let keys = view.keys();
        self.score_at(&keys, &Places::of(&keys), change, settings)
    }

    /// Scores a view whose keys are known.
    pub fn score_keys(&self, view: &ViewKeys, settings: &RiskSettings) -> Scored {
        self.score_at(view, &Places::of(view), LastChange::default(), settings)
    }

    /// Scores a view, and then counts it: the same as one after the other, but faster.
    pub fn score_and_add(&mut self, view: &ViewKeys, change: LastChange, settings: &RiskSettings) -> Scored {
        let places = Places::of(view);
        let scored = self.score_at(view, &places, change, settings);
        self.change_at(view, &places, Change::Add);
        scored
    }

    fn score_at(&self, view: &ViewKeys, places: &Places<u64>, change: LastChange, settings: &RiskSettings) -> Scored {
        let counts = self.counts(places);
        let user = self.user(view);
        let everybody = self.everybody(view.population);
        let views = user.map_or(0, |user| user.habits.views);
        let case = Case { view, counts: &counts, user, everybody: &everybody.habits, days: &everybody.steps, views, change };

        let all: [Maker; RiskSettings::PARTS.len()] =
            [time::part, origin::part, credential::part, volume::part, emergency::part, governance::part, change::part];
        let mut sum = 0.0;
        let mut parts = Vec::with_capacity(all.len());
        for (weight, part) in settings.weights.into_iter().zip(all) {
            if weight > 0 {
                let (bits, facts) = part(&case);
                sum += f64::from(weight) / 10.0 * bits;
                parts.push(Part { bits: bits as f32, unusual: bits >= UNUSUAL_BITS, facts });
            }
        }
        Scored {
            score: score_of(sum),
            bits: sum,
            population: view.population,
            user_views: views,
            everybody_views: everybody.habits.views,
            new_credential: counts.credential.views == 0,
            first_access: counts.user_credential.views == 0,
            parts,
            settings: *settings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_bits_are_never_a_lower_score() {
        assert_eq!([-40.0, 0.0, 5.0, 8.0, 12.0, 60.0].map(score_of), [0, 20, 50, 70, 87, 100]);
        assert!((-200..200).all(|n| score_of(f64::from(n) / 10.0) <= score_of(f64::from(n + 1) / 10.0)));
    }
}
