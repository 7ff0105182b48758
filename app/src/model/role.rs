//! Who may do what.

use crate::text;
use crate::words::Text;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a user may do; each role may do all that the one before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads reports.
    Manager,
    /// Sees every field of an event besides.
    Auditor,
    /// Everything.
    Admin,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Manager, Self::Auditor, Self::Admin];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// For people.
    pub const fn label(self) -> Text {
        match self {
            Self::Manager => text!("role.manager"),
            Self::Auditor => text!("role.auditor"),
            Self::Admin => text!("role.admin"),
        }
    }

    /// Says to somebody else that it is for whoever has this role or one that may do more.
    pub const fn reserved(self) -> Text {
        match self {
            Self::Manager => text!("reserved.users"),
            Self::Auditor => text!("reserved.auditors"),
            Self::Admin => text!("reserved.admins"),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| format!("{text:?} is not a role: use manager, auditor or admin"))
    }
}

/// The signed-in user, as the page needs to know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Name used to sign in.
    pub username: String,
    /// Name for people.
    pub name: String,
    pub role: Role,
}

/// What the page is told when it begins: who is signed in, and what the server is set up for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    pub viewer: Viewer,
    /// Whether they have to choose a password before anything else is possible: the one they signed in with was for that one time. Told when they sign in.
    pub chooses_password: bool,
    /// What a demo says of itself: that it is made up, and what of it; empty where the server is none.
    pub demo: String,
    /// Whether any connector is set up, so that operations can be carried out.
    pub carries_out: bool,
    /// Whether they review events.
    pub reviews: bool,
    /// What reports open with for them: report and query of the views they have chosen.
    pub first: Vec<(String, String)>,
}
