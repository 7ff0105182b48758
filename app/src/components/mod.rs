//! Pieces of the page.

pub mod each;
pub mod follow;
pub mod form;
pub mod icon;
pub mod late_part;
pub mod load;
pub mod notice;
pub mod popover;
pub mod prefs;
pub mod report;
pub mod router;
pub mod rows;
pub mod said;
pub mod session;
pub mod shell;
pub mod watch;
pub mod wide_table;
