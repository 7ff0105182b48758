//! How many files and connections the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More are not asked for: what Vigia and its settings can have open at a time is far below, and programs that it runs inherit the limit; old
/// ones go over all numbers up to it.
const ENOUGH: u64 = 65_536;

/// Raises the limit of open files as far as the system allows without being asked, and says how many there may be now.
pub fn raise() -> u64 {
    let was = getrlimit(Resource::Nofile);
    let wanted = was.maximum.unwrap_or(ENOUGH).min(ENOUGH);
    let is = was.current.unwrap_or(ENOUGH);
    if is >= wanted {
        return is;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: was.maximum }) {
        Ok(()) => wanted,
        Err(error) => {
            tracing::warn!(%error, open_files = is, "the limit of open files could not be raised");
            is
        }
    }
}
