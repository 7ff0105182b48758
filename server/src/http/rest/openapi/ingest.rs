//! What the document says of events, tokens and the quarantine.

use super::{ok, schema, with_errors};
use crate::http::rest::events;
use crate::http::rest::quarantine::{DEFAULT_LIMIT, MAX_LIMIT};
use serde_json::{Map, Value, json};

const ADMIN: &[&str] = &["invalid", "signed-out", "forbidden", "unavailable", "internal"];
const ADMIN_ONE: &[&str] = &["invalid", "signed-out", "forbidden", "not-found", "unavailable", "internal"];

pub(super) fn describe(paths: &mut Map<String, Value>, schemas: &mut Map<String, Value>) {
    paths.insert("/api/v1/events".to_owned(), send());
    paths.insert("/api/v1/tokens".to_owned(), tokens());
    paths.insert("/api/v1/tokens/{name}".to_owned(), token());
    paths.insert("/api/v1/quarantine".to_owned(), quarantine());
    paths.insert("/api/v1/quarantine/{id}".to_owned(), line());
    paths.insert("/api/v1/quarantine/replay".to_owned(), replay());
    schemas.extend(all_schemas());
}

fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn send() -> Value {
    let format = json!({ "type": "string", "default": events::FORMAT, "examples": ["openbao", "cef"] });
    let answered = ok("What became of the items. What is stored, waiting or quarantined is durable.", &schema("Received"));
    let mut responses = with_errors(answered, &["invalid", "signed-out", "forbidden", "slow-down", "unavailable", "internal"]);
    let problem = json!({ "application/problem+json": { "schema": schema("Problem") } });
    for (status, words) in [
        (
            "408",
            format!(
                "Nothing of the body came for {} s, or it took longer than {} minutes.",
                events::SILENCE.as_secs(),
                events::LONGEST.as_secs() / 60
            ),
        ),
        (
            "413",
            format!(
                "The body has more than {} MiB, or more than {} MiB once it is unpacked.",
                events::MAX_SENT >> 20,
                events::MAX_UNPACKED >> 20
            ),
        ),
        ("415", "The body is packed in a way that is not read here.".to_owned()),
    ] {
        responses[status] = json!({ "description": words, "content": problem });
    }
    json!({ "post": {
        "operationId": "send_events", "tags": ["Events"], "summary": "Send events",
        "description": format!(
            "One item a line (NDJSON, or the lines of a log), or a JSON array with an item an element; as it is, or packed with gzip or zstd \
             (`Content-Encoding`). Items that can be read are stored beside others that cannot. Sending again is safe: an event that is there \
             is not stored twice. Needs a token of the scope write; a session is not enough. An item has up to {} MiB.",
            crate::ingest::cutter::MAX_ITEM >> 20
        ),
        "security": [{ "token": [] }],
        "parameters": [
            query("format", "What the items are; see docs/integrations.", &format),
            query(
                "source",
                "The system the events come from. Left out: the only source the token may send for, else the format's name; Vigia's own format needs one.",
                &text(),
            ),
        ],
        "requestBody": { "required": true, "content": {
            "application/json": { "schema": { "type": "array", "items": { "type": "object" } } },
            "application/x-ndjson": { "schema": text() },
            "text/plain": { "schema": text() },
        } },
        "responses": responses,
    } })
}

fn tokens() -> Value {
    json!({
        "get": {
            "operationId": "list_tokens", "tags": ["Tokens"], "summary": "The tokens there are, revoked and expired ones included",
            "responses": with_errors(ok("Every token, without its text.", &json!({ "type": "array", "items": schema("Token") })), ADMIN),
        },
        "post": {
            "operationId": "create_token", "tags": ["Tokens"], "summary": "Make a token",
            "requestBody": { "required": true, "content": { "application/json": { "schema": schema("NewToken") } } },
            "responses": with_errors(
                json!({ "201": {
                    "description": "The token, with its text in `token`, this once.",
                    "content": { "application/json": { "schema": schema("Token") } },
                } }),
                ADMIN,
            ),
        },
    })
}

fn token() -> Value {
    json!({ "delete": {
        "operationId": "revoke_token", "tags": ["Tokens"], "summary": "Make a token worthless",
        "parameters": [{ "name": "name", "in": "path", "required": true, "description": "What the token is called.", "schema": text() }],
        "responses": with_errors(json!({ "204": { "description": "It is worth nothing, from now on or since before." } }), ADMIN_ONE),
    } })
}

fn quarantine() -> Value {
    let filters = || {
        vec![
            query("source", "Lines of this source.", &text()),
            query("format", "Lines that came in by this format.", &text()),
            query("reason", "Lines with this reason.", &text()),
        ]
    };
    let mut listing = filters();
    listing.push(query("before", "Lines with ids below this one: `next` of the page before.", &json!({ "type": "integer" })));
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT });
    listing.push(query("limit", "Lines a page.", &limit));
    let mut removing = filters();
    removing.push(query("ids", "Numbers of lines, with commas between them.", &text()));
    removing.push(query(
        "all",
        "All lines, or all that the other parameters let through.",
        &json!({ "type": "boolean", "default": false }),
    ));
    json!({
        "get": {
            "operationId": "list_quarantine", "tags": ["Quarantine"], "summary": "The lines, the newest first, and how many there are",
            "parameters": listing,
            "responses": with_errors(ok("A page of lines.", &schema("QuarantinePage")), ADMIN),
        },
        "delete": {
            "operationId": "drop_quarantine", "tags": ["Quarantine"], "summary": "Remove lines for good",
            "parameters": removing,
            "responses": with_errors(
                ok("How many were removed.", &json!({ "type": "object", "required": ["removed"], "properties": { "removed": { "type": "integer" } } })),
                ADMIN,
            ),
        },
    })
}

fn line() -> Value {
    let id = json!({ "name": "id", "in": "path", "required": true, "description": "Number of the line.", "schema": { "type": "integer" } });
    json!({ "get": {
        "operationId": "quarantined_line", "tags": ["Quarantine"], "summary": "One line, whole",
        "parameters": [id],
        "responses": with_errors(ok("The line.", &schema("QuarantinedLine")), ADMIN_ONE),
    } })
}

fn replay() -> Value {
    json!({ "post": {
        "operationId": "replay_quarantine", "tags": ["Quarantine"],
        "summary": "Read lines again; those that are understood now are stored and leave the quarantine",
        "requestBody": { "required": true, "content": { "application/json": { "schema": schema("Replay") } } },
        "responses": with_errors(ok("What became of them.", &schema("Replayed")), ADMIN_ONE),
    } })
}

fn all_schemas() -> impl Iterator<Item = (String, Value)> {
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties });
    let number = |description: &str| json!({ "type": "integer", "minimum": 0, "description": description });
    let time = || json!({ "type": "string", "format": "date-time" });
    let perhaps = || json!({ "type": ["string", "null"], "format": "date-time" });
    let scope = || json!({ "type": "string", "enum": ["read", "write"] });
    let sources = || json!({ "type": "array", "items": text(), "description": "The sources a writer may send for; none for any." });
    let error = object(
        &["index", "reason"],
        json!({
            "index": { "type": "integer", "minimum": 0, "description": "Which item, from 0." },
            "field": { "type": "string", "description": "The member at fault, where one is." },
            "reason": text(),
        }),
    );
    [
        (
            "Received",
            object(
                &["stored", "duplicate", "skipped", "waiting", "rejected", "quarantined", "errors"],
                json!({
                    "stored": number("Events that are new."), "duplicate": number("Events that were there already."),
                    "skipped": number("Items that say nothing to report."),
                    "waiting": number("Items that wait for the other half of their exchange."),
                    "rejected": number("Items that cannot be read."),
                    "quarantined": number("Of these, how many are in the quarantine: all but those of Vigia's own format."),
                    "errors": {
                        "type": "array", "items": error, "maxItems": events::MAX_ERRORS,
                        "description": "The first rejected items; `rejected` counts all of them.",
                    },
                }),
            ),
        ),
        (
            "NewToken",
            object(
                &["name", "scope"],
                json!({
                    "name": text(), "scope": scope(), "sources": sources(),
                    "expires": { "type": ["string", "null"], "format": "date-time", "description": "null for a token that does not expire." },
                }),
            ),
        ),
        (
            "Token",
            object(
                &["name", "scope", "sources", "created", "created_by", "expires", "revoked", "last_used"],
                json!({
                    "name": text(), "scope": scope(), "sources": sources(), "created": time(), "created_by": text(), "expires": perhaps(),
                    "revoked": perhaps(), "last_used": perhaps(),
                    "token": { "type": "string", "description": "The text to send; only in the answer that made the token." },
                }),
            ),
        ),
        (
            "QuarantinedLine",
            object(
                &["id", "received", "source", "format", "reason", "detail", "original"],
                json!({
                    "id": { "type": "integer" }, "received": time(), "source": text(), "format": text(), "reason": text(), "detail": text(),
                    "original": { "type": "string", "description": "The line, with its secrets masked; a very long one is cut." },
                }),
            ),
        ),
        (
            "QuarantinePage",
            object(
                &["lines", "next", "counts"],
                json!({
                    "lines": { "type": "array", "items": schema("QuarantinedLine") },
                    "next": { "type": ["integer", "null"], "description": "For `before`; null where there are no more." },
                    "counts": { "type": "array", "items": object(
                        &["source", "format", "reason", "lines"],
                        json!({ "source": text(), "format": text(), "reason": text(), "lines": number("How many.") }),
                    ) },
                }),
            ),
        ),
        (
            "Replay",
            object(
                &[],
                json!({
                    "ids": { "type": "array", "items": { "type": "integer" } },
                    "all": { "type": "boolean", "description": "Instead of `ids`: all lines, or all that `source` and `reason` let through." },
                    "source": text(), "reason": text(),
                    "format": { "type": "string", "description": "The format to read them by; left out, the one they came in by." },
                }),
            ),
        ),
        (
            "Replayed",
            object(
                &["understood", "stored", "duplicate", "broken"],
                json!({
                    "understood": number("Lines that left the quarantine."), "stored": number("Events that came out of them and are new."),
                    "duplicate": number("Events that were there already."), "broken": number("Lines that stay."),
                }),
            ),
        ),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
}
