//! Rows as the page has them: those that are shown, and those that were.

pub mod kept;
pub mod shown;
