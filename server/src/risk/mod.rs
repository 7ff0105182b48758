//! Risk: how unusual a view of a password is for its user, from 0 to 100, and why (docs/risk.md).
//!
//! [`History`] counts the views of the last days. A view is scored against the views before it, part by part: how usual is this for
//! everybody, how usual for this user? The logarithms of the ratios, in bits, are weighed, added, and brought to 0..=100 by one curve
//! that is the same for all.
//!
//! Scores are the same on every machine: keys are hashed without a seed, counts are whole numbers, sums are taken in a fixed order, and
//! logarithms are computed here and not by the platform.

mod again;
mod bits;
mod case;
mod changes;
mod days;
pub mod evaluate;
mod habits;
mod heed;
mod history;
mod key;
mod parts;
mod places;
mod risk_desk;
mod score;
mod scorer;
mod table;
mod usual;
mod view;
mod window;

#[cfg(test)]
mod example;
#[cfg(test)]
mod tests;

pub use changes::{LastChange, PasswordChange};
pub use heed::JUDGED;
pub use history::History;
pub use risk_desk::RiskDesk;
pub use score::{UNUSUAL_BITS, score_of};
pub use scorer::{Scorer, job};
pub use view::{View, ViewKeys};
pub use window::Window;
