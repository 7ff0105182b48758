//! Telling people what they want to be told of, by webhook and e-mail.
//!
//! A rule and how far it has told are kept in the database: what happened is read from the database too, so nothing is lost when the
//! server dies, and what could not be delivered is tried again. A message may arrive twice, when the server dies between sending and
//! noting that; both have the same id.

mod absence;
mod deliver;
mod mail;
mod mailbox;
mod message;
mod noticed;
mod notification_desk;
mod progress;
mod round;
mod sightings;
mod undelivered;

pub use deliver::{Delivery, Mailer};
pub use mailbox::Mailbox;
pub use notification_desk::NotificationDesk;
pub use progress::Progress;
pub use round::{SETTLED, job, round};
