//! How unusual a view is, and why.

use super::{ActorKind, ApiError, Timestamp};
use crate::sentence;
use serde::{Deserialize, Serialize};

/// Those whom somebody is compared with: "everybody" is everybody of the same population.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Population {
    People,
    /// Programs, which view through the API.
    Services,
}

/// The origin of what a program has asked for, and no person.
pub const SERVICE: &str = "API (A2A)";

impl Population {
    /// Whose views have this kind of actor and this origin: those of a machine, or through what only programs use, are services'.
    pub fn of(actor_kind: &str, origin: &str) -> Self {
        let is_machine = ActorKind::read(actor_kind).is_some_and(|kind| ActorKind::MACHINES.contains(&kind));
        if is_machine || origin.eq_ignore_ascii_case(SERVICE) { Self::Services } else { Self::People }
    }
}

/// How scores are made. Other settings make other scores of all views.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskSettings {
    /// Views are compared with those of so many days before their own day, and of that day: 1 to 1,000.
    pub history_days: u16,
    /// How much each of [`RiskSettings::PARTS`] counts, in tenths: from 0, which leaves it out, to 30.
    pub weights: [u8; 7],
}

impl RiskSettings {
    /// The parts of a score, in the order of [`Facts`].
    pub const PARTS: [&'static str; 7] = ["time", "origin", "credential", "volume", "emergency", "governance", "change"];
    pub const MOST_DAYS: u16 = 1_000;
    pub const MOST_WEIGHT: u8 = 30;

    /// # Errors
    /// Names what is out of its bounds.
    pub fn check(&self) -> Result<(), ApiError> {
        if !(1..=Self::MOST_DAYS).contains(&self.history_days) {
            return Err(ApiError::invalid(
                "history_days",
                sentence!("risk.days", days = i64::from(self.history_days), most = Self::MOST_DAYS),
            ));
        }
        match Self::PARTS.iter().zip(self.weights).find(|(_, weight)| *weight > Self::MOST_WEIGHT) {
            Some((part, _)) => Err(ApiError::invalid(*part, sentence!("risk.weight"))),
            None => Ok(()),
        }
    }
}

impl Default for RiskSettings {
    fn default() -> Self {
        Self { history_days: 90, weights: [10; 7] }
    }
}

/// What administrators see of scoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskState {
    pub settings: RiskSettings,
    /// Views of this time and later ones are still to be scored again.
    pub again: Option<Timestamp>,
}

/// The score of a view, and what it is made of. All numbers are of the history before the view, but for the view itself among today's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// 0 to 100.
    pub score: u8,
    /// The weighed sum of the parts' bits, which the score is the rounded image of. Views of equal score are in the order of their bits.
    pub bits: f64,
    /// Whom the user was compared with.
    pub population: Population,
    /// The user's views in the history; 0 says that the user is new, and was compared with everybody.
    pub user_views: u32,
    /// Everybody's views in the history.
    pub everybody_views: u32,
    /// Nobody has viewed the credential: it is new, and compared by its device alone.
    pub new_credential: bool,
    /// The user has not viewed the credential before.
    pub first_access: bool,
    /// The parts whose weight is not 0, in the order of [`Facts`].
    pub parts: Vec<Part>,
    /// What made it so.
    pub settings: RiskSettings,
}

impl Scored {
    /// Whether the user has no views in the history.
    pub fn new_user(&self) -> bool {
        self.user_views == 0
    }
}

/// One of the reasons of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// How much more usual this is for everybody than for the user, in bits, before the weight: 3 bits say eight times as usual.
    pub bits: f32,
    /// Whether that is at least `risk::UNUSUAL_BITS` of the server.
    pub unusual: bool,
    pub facts: Facts,
}

/// What a sentence about a part needs. Shares are from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Facts {
    /// The two hours around the view, on all days of the history.
    Time {
        /// The hour, UTC, in which they begin, 0 to 23; two hours later they end, on the next day maybe.
        from: u8,
        /// The hour in which they end.
        to: u8,
        /// Whether the view was on a Saturday or Sunday.
        weekend: bool,
        /// The share of the user's views in these hours.
        user_share: f32,
        /// The share of everybody's.
        everybody_share: f32,
        /// The user's views on Saturdays and Sundays.
        user_weekend_views: u32,
    },
    Origin {
        /// The user's views from this address.
        address_views: u32,
        /// The user's views from its network.
        network_views: u32,
        /// How many users viewed from this network.
        network_users: u32,
        /// The share of everybody's views that came from it.
        network_share: f32,
        /// The user's views on this platform.
        platform_views: u32,
        /// The share of all views, of people and services, on this platform.
        platform_share: f32,
        /// The user's views on all platforms.
        user_views_anywhere: u32,
    },
    Credential {
        /// The user's views of this credential.
        credential_views: u32,
        /// How many other users viewed it.
        credential_others: u32,
        /// The user's views of any credential of its device.
        device_views: u32,
        /// How many of the device's credentials the user has viewed.
        device_credentials: u32,
        /// The share of everybody's views that were of the device.
        device_share: f32,
    },
    Volume {
        /// The user's views of the day, with this one.
        today: u32,
        /// The user's views on an earlier day with views, on average; 0 without such days.
        usual: f32,
        /// How many such days there are.
        days: u32,
        /// The same of everybody.
        everybody_usual: f32,
    },
    Emergency {
        /// Whether this view is one.
        emergency: bool,
        /// How many of the user's were.
        user_emergencies: u32,
        /// The share of everybody's.
        everybody_share: f32,
    },
    Governance {
        /// Whether an ID was given.
        given: bool,
        /// Views of this credential, by everybody.
        credential_views: u32,
        /// Those of them without an ID.
        credential_missing: u32,
        /// Views of its device.
        device_views: u32,
        /// Those of them without an ID.
        device_missing: u32,
    },
    Change {
        /// Whether the last change of the password before the view was by hand; `None` where none is known.
        last_by_hand: Option<bool>,
        /// How many changes there were before that one, and how many of those by hand.
        earlier: u32,
        by_hand: u32,
    },
}
