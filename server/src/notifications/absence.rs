//! What did not happen: sources that send nothing, and reviews that nobody makes. It is looked at when it may be so, not before: each look says when the next one
//! is due, and that is kept with the rule, so that a server that is killed goes on from there.

use super::message::{self, Message};
use super::progress::{KeptRule, Progress};
use crate::fold;
use crate::index::Index;
use crate::reviews;
use crate::source_name::OWN;
use crate::store::{ResolvedQuery, Store, StoreError};
use std::collections::BTreeMap;
use vigia_app::model::{Cell, EventId, Filter, Moment, Query, QueryError, Test, TimeRange, Timestamp};
use vigia_app::reports;

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;
/// Sources that one rule is about: of each report those with most events.
const SOURCES: usize = 200;

/// Of a rule that says none, which none of its kind does.
const NONE: u16 = u16::MAX;

/// A source by its name, and the last event of it.
type Heard = (String, Option<EventId>);

/// Sources that have become silent, and how far the rule is when it has told of them; `None` while the index is being built.
pub(super) async fn silent(
    (store, index): (&dyn Store, &Index),
    rule: &KeptRule,
    was: &Progress,
    now: Timestamp,
    base: &str,
    id: impl Fn(&[&str]) -> String,
) -> Result<Option<(Progress, Option<Message>)>, StoreError> {
    let hours = rule.rule.hours.unwrap_or(NONE);
    let Some(heard) = heard(store, index, &rule.rule.source, now).await? else { return Ok(None) };
    let span = i64::from(hours) * HOUR;
    // One that was never heard of is silent from the rule on.
    let due = |last: Option<EventId>| last.map_or(was.at, EventId::time).millis() + span;
    let (silent, others): (Vec<Heard>, Vec<Heard>) = heard.into_iter().partition(|(_, last)| due(*last) <= now.millis());
    let next = others.iter().map(|(_, last)| due(*last)).fold(now.millis() + span, i64::min);
    let new: Vec<&Heard> = silent.iter().filter(|(source, last)| was.silent.get(source) != Some(last)).collect();
    let message = (!new.is_empty()).then(|| {
        let parts = new.iter().map(|(source, last)| format!("{source} {}", last.map_or_else(String::new, |last| last.to_string())));
        let parts: Vec<String> = std::iter::once("silent".to_owned()).chain(parts).collect();
        let told: Vec<_> = new.iter().map(|(source, last)| (source.clone(), last.map(EventId::time))).collect();
        message::silent(id(&parts.iter().map(String::as_str).collect::<Vec<_>>()), now, hours, &told, base)
    });
    let look = Some(Timestamp::saturating(next));
    Ok(Some((Progress { look, silent: silent.into_iter().collect(), ..was.clone() }, message)))
}

/// The last event of each source, or of one, that is not of the future: what a clock that is fast says of later is no sign of life. `None` while the index is being built.
async fn heard(store: &dyn Store, index: &Index, only: &str, now: Timestamp) -> Result<Option<Vec<Heard>>, StoreError> {
    let mut heard: BTreeMap<String, Heard> = BTreeMap::new();
    if !only.is_empty() {
        heard.insert(fold::key(only).into_owned(), (only.to_owned(), None));
    }
    for report in reports::ALL {
        let Some(column) = report.column("source") else { continue };
        let all = ResolvedQuery::new(Query::all(report), now).map_err(|error| unasked(&error))?;
        let Some(known) = index.known(store, &all).await? else { return Ok(None) };
        let names: Vec<String> = if only.is_empty() {
            let Some((values, _)) = known.values(&all, column, SOURCES).await? else { return Ok(None) };
            values.into_iter().filter_map(|(value, _)| if let Cell::Text(name) = value { Some(name) } else { None }).collect()
        } else {
            vec![only.to_owned()]
        };
        for name in names.into_iter().filter(|name| name != OWN || only == OWN) {
            let filters = vec![Filter { column, test: Test::Is(vec![name.clone()]) }];
            let range = TimeRange::Between { from: None, to: Some(Moment::utc(now)) };
            let newest =
                ResolvedQuery::new(Query { filters, range, limit: 1, ..Query::all(report) }, now).map_err(|error| unasked(&error))?;
            let Some(page) = index.page(store, &newest).await? else { return Ok(None) };
            let (_, last) = heard.entry(fold::key(&name).into_owned()).or_insert((name, None));
            *last = page.rows.first().map(|row| row.id).into_iter().chain(*last).max();
        }
    }
    // One that has events of the future alone is not judged.
    Ok(Some(heard.into_values().filter(|(_, last)| last.is_some() || !only.is_empty()).collect()))
}

fn unasked(error: &QueryError) -> StoreError {
    StoreError::Failed(anyhow::anyhow!("{}", error.message))
}

/// That nobody has reviewed anything, and how far the rule is when it has told so; it is told again each time that as many days have gone by.
pub(super) async fn unreviewed(
    store: &dyn Store,
    rule: &KeptRule,
    was: &Progress,
    now: Timestamp,
    base: &str,
    id: impl Fn(&[&str]) -> String,
) -> Result<(Progress, Option<Message>), StoreError> {
    let days = rule.rule.days.unwrap_or(NONE);
    let last = reviews::last(store).await?;
    let span = i64::from(days) * DAY;
    let due = last.unwrap_or(was.at).millis() + span;
    if due > now.millis() {
        return Ok((Progress { look: Some(Timestamp::saturating(due)), ..was.clone() }, None));
    }
    // The same for whoever looks at the same time, and for who looks again after a failure.
    let told_before = was.look.map_or(0, Timestamp::millis);
    let id = id(&["unreviewed", &due.to_string(), &told_before.to_string()]);
    let look = Some(Timestamp::saturating(now.millis() + span));
    Ok((Progress { look, ..was.clone() }, Some(message::unreviewed(id, now, days, last, base))))
}
