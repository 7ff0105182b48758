//! What all reports say of somebody or something.

mod fields;
mod open;
mod profile;
mod shown;
mod state;
mod timeline;

pub use profile::ProfilePage;
pub use timeline::TimelinePage;
