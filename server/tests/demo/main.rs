//! `vigia serve --demo` as a newcomer meets it: a real server, whose operations change real passwords on made-up devices.

mod devices;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/http.rs"]
mod http;
mod kills;
mod newcomer;
mod own_backups;
mod setup;
mod tries;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/vigia.rs"]
mod vigia;
