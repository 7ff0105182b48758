//! Scores every view after it was stored, each against those before it.
//!
//! Views are gone through in the order of their ids, which are times. The first one without a score says where to begin; one that comes late
//! changes what those behind it are compared with, so all of them are scored again: from where, is kept until it is done, and whoever begins
//! anew (after a kill, on another server) goes on from there. A score that is there already is written again only where it is another now: what it
//! is made of is what it was made of when it became this one.

use super::again::{AGAIN, SPACE, place, written};
use super::changes::{Changes, PasswordChange};
use super::heed::heed;
use super::{History, View};
use crate::clock::Clock;
use crate::crash;
use crate::fold;
use crate::jobs::{Job, On};
use crate::store::rows::KeptRow;
use crate::store::scores::KeptScore;
use crate::store::value::{Value, ip};
use crate::store::{Store, StoreError};
use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use vigia_app::model::risk::{Facts, RiskSettings, Scored};
use vigia_app::model::{Direction, EventId, Timestamp, Verdict};
use vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};
use vigia_app::text;

/// Between two looks for views without a score.
const ROUND: Duration = Duration::from_secs(1);
/// Views that are read at once, and whose scores are kept in one transaction.
const BATCH: u32 = 2_000;
/// How often it rests at most before it scores the next ones.
const RESTS: u32 = 20;
/// After so many rests in which nobody stored anything it rests a quarter as long.
const CALM: u32 = 8;
/// How often the history is counted against the table: views may have been removed.
const CHECKED: Duration = Duration::from_secs(600);
const DAY: i64 = 86_400_000;

/// How scores are made, as JSON.
pub(super) const SETTINGS: &str = "settings";
/// Who has scored last: another server's history does not know what this one has done.
const LAST: &str = "last";

/// Scores what is stored.
pub fn job(store: Arc<dyn Store>, clock: Clock) -> Job {
    let scorer = Arc::new(Scorer::new(store, clock));
    Job::every("risk", text!("job.purpose.risk"), ROUND, On::One, move || {
        let scorer = scorer.clone();
        async move { scorer.round().await }
    })
}

/// Scores the views of a store.
pub struct Scorer {
    store: Arc<dyn Store>,
    clock: Clock,
    standing: Mutex<Standing>,
}

impl Scorer {
    pub fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self { store, clock, standing: Mutex::default() }
    }

    /// Scores all views that have passed by now and have no score, and those whose scores are other ones because of them.
    ///
    /// # Errors
    /// When the database does not answer: what is scored by then is kept, and the next round goes on from there.
    pub async fn round(&self) -> anyhow::Result<()> {
        let mut standing = self.standing.lock().await;
        let done = round(&*self.store, (self.clock)(), &mut standing).await;
        if done.is_err() {
            // What is in the history and what is not is not known any more.
            *standing = Standing::default();
        }
        done
    }
}

/// The history, and which views are in it.
#[derive(Default)]
struct Standing {
    history: History,
    /// The ids of those views, in their order.
    ids: VecDeque<i64>,
    settings: RiskSettings,
    /// Ids of the views that are in it, half-open: from the begin of a day.
    held: Range<i64>,
    /// The ids of those within that are not in it: incidents are no habits.
    aside: BTreeSet<i64>,
    changes: Changes,
    /// Ids of the password operations that were looked at for them, half-open.
    looked_at: Range<i64>,
    /// What was kept when this server last scored; nothing where it never has.
    mark: Option<String>,
    checked: Option<Instant>,
}

/// Scores all views there are until `now`.
async fn round(store: &dyn Store, now: Timestamp, standing: &mut Standing) -> anyhow::Result<()> {
    // The millisecond of now is one that has passed; what lies ahead waits.
    let end = EventId::first(Timestamp::saturating(now.millis() + 1)).get();
    heed(store, now).await?;
    let mut again = store.kept().get(SPACE, AGAIN).await?;
    let unscored = store.scores().first_unscored(&PASSWORD_VIEW, end).await?;
    let known = again.as_deref().and_then(place);
    let Some(start) = unscored.into_iter().chain(known.map(|(id, _)| id)).min() else { return Ok(()) };
    let all = known.is_some_and(|(_, all)| all);
    let (mark, settings) = (store.kept().get(SPACE, LAST).await?, settings(store).await?);
    if standing.mark.is_none() || standing.mark != mark || standing.settings != settings {
        *standing = Standing { mark: Some(format!("{:016x}", rand::random::<u64>())), settings, ..Standing::default() };
        store.kept().set(SPACE, vec![(LAST.to_owned(), standing.mark.clone())]).await?;
    }
    standing.check(store).await?;
    standing.stand_before(store, start).await?;
    // One that comes late, or a round that did not end: what lies behind it has scores that were made without it.
    let late = known.is_some() || store.scores().last_scored(&PASSWORD_VIEW, end).await?.is_some_and(|last| last > start);
    if late && !is_again_from(store, &mut again, &written(start, all)).await? {
        return Ok(());
    }
    crash::point("risk.begun");
    let mut from = start;
    let mut calm = 0;
    loop {
        let rows = store.rows().rows_within(&PASSWORD_VIEW, from..end, Direction::Ascending, BATCH).await?;
        let Some(last) = rows.last().map(|(id, _)| *id) else { break };
        let begun = Instant::now();
        let scores = standing.score(store, &rows, all).await?;
        from = last + 1;
        if !scores.is_empty() {
            metrics::counter!("vigia_risk_scores_total").increment(scores.len() as u64);
            store.scores().keep_scores(&PASSWORD_VIEW, scores).await?;
            crash::point("risk.kept");
        }
        if late && !is_again_from(store, &mut again, &written(from, all)).await? {
            return Ok(());
        }
        if rows.len() < BATCH as usize {
            break;
        }
        calm = rest(store, begun.elapsed(), calm).await?;
    }
    if late {
        is_again_from(store, &mut again, "").await?;
    }
    Ok(())
}

/// Rests as long as it has worked, and up to twenty times as long while others store: they are not to wait for it. Takes and gives in how many rests
/// nobody has stored anything.
async fn rest(store: &dyn Store, worked: Duration, mut calm: u32) -> Result<u32, StoreError> {
    for _ in 0..RESTS {
        let before = store.journal().committed().await?;
        tokio::time::sleep(if calm < CALM { worked } else { worked / 4 }).await;
        if store.journal().committed().await? == before {
            return Ok(calm + 1);
        }
        calm = 0;
    }
    Ok(calm)
}

/// Keeps from where on all views have to be scored again; false where somebody has set another place meanwhile, which then holds.
async fn is_again_from(store: &dyn Store, was: &mut Option<String>, from: &str) -> anyhow::Result<bool> {
    let set = was.as_deref() == Some(from) || store.kept().replace(SPACE, AGAIN, was.as_deref(), from).await?;
    *was = Some(from.to_owned());
    Ok(set)
}

pub(super) async fn settings(store: &dyn Store) -> Result<RiskSettings, StoreError> {
    let kept = store.kept().get(SPACE, SETTINGS).await?;
    let mut kept: serde_json::Value = kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default();
    // What an earlier version has kept has no weight for parts that it did not know.
    if let Some(weights) = kept["weights"].as_array_mut() {
        let usual = RiskSettings::default().weights;
        weights.extend(usual.iter().skip(weights.len()).map(|tenths| serde_json::Value::from(*tenths)));
    }
    Ok(serde_json::from_value(kept).unwrap_or_default())
}

impl Standing {
    /// Forgets the history where it does not hold what the table has.
    async fn check(&mut self, store: &dyn Store) -> anyhow::Result<()> {
        if self.checked.is_some_and(|checked| checked.elapsed() < CHECKED) {
            return Ok(());
        }
        if store.rows().count_within(&PASSWORD_VIEW, self.held.clone()).await? != self.history.views() + self.aside.len() as u64 {
            self.forget(0);
        }
        self.checked = Some(Instant::now());
        Ok(())
    }

    /// Has all views in the history that one of this id is compared with, and no others.
    async fn stand_before(&mut self, store: &dyn Store, id: i64) -> anyhow::Result<()> {
        let first = self.first(id);
        if self.held.is_empty() || first >= self.held.end || id <= self.held.start {
            self.forget(first);
        }
        let is_whole = (id >= self.held.end || self.remove(store, id..self.held.end).await?)
            && (first <= self.held.start || self.remove(store, self.held.start..first).await?);
        if !is_whole {
            self.forget(first);
        }
        let later = self.add(store, self.held.end..id).await?;
        let earlier = self.add(store, first..self.held.start).await?;
        self.ids.extend(later);
        for id in earlier.into_iter().rev() {
            self.ids.push_front(id);
        }
        self.held = first..id;
        self.know_changes(store, first..id).await
    }

    /// Has no view in the history, and none before an id.
    fn forget(&mut self, first: i64) {
        (self.history, self.ids, self.held) = (History::default(), VecDeque::new(), first..first);
        self.aside.clear();
    }

    /// Has the views of these ids in the history, which are none where the range is empty, and says which they are; incidents are left out.
    async fn add(&mut self, store: &dyn Store, ids: Range<i64>) -> anyhow::Result<Vec<i64>> {
        let (mut added, mut from) = (Vec::new(), ids.start);
        while from < ids.end {
            let rows = store.rows().rows_within(&PASSWORD_VIEW, from..ids.end, Direction::Ascending, BATCH).await?;
            for (id, values) in &rows {
                if is_incident(values) {
                    self.aside.insert(*id);
                } else {
                    self.history.add(&Texts::of(values).view(*id, values));
                    added.push(*id);
                }
            }
            let Some((last, _)) = rows.last().filter(|_| rows.len() == BATCH as usize) else { break };
            from = last + 1;
        }
        Ok(added)
    }

    /// Takes the first or the last views out, all those of these ids. One that came meanwhile was never in it. False where one is no longer in the table: then
    /// the history is not what it should be.
    async fn remove(&mut self, store: &dyn Store, ids: Range<i64>) -> anyhow::Result<bool> {
        let places = self.ids.partition_point(|id| *id < ids.start)..self.ids.partition_point(|id| *id < ids.end);
        let known: Vec<i64> = self.ids.drain(places).collect();
        self.aside.retain(|id| !ids.contains(id));
        let (mut removed, mut from) = (0, ids.start);
        while from < ids.end {
            let rows = store.rows().rows_within(&PASSWORD_VIEW, from..ids.end, Direction::Ascending, BATCH).await?;
            for (id, values) in &rows {
                if known.binary_search(id).is_ok() {
                    self.history.remove(&Texts::of(values).view(*id, values));
                    removed += 1;
                }
            }
            let Some((last, _)) = rows.last().filter(|_| rows.len() == BATCH as usize) else { break };
            from = last + 1;
        }
        if ids.start <= self.held.start {
            self.held.start = ids.end;
        } else {
            self.held.end = ids.start;
        }
        Ok(removed == known.len())
    }

    /// Knows the changes of passwords of these ids, and no others.
    async fn know_changes(&mut self, store: &dyn Store, ids: Range<i64>) -> anyhow::Result<()> {
        if self.looked_at.is_empty() || ids.start >= self.looked_at.end || ids.end <= self.looked_at.start {
            (self.changes, self.looked_at) = (Changes::default(), ids.start..ids.start);
        }
        self.changes.remove_from(ids.end);
        self.changes.remove_before(ids.start);
        for range in [ids.start..self.looked_at.start, self.looked_at.end..ids.end] {
            for change in changes(store, range).await? {
                self.changes.add(change);
            }
        }
        self.looked_at = ids;
        Ok(())
    }

    /// The scores of views that follow each other: all, or those that are other ones than are kept.
    async fn score(&mut self, store: &dyn Store, rows: &[KeptRow], all: bool) -> anyhow::Result<Vec<KeptScore>> {
        let mut scores = Vec::new();
        let last = rows.last().map_or(self.looked_at.end, |(id, _)| *id);
        let mut changes = changes(store, self.looked_at.end..last).await?.into_iter().peekable();
        for (id, values) in rows {
            let first = self.first(*id);
            if first > self.held.start {
                if !self.remove(store, self.held.start..first).await? {
                    self.forget(first);
                    let ids = self.add(store, first..*id).await?;
                    self.ids.extend(ids);
                }
                self.held.start = first;
                self.changes.remove_before(first);
                self.looked_at.start = first;
            }
            while let Some(change) = changes.next_if(|change| change.id < *id) {
                if change.id >= first {
                    self.changes.add(change);
                }
            }
            self.looked_at.end = *id;
            let texts = Texts::of(values);
            let view = texts.view(*id, values);
            let keys = view.keys();
            let change = self.changes.last(keys.credential);
            let scored = if is_incident(values) {
                self.aside.insert(*id);
                self.history.score_after(change, &view, &self.settings)
            } else {
                self.ids.push_back(*id);
                self.history.score_and_add(&keys, change, &self.settings)
            };
            let score = kept(*id, &scored)?;
            if all || PASSWORD_VIEW.derived().zip(&score.values).any(|(column, value)| number(values, column.key) != *value) {
                scores.push(score);
            }
            self.held.end = id + 1;
        }
        Ok(scores)
    }

    /// The id from which on views are in the history of one.
    fn first(&self, id: i64) -> i64 {
        let day = EventId::from_i64(id).map_or(0, |id| id.time().millis()).div_euclid(DAY);
        EventId::first(Timestamp::saturating((day - i64::from(self.settings.history_days)) * DAY)).get()
    }
}

/// The changes of passwords of these ids, in their order.
async fn changes(store: &dyn Store, ids: Range<i64>) -> anyhow::Result<Vec<PasswordChange>> {
    let (mut found, mut from) = (Vec::new(), ids.start);
    while from < ids.end {
        let rows = store.rows().rows_within(&PASSWORD_OPERATION, from..ids.end, Direction::Ascending, BATCH).await?;
        found.extend(rows.iter().filter_map(PasswordChange::of));
        let Some((last, _)) = rows.last().filter(|_| rows.len() == BATCH as usize) else { break };
        from = last + 1;
    }
    Ok(found)
}

/// The texts of a view, as they are compared.
struct Texts {
    user: String,
    ip: String,
    origin: String,
    device: String,
    credential: String,
}

impl Texts {
    fn of(values: &[Value]) -> Self {
        let folded = |key| fold::key(text(values, key)).into_owned();
        let address = match value(values, "ip") {
            Some(Value::Bytes(bytes)) => ip(bytes).map(|ip| ip.to_string()),
            _ => None,
        };
        Self {
            user: folded("user"),
            ip: address.unwrap_or_default(),
            origin: text(values, "origin").to_owned(),
            device: folded("device"),
            credential: folded("username"),
        }
    }

    fn view<'v>(&'v self, id: i64, values: &'v [Value]) -> View<'v> {
        View {
            id,
            time: EventId::from_i64(id).map_or(0, |id| id.time().millis()),
            user: &self.user,
            actor_kind: text(values, "actor_kind"),
            ip: &self.ip,
            origin: &self.origin,
            device: &self.device,
            credential: &self.credential,
            emergency: number(values, "emergency") == 1,
            governance_id: !text(values, "governance_id").is_empty(),
        }
    }
}

fn value<'a>(values: &'a [Value], key: &str) -> Option<&'a Value> {
    PASSWORD_VIEW.stored().position(|column| column.key == key).and_then(|at| values.get(at))
}

fn text<'a>(values: &'a [Value], key: &str) -> &'a str {
    match value(values, key) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

fn number(values: &[Value], key: &str) -> i64 {
    match value(values, key) {
        Some(Value::Number(number)) => *number,
        _ => crate::store::value::MISSING,
    }
}

/// Whether people have found that a view should not have happened.
fn is_incident(values: &[Value]) -> bool {
    Verdict::read(text(values, "review")) == Some(Verdict::Incident)
}

/// A score as it is kept.
fn kept(id: i64, scored: &Scored) -> anyhow::Result<KeptScore> {
    let unusual = |of: fn(&Facts) -> bool| i64::from(scored.parts.iter().any(|part| part.unusual && of(&part.facts)));
    let values = PASSWORD_VIEW.derived().map(|column| match column.key {
        "unusual_time" => unusual(|facts| matches!(facts, Facts::Time { .. })),
        "unusual_origin" => unusual(|facts| matches!(facts, Facts::Origin { .. })),
        "unusual_credential" => unusual(|facts| matches!(facts, Facts::Credential { .. })),
        "first_access" => i64::from(scored.first_access),
        "unusual_volume" => unusual(|facts| matches!(facts, Facts::Volume { .. })),
        _ => i64::from(scored.score),
    });
    Ok(KeptScore { id, values: values.collect(), parts: postcard::to_allocvec(scored)? })
}
