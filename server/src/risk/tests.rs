//! What holds of every history, on made-up views.

use super::*;
use std::collections::VecDeque;
use vigia_app::model::risk::{Facts, Population, RiskSettings};

/// Chance for tests: an xorshift.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn keys(&mut self) -> ViewKeys {
        let name = |kind: &str, number: u64| format!("{kind}{number}");
        let (user, device) = (name("u", self.below(4)), name("d", self.below(3)));
        let (ip, credential) = (format!("10.0.{}.{}", self.below(3), self.below(3)), name("c", self.below(3)));
        View {
            id: 0,
            time: (20_000 * 24 + self.below(24 * 6) as i64) * 3_600_000,
            user: &user,
            actor_kind: "",
            ip: &ip,
            origin: ["Web", "CLI", "API (A2A)"][self.below(3) as usize],
            device: &device,
            credential: &credential,
            emergency: self.below(4) == 0,
            governance_id: self.below(2) == 0,
        }
        .keys()
    }
}

#[test]
fn adding_and_removing_in_any_order_leaves_what_only_adding_would() {
    for seed in 1..=60 {
        let mut chance = Chance(seed * 0x9E37_79B9);
        let mut history = History::default();
        let mut inside: VecDeque<ViewKeys> = VecDeque::new();
        for _ in 0..chance.below(300) {
            if chance.below(5) < 3 || inside.is_empty() {
                let view = chance.keys();
                history.add_keys(&view);
                inside.push_back(view);
            } else if let Some(view) = inside.swap_remove_back(chance.below(inside.len() as u64) as usize) {
                history.remove_keys(&view);
            }
        }
        let mut only_added = History::default();
        // In another order than they came.
        inside.iter().rev().for_each(|view| only_added.add_keys(view));
        assert_eq!(history, only_added, "seed {seed}");
        let view = chance.keys();
        let settings = RiskSettings::default();
        assert_eq!(history.score_keys(&view, &settings), only_added.score_keys(&view, &settings), "seed {seed}");
        inside.iter().for_each(|view| history.remove_keys(view));
        assert_eq!(history, History::default(), "seed {seed}: something is left of nothing");
    }
}

#[test]
fn a_window_scores_as_a_history_of_its_days_does() {
    let settings = RiskSettings { history_days: 2, ..RiskSettings::default() };
    let mut chance = Chance(77);
    let mut views: Vec<ViewKeys> = (0..400).map(|_| chance.keys()).collect();
    views.sort_by_key(|view| view.day);
    let mut window = Window::default();
    for (at, view) in views.iter().enumerate() {
        let scored = window.next(view, &settings);
        let mut history = History::default();
        views[..at].iter().filter(|other| other.day >= view.day - 2).for_each(|other| history.add_keys(other));
        assert_eq!(scored, history.score_keys(view, &settings), "view {at}");
    }
}

#[test]
fn removing_what_was_never_there_is_no_panic() {
    let mut chance = Chance(5);
    let mut history = History::default();
    (0..50).for_each(|_| history.add_keys(&chance.keys()));
    (0..200).for_each(|_| history.remove_keys(&chance.keys()));
    for _ in 0..50 {
        let scored = history.score_keys(&chance.keys(), &RiskSettings::default());
        assert!(scored.bits.is_finite(), "{scored:?}");
    }
}

#[test]
fn weights_multiply_parts_and_leave_them_out() {
    let mut chance = Chance(9);
    let mut history = History::default();
    (0..300).for_each(|_| history.add_keys(&chance.keys()));
    let view = chance.keys();
    let weights = [5, 30, 0, 10, 10, 10, 10];
    let scored = history.score_keys(&view, &RiskSettings { weights, ..RiskSettings::default() });
    let bits: Vec<f64> = scored.parts.iter().map(|part| f64::from(part.bits)).collect();
    assert_eq!(bits.len(), 6);
    assert!(!scored.parts.iter().any(|part| matches!(part.facts, Facts::Credential { .. })));
    let sum = 0.5 * bits[0] + 3.0 * bits[1] + bits[2] + bits[3] + bits[4];
    assert!((scored.bits - sum).abs() < 1e-5, "{} is not {sum}", scored.bits);
}

#[test]
fn a_new_user_is_said_to_be_new_and_compared_with_everybody() {
    let mut history = History::default();
    let mut view = example::usual(0);
    for day in 0..40 {
        (0..5).for_each(|_| history.add(&View { time: example::at(day, 10, 0), ..view }));
    }
    view.user = "newcomer";
    let settings = RiskSettings::default();
    let like_others = history.score(&View { time: example::at(40, 10, 0), ..view }, &settings);
    assert!(like_others.new_user() && !like_others.new_credential);
    let at_night = history.score(&View { time: example::at(40, 3, 0), device: "other", ..view }, &settings);
    assert!(at_night.new_credential && at_night.first_access && like_others.first_access);
    history.add(&View { time: example::at(40, 10, 0), ..view });
    assert!(!history.score(&View { time: example::at(41, 10, 0), ..view }, &settings).first_access);
    assert!(at_night.bits > like_others.bits + 5.0, "{like_others:?} {at_night:?}");
    assert!(at_night.score <= 70, "being new is no alarm: {at_night:?}");
}

#[test]
fn services_are_compared_with_services() {
    let mut history = History::default();
    let person = example::usual(0);
    for day in 0..30 {
        history.add(&View { time: example::at(day, 10, 0), ..person });
        let robot = View { user: "robot", origin: "API (A2A)", ..person };
        (0..24).for_each(|hour| history.add(&View { time: example::at(day, hour, 0), ..robot }));
    }
    let score = |view: View| history.score(&view, &RiskSettings::default());
    let robot = score(View { time: example::at(30, 3, 0), user: "robot", origin: "API (A2A)", ..person });
    assert_eq!((robot.population, robot.everybody_views), (Population::Services, 720));
    assert!(robot.score <= 20, "{robot:?}");
    let night = score(View { time: example::at(30, 3, 0), ..person });
    assert_eq!((night.population, night.everybody_views), (Population::People, 30));
    // A program that comes where people do, of which the source says what it is.
    let named = score(View { time: example::at(30, 3, 0), user: "robot", actor_kind: "Service", ..person });
    assert_eq!(named.population, Population::Services);
    // Somebody who is known in the console comes through the API.
    let turned = score(View { time: example::at(30, 10, 0), origin: "API (A2A)", ..person });
    assert!(turned.new_user());
    assert!(turned.parts[1].unusual, "{turned:?}");
}
