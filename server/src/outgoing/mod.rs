//! What Vigia asks of other systems: where it may, over which connection, and how a request proves that it is Vigia's.

mod allowed;
pub mod http;
pub mod signature;

pub use allowed::Allowed;
