//! What became of a request's events.

use crate::http::rest::schema;
use crate::ingest::intake::Stored;
use crate::ingest::lines::NoText;
use crate::ingest::{Feed, Skip};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::Array;
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// So many errors are told one by one; the number of all of them is whole.
pub(crate) const MAX_ERRORS: usize = 100;

/// What became of the items. What is stored, waiting or quarantined is durable.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Received {
    /// Events that are new.
    stored: u64,
    /// Events that were there already.
    duplicate: u64,
    /// Items that say nothing to report.
    skipped: u64,
    /// Items that wait for the other half of their exchange.
    waiting: u64,
    /// Items that cannot be read.
    rejected: u64,
    /// Of these, how many are in the quarantine: all but those of Vigia's own format, and those that come faster than it keeps them.
    quarantined: u64,
    #[schema(schema_with = errors)]
    errors: Vec<ItemError>,
    #[serde(skip)]
    items: u64,
}

fn errors() -> Array {
    let errors = schema::list(0..=MAX_ERRORS, <ItemError as utoipa::PartialSchema>::schema());
    schema::described(errors, "The first rejected items; `rejected` counts all of them.")
}

#[derive(Debug, Serialize, ToSchema)]
struct ItemError {
    /// Which item, from 0.
    index: u64,
    /// The member at fault, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<String>,
    reason: String,
}

impl Received {
    /// Takes note of an item, and hands it on.
    pub(super) fn item(&mut self, feed: &mut Feed, item: Result<&str, (NoText, &[u8])>) {
        let index = self.items;
        self.items += 1;
        let read = match item {
            Ok(text) => feed.line(text),
            Err((why, bytes)) => feed.no_text(why, bytes),
        };
        match read {
            Ok(()) => {}
            Err(Skip::Unwanted(_)) => self.skipped += 1,
            Err(Skip::Broken { reason, detail }) => {
                self.rejected += 1;
                if self.errors.len() < MAX_ERRORS {
                    let (field, reason) = words(reason, detail);
                    self.errors.push(ItemError { index, field, reason });
                }
            }
        }
    }

    pub(super) fn add(&mut self, stored: Stored) {
        self.stored += stored.appended.stored;
        self.duplicate += stored.appended.duplicate;
        self.waiting += stored.waiting;
        self.skipped += stored.again;
        self.quarantined += stored.quarantined;
    }

    /// For an answer that is an error although part of the body was stored.
    pub(super) fn so_far(&self, wrong: Sentence) -> Sentence {
        match self.stored + self.duplicate + self.waiting {
            0 => sentence!("events.none-before", wrong = wrong),
            events => sentence!("events.before", count = events, wrong = wrong),
        }
    }
}

/// The member a detail is about, and the sentence. Details name it before a colon: `time: it is missing; ...`.
fn words(reason: &str, detail: String) -> (Option<String>, String) {
    if detail.is_empty() {
        return (None, reason.to_owned());
    }
    let is_member =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"_.[]0123456789".contains(&byte));
    match detail.split_once(": ") {
        Some((field, words)) if is_member(field) => (Some(field.to_owned()), words.to_owned()),
        _ => (None, detail),
    }
}
