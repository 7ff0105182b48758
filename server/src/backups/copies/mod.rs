//! Copies of backups in further places.
//!
//! - [`target`]: a place that takes copies: a [`folder`], or a [`bucket`] of an S3-compatible store.
//! - [`measures`]: what a copy has to be.
//! - [`copy_error`]: why something is not copied.
//! - [`wrong`]: what a store says against it, in sentences.
//! - [`variables`]: what the environment says of stores.
//! - [`record`]: what is remembered of copies.
//! - [`work`]: backups are copied, and copies removed, in the turn that there is one of over all servers.
//! - [`elsewhere`]: backups that are there, wherever; and back from a place.
//! - [`readable`]: copies that are read where they are, as downloads do; what is in a bucket as an [`object`].
//! - [`reading`]: what is read stays where it is.
//! - [`fetch`]: an archive that is named by its address.
//!
//! An archive is copied, read back from its beginning to its end, and held against its manifest; then the manifest is put beside it and read back too. Only then it is
//! said that there is a copy.

mod bucket;
mod copy_error;
mod elsewhere;
pub mod fetch;
mod folder;
mod measures;
mod object;
mod readable;
mod reading;
mod record;
mod target;
mod variables;
mod work;
mod wrong;

pub use copy_error::CopyError;
pub use elsewhere::Known;
pub use object::{Object, ObjectPieces};
pub use readable::Readable;
pub use reading::Reading;
pub use record::{Copies, Copy};
pub use variables::StoreVariables;
