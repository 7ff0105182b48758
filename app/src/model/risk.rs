//! How unusual a view is, and why.

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
    /// Whose views have this origin.
    pub fn of_origin(origin: &str) -> Self {
        if origin.eq_ignore_ascii_case(SERVICE) { Self::Services } else { Self::People }
    }
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
    /// The parts whose weight is not 0, in the order of [`Facts`].
    pub parts: Vec<Part>,
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
}
