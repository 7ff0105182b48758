//! What lies behind an error, for the log.

use std::error::Error;
use std::fmt::Write as _;

/// The error and all that caused it, in one line: each after what it caused.
pub fn chain(error: &dyn Error) -> String {
    let mut chain = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let _ = write!(chain, ": {cause}");
        next = cause.source();
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn an_error_is_told_with_all_its_causes() {
        let error = anyhow!("the disk is on fire").context("no page could be read").context("the database failed");
        assert_eq!(chain(error.as_ref()), "the database failed: no page could be read: the disk is on fire");
        assert_eq!(chain(anyhow!("not a database").as_ref()), "not a database");
    }
}
