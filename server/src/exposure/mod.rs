//! Credentials that somebody has seen and whose passwords were not changed since: which they are, who could know one, and having them changed.
//!
//! - [`credential`]: what makes two events ones on the same credential.
//! - [`changes`]: when the password of a credential was changed.
//! - [`follow`]: each view says when its password was changed after it; that is set as operations come, whatever the order.
//! - [`service`]: what readers ask. All answers are questions to the index about that column.
//! - [`request`]: changes of all that somebody could still use.

mod changes;
mod credential;
mod follow;
mod request;
mod service;

pub use follow::{Follower, job};
pub use request::ExposureDesk;
pub use service::ExposureService;
