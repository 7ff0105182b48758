//! The one file that a backup is: a tar of JSON lines, compressed with zstd, encrypted with age. `docs/backups.md` has the format.
//!
//! - [`write`]: lines go in, table by table, and what is known of them comes out as a manifest.
//! - [`packing`]: the thread that makes one file of them.
//! - [`read`]: lines come out, and whatever is not as the manifest says is an error.
//! - [`manifest`]: what a backup says of itself.
//! - [`note`]: a text with signatures behind it.
//! - [`keys`]: what an instance signs with and opens its backups with, and whom else it makes them for.
//! - [`lines`]: events as lines, and back.
//! - [`measured`]: how many bytes went by, and their SHA-256.

pub mod keys;
pub mod lines;
pub mod manifest;
pub mod measured;
pub mod note;
mod packing;
pub mod read;
#[cfg(test)]
mod tests;
pub mod write;

/// The version of the format that is written; older ones are read.
pub const FORMAT: u32 = 1;
/// How the name of an archive ends.
pub const EXTENSION: &str = ".tar.zst.age";
/// What is behind the name of an archive in that of the file beside it, which has its manifest.
pub const MANIFEST: &str = ".manifest";
/// Bytes of lines in one file of the tar, roughly: it is written when there are so many.
const PART: usize = 4 << 20;
/// A file of the tar is never larger: one line may be long, and a part ends behind it.
const LARGEST: u64 = 64 << 20;
