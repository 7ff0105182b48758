//! One page per file.
