//! Pieces of the page.
