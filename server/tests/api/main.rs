//! Tests of the HTTP server as its callers meet it: a real server on a real port, asked by a real client. One file an endpoint.

mod backup_copies;
mod backup_links;
mod backups;
mod bad_input;
mod broken_store;
mod changes;
mod connections;
mod contract;
mod dashboard;
mod docs;
mod events;
mod events_openbao;
mod exports;
mod exposure;
mod failures;
mod fake_store;
mod harness;
mod hosts;
#[path = "../support/http.rs"]
mod http;
mod jobs;
mod language;
#[path = "../support/line.rs"]
mod line;
mod mappings;
mod metrics;
mod notifications;
mod openapi;
mod operations;
mod page;
mod profile;
mod pseudonyms;
mod quarantine;
mod report_counts;
mod report_event;
mod report_rows;
mod reports;
mod reviews;
mod risk;
mod roles;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/s3.rs"]
mod s3;
mod security_headers;
mod server_functions;
mod session;
mod shares;
mod standings;
mod stopping;
mod timeline;
mod tokens;
mod views;
mod watched;
mod watching;
