//! Lines that are one half of an exchange, on streams: they wait for the other half in the store.
//!
//! The two halves may arrive in requests of their own, at processes of their own, and any process may be killed at any point. So a half
//! is written down before its sender is told that it arrived ([`meet`]), and only then the other one is looked for: of two that arrive at
//! once, at least one sees both. Both may; the event has the same id then and is stored once. The halves are forgotten after the event is
//! stored, and that the exchange is done is noted for a while ([`DONE_FOR`]), so that a half that is sent again does not wait in vain
//! and become an exchange without an answer. What waits too long, and what a killed process left behind, the sweep puts in order.

use super::Context;
use super::format::{Half, Side};
use super::formats::Known;
use super::original::original;
use crate::digest::hex;
use crate::event::Event;
use crate::store::{Store, StoreError};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use vigia_app::model::Timestamp;

/// How long a half waits, in milliseconds: longer than OpenBao lets a request take (90 s).
pub const WAITS_FOR: i64 = 120_000;
/// Both halves are there: whoever works on them has this long, in milliseconds, before the sweep does.
const SETTLES: i64 = 10_000;
/// How long it is remembered that an exchange is done, in milliseconds: senders give up sending again long before.
const DONE_FOR: i64 = 600_000;
/// So many entries are looked at together.
const PAGE: usize = 1_000;
/// Longer ids are kept as their hash.
const MAX_ID: usize = 128;

/// What of an exchange is kept, by the last letter of its key.
const REQUEST: char = 'q';
const RESPONSE: char = 'r';
const DONE: char = 'd';

/// A half that arrived.
#[derive(Debug)]
pub struct Arrived {
    pub half: Half,
    pub line: String,
}

/// The exchanges of one source, in a space of the store.
pub struct Exchanges<'a> {
    pub store: &'a dyn Store,
    pub known: &'a Known,
    pub source: &'a str,
    pub context: &'a Context,
    pub space: &'a str,
}

/// What became of the halves that arrived.
#[derive(Default)]
pub struct Met {
    pub events: Vec<Event>,
    /// To be written when the events are durable.
    pub after: Vec<(String, Option<String>)>,
    pub waiting: u64,
    /// Halves of exchanges that are done.
    pub again: u64,
}

#[derive(Default)]
struct Both<'a> {
    request: Option<&'a str>,
    response: Option<&'a str>,
}

impl Exchanges<'_> {
    /// Keeps the halves whose others are not among them, and makes events of those whose others are, here or in the store.
    pub async fn meet(&self, arrived: &[Arrived]) -> Result<Met, StoreError> {
        let mut met = Met::default();
        let mut order = Vec::new();
        let mut by_id: HashMap<&str, Both<'_>> = HashMap::new();
        for Arrived { half, line } in arrived {
            let both = by_id.entry(&half.id).or_insert_with(|| {
                order.push(half.id.as_str());
                Both::default()
            });
            let slot = if half.side == Side::Request { &mut both.request } else { &mut both.response };
            if slot.replace(line).is_some() {
                met.again += 1;
            }
        }
        let now = (self.context.clock)();
        let (mut keep, mut look) = (Vec::new(), Vec::new());
        for id in &order {
            let Some(both) = by_id.get(id) else { continue };
            let single = match (both.request, both.response) {
                (Some(line), None) => Some((REQUEST, RESPONSE, line)),
                (None, Some(line)) => Some((RESPONSE, REQUEST, line)),
                _ => None,
            };
            match single {
                Some((own, other, line)) => {
                    keep.push((key(id, own), Some(format!("{} {}", now.millis(), self.reader().masked(line)))));
                    look.extend([key(id, other), key(id, DONE)]);
                }
                // Sent in other groups the last time, one of them may be waiting.
                None => look.extend([key(id, REQUEST), key(id, RESPONSE)]),
            }
        }
        let kept = self.store.kept();
        if !keep.is_empty() {
            kept.set(self.space, keep).await?;
        }
        let found = kept.some(self.space, look).await?;
        let line_of = |id: &str, side| found.get(&key(id, side)).map(|value| entry(value).1);
        for id in order {
            let Some(both) = by_id.get(id) else { continue };
            let single = both.request.is_none() || both.response.is_none();
            let request = both.request.or_else(|| line_of(id, REQUEST));
            let response = both.response.or_else(|| line_of(id, RESPONSE));
            match (request, response) {
                (Some(request), Some(response)) => {
                    self.join(request, response, &mut met.events);
                    if single {
                        met.after.extend(forget(id, Some(now)));
                    } else if line_of(id, REQUEST).is_some() || line_of(id, RESPONSE).is_some() {
                        met.after.extend(forget(id, None));
                    }
                }
                _ if found.contains_key(&key(id, DONE)) => {
                    met.after.extend(forget(id, None));
                    met.again += 1;
                }
                _ => met.waiting += 1,
            }
        }
        Ok(met)
    }

    /// Makes events of what waited too long, and of what was left behind; says how many were stored.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        let now = (self.context.clock)();
        let (mut behind, mut stored) = (String::new(), 0);
        loop {
            let mut page = self.store.kept().behind(self.space, &behind, PAGE).await?;
            let full = page.len() == PAGE;
            if full {
                // What there is of the last exchange may go on behind the page.
                let last = page.last().map(|(key, _)| id_of(key).to_owned()).unwrap_or_default();
                page.retain(|(key, _)| id_of(key) != last);
            }
            let Some((last, _)) = page.last() else { return Ok(stored) };
            behind.clone_from(last);
            let (mut events, mut after) = (Vec::new(), Vec::new());
            for exchange in page.chunk_by(|(one, _), (other, _)| id_of(one) == id_of(other)) {
                self.settle(exchange, now, &mut events, &mut after);
            }
            if !events.is_empty() {
                stored += self.store.append(events).await?.stored;
            }
            if !after.is_empty() {
                self.store.kept().set(self.space, after).await?;
            }
            if !full {
                return Ok(stored);
            }
        }
    }

    fn settle(&self, exchange: &[(String, String)], now: Timestamp, events: &mut Vec<Event>, after: &mut Vec<(String, Option<String>)>) {
        let part = |letter| exchange.iter().find(|(key, _)| key.ends_with(letter)).map(|(_, value)| entry(value));
        let age = |(at, _): (i64, &str)| now.millis() - at;
        let Some(id) = exchange.first().map(|(key, _)| id_of(key)) else { return };
        match (part(REQUEST), part(RESPONSE), part(DONE)) {
            (Some(request), Some(response), _) if age(request).min(age(response)) > SETTLES => {
                self.join(request.1, response.1, events);
                after.extend(by_key(id, Some(now)));
            }
            (Some(half), None, Some(_)) | (None, Some(half), Some(_)) if age(half) > SETTLES => after.extend(by_key(id, Some(now))),
            (Some(half), None, None) if age(half) > WAITS_FOR => {
                self.alone(half.1, events);
                after.extend(by_key(id, None));
            }
            (None, Some(half), None) if age(half) > WAITS_FOR => {
                self.alone(half.1, events);
                after.extend(by_key(id, Some(now)));
            }
            (None, None, Some(done)) if age(done) > DONE_FOR => after.push((format!("{id}/{DONE}"), None)),
            _ => {}
        }
    }

    /// A reader that has seen nothing: what a group of lines becomes must not depend on the groups before it.
    fn reader(&self) -> Box<dyn super::Format> {
        self.known.open(self.source, self.context)
    }

    fn join(&self, request: &str, response: &str, events: &mut Vec<Event>) {
        let mut reader = self.reader();
        let first = events.len();
        for line in [request, response] {
            // Both were read before they were taken for halves.
            let _ = reader.line(1, line, events);
        }
        original(events, first, || reader.masked(response));
    }

    fn alone(&self, line: &str, events: &mut Vec<Event>) {
        let mut reader = self.reader();
        let first = events.len();
        let _ = reader.line(1, line, events);
        reader.give_up(events);
        original(events, first, || reader.masked(line));
    }
}

/// The key of a part of an exchange.
fn key(id: &str, part: char) -> String {
    if id.len() <= MAX_ID {
        return format!("{id}/{part}");
    }
    format!("sha256:{}/{part}", hex(&Sha256::digest(id)))
}

fn id_of(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(id, _)| id)
}

/// When it was kept, and the line.
fn entry(value: &str) -> (i64, &str) {
    let (at, line) = value.split_once(' ').unwrap_or((value, ""));
    (at.parse().unwrap_or_default(), line)
}

/// Forgets the halves of an exchange; `done` notes that it is.
fn forget(id: &str, done: Option<Timestamp>) -> impl Iterator<Item = (String, Option<String>)> {
    let key = key(id, DONE);
    by_key(id_of(&key), done).collect::<Vec<_>>().into_iter()
}

fn by_key(id: &str, done: Option<Timestamp>) -> impl Iterator<Item = (String, Option<String>)> {
    let done = done.map(|at| (format!("{id}/{DONE}"), Some(at.millis().to_string())));
    [(format!("{id}/{REQUEST}"), None), (format!("{id}/{RESPONSE}"), None)].into_iter().chain(done)
}
