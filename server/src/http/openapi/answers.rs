//! The errors an endpoint may answer with: described once, and added to each endpoint by what is known of it.

use crate::http::endpoint::{Endpoint, Who, name_of, problem};
use crate::http::limits::{MAX_BODY, MAX_URI, TIMEOUT};
use crate::http::problem::KINDS;
use serde_json::{Map, Value, json};
use vigia_app::model::ErrorKind;

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/responses/{name}") })
}

/// Adds to an endpoint's `responses` what follows from whom it answers, how it is asked and its limits.
pub(super) fn add_errors(endpoint: &Endpoint, responses: &mut Value) {
    let mut add = |status: u16, name: &str| {
        let status = status.to_string();
        if responses[&status].is_null() {
            responses[status] = reference(name);
        }
    };
    let sends_token = [Who::Writer, Who::Executor, Who::Ticket].contains(&endpoint.who);
    if endpoint.path.starts_with("/api/") && !sends_token {
        add(421, "misdirected");
    }
    let mut kind = |kind: ErrorKind| add(kind.status(), name_of(kind));
    if endpoint.who != Who::Anybody {
        kind(ErrorKind::SignedOut);
    }
    if endpoint.who != Who::Anybody || endpoint.method != "GET" {
        kind(ErrorKind::Forbidden);
    }
    // What only looks at the server asks no database, and answers in plain text.
    if !endpoint.path.starts_with("/api/") || (endpoint.who == Who::Anybody && endpoint.method == "GET") {
        return;
    }
    kind(ErrorKind::Unavailable);
    kind(ErrorKind::Internal);
    let takes_body = endpoint.operation["requestBody"].is_object();
    let takes_query = endpoint.operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["in"] != "path"));
    if takes_body || takes_query {
        kind(ErrorKind::Invalid);
    }
    if [Who::Reader, Who::Exporter].contains(&endpoint.who) || (takes_body && !endpoint.streams) {
        kind(ErrorKind::SlowDown);
    }
    if takes_query {
        add(414, "too-long");
    }
    if !endpoint.streams {
        add(504, "took-too-long");
        if takes_body {
            add(413, "too-large");
            add(415, "not-json");
        }
    }
}

/// Every error answer, by its name.
pub(super) fn all() -> Map<String, Value> {
    let problem = |words: String| json!(problem(words));
    let kinds = KINDS.iter().map(|(kind, name, title)| ((*name).to_owned(), problem(format!("{}: {}", title.english(), meaning(*kind)))));
    let limits = [
        ("too-long", format!("The address has more than {} KB. Use fewer or shorter filters.", MAX_URI / 1024)),
        ("too-large", format!("The body has more than {} KB. Send less.", MAX_BODY / 1024)),
        ("misdirected", "The request is for another site: `Host` names neither this server's public address, nor an address, nor localhost. What has a token may name any.".to_owned()),
        ("not-json", "The body is not JSON, or does not say so in `Content-Type`.".to_owned()),
        (
            "took-too-long",
            format!("The answer took longer than {} s and was given up. Narrow the time range, or add a filter.", TIMEOUT.as_secs()),
        ),
    ];
    kinds.chain(limits.map(|(name, words)| (name.to_owned(), problem(words)))).collect()
}

/// What a kind of error tells the caller to do.
pub(in crate::http) const fn meaning(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Invalid => "a parameter or member is wrong. `field` names it, `detail` says what would be right.",
        ErrorKind::SignedOut => {
            "there is no session or token, or it has ended, or the name or password is wrong. Sign in, or send a token."
        }
        ErrorKind::Forbidden => "the user's role or the token may not do this, or the request came from another site.",
        ErrorKind::NotFound => "no report, event, token, line or address of this name is there.",
        ErrorKind::SlowDown => {
            "too many tries to sign in failed, and `detail` says how long to wait; or more events are on their way than the server takes, or as many questions of the same user or token, or large bodies of the same address, as may be at a time are still there, or as many exports are being made, and `Retry-After` says when to come again."
        }
        ErrorKind::Unavailable => "the database is busy, or the search took too long. Try again, or narrow the time range.",
        ErrorKind::Internal | ErrorKind::Offline => "a fault of the server; its log has the cause.",
    }
}
