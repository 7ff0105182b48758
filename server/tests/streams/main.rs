//! Tests of what comes in by itself: syslog over real sockets, files that grow, and imports.

mod commands;
mod house;
mod import;
mod relays;
mod syslog;
mod tail;
