//! What all reports say of somebody or something.

mod fields;
mod open;
mod profile;
mod shown;
mod state;
mod timeline;
mod watch;

pub use profile::ProfilePage;
pub use timeline::TimelinePage;
