//! Views, and failures that other systems report: found by following the journal, once each, and kept with the rule until they are told.

use super::message::{self, MOST, Message, Sighting};
use super::progress::{self, KeptRule, Progress};
use crate::crash;
use crate::event::ERROR_CLASS;
use crate::fold::folded;
use crate::store::journal::{Extent, JournalError};
use crate::store::operations::Ended;
use crate::store::value::{Value, cell};
use crate::store::{Store, StoreError};
use crate::watched::Lookout;
use vigia_app::model::{Cell, EventId, NotificationRule, Occasion, OperationStatus, Report, Timestamp};
use vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};
use vigia_app::story::Subject;

/// Its name among those who follow the journal.
const FOLLOWER: &str = "notifications";
/// Entries that are read at once.
const ENTRIES: u32 = 100;
/// Rows that are read at once.
const ROWS: usize = 1_000;
/// What happened longer ago, in milliseconds, is no news: who imports an old log is told of nothing. A week.
pub(super) const RECENT: i64 = 7 * 24 * 60 * 60 * 1000;
/// What happened longer before a rule began, in milliseconds, is none of its news, though its row changes: views are scored again at times. An hour.
const BEFORE: i64 = 60 * 60 * 1000;
/// A rule tells once in so many milliseconds at most.
const APART: i64 = 60 * 1000;

/// The report whose rows an occasion is about, where those are found in the journal.
pub(super) const fn report(occasion: Occasion) -> Option<&'static Report> {
    match occasion {
        Occasion::WatchedView | Occasion::RiskyView | Occasion::EmergencyAccess | Occasion::FirstAccess => Some(&PASSWORD_VIEW),
        Occasion::ReportedFailure => Some(&PASSWORD_OPERATION),
        Occasion::OperationFailed | Occasion::SourceSilent | Occasion::NobodyReviewed | Occasion::BackupTrouble => None,
    }
}

/// Sees to it that a rule that is made now misses nothing from now on.
pub(super) async fn begin(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    if store.journal().registered(FOLLOWER).await?.is_none() {
        store.journal().register(FOLLOWER, now).await?;
    }
    Ok(())
}

/// Notices what was stored or has changed since it did last.
pub(super) async fn follow(store: &dyn Store, rules: &[KeptRule], now: Timestamp) -> Result<(), StoreError> {
    let rules: Vec<(&KeptRule, &'static Report)> =
        rules.iter().filter(|rule| rule.rule.enabled).filter_map(|rule| Some((rule, report(rule.rule.occasion)?))).collect();
    let watches = rules.iter().any(|(rule, _)| rule.rule.occasion == Occasion::WatchedView);
    let journal = store.journal();
    let Some(mut at) = journal.registered(FOLLOWER).await? else {
        return if rules.is_empty() { Ok(()) } else { begin(store, now).await };
    };
    if rules.is_empty() {
        // Nobody waits for it: the journal need not be kept.
        return journal.forget(FOLLOWER).await.map(drop);
    }
    loop {
        let entries = match journal.read(at, ENTRIES).await {
            Ok(entries) => entries,
            Err(JournalError::Store(error)) => return Err(error),
            Err(wrong @ (JournalError::Trimmed | JournalError::OtherJournal)) => {
                tracing::warn!(%wrong, "what happened until now is not told of");
                return journal.register(FOLLOWER, now).await.map(drop);
            }
        };
        let Some(last) = entries.last().map(|entry| entry.at) else { return Ok(()) };
        let lookout = if watches { Lookout::now(store).await? } else { Lookout::default() };
        for report in [&PASSWORD_VIEW, &PASSWORD_OPERATION] {
            let rules: Vec<&KeptRule> = rules.iter().filter(|(_, of)| of.key == report.key).map(|(rule, _)| *rule).collect();
            let of_report = entries.iter().filter(|entry| !rules.is_empty() && entry.report.key == report.key);
            let ids = of_report.flat_map(|entry| match &entry.extent {
                Extent::Events(ids) => &ids[..],
                Extent::Below(_) => &[],
            });
            let ids: Vec<EventId> = ids.copied().filter(|id| id.time().millis() >= now.millis() - RECENT).collect();
            for ids in ids.chunks(ROWS) {
                let rows = rows(store, report, ids).await?;
                for rule in &rules {
                    if !notice(store, rule, &rows, &lookout, now).await? {
                        // Somebody has changed the rule meanwhile: the next round looks again.
                        return Ok(());
                    }
                }
            }
        }
        crash::point("notification.noticed");
        journal.advance(FOLLOWER, last, now).await?;
        at = last;
        if entries.len() < ENTRIES as usize {
            return Ok(());
        }
    }
}

/// Keeps which of these rows a rule is to tell of; false where somebody else has changed how far the rule is.
async fn notice(store: &dyn Store, rule: &KeptRule, rows: &[Row], lookout: &Lookout, now: Timestamp) -> Result<bool, StoreError> {
    let mut found: Vec<EventId> =
        rows.iter().filter(|row| row.suits(&rule.rule) && row.is_watched(&rule.rule, lookout)).map(|row| row.id).collect();
    if found.is_empty() {
        return Ok(true);
    }
    let was = progress::of(store, &rule.rule.name).await?;
    let (was, mut next) = was.map_or_else(|| (None, Progress::new(now)), |(text, progress)| (Some(text), progress));
    found.retain(|id| id.time().millis() >= next.at.millis() - BEFORE);
    next.noticed.notice(found.into_iter());
    progress::keep(store, &rule.rule.name, was.as_deref(), &next).await
}

/// What a rule has to tell now, and how far it is then; `None` where there is nothing, or it told a moment ago. Where there is no message, there may be one at once:
/// what it will have is kept first.
pub(super) async fn news(
    store: &dyn Store,
    rule: &KeptRule,
    was: &Progress,
    now: Timestamp,
    base: &str,
    id: impl Fn(&str) -> String,
) -> Result<Option<(Progress, Option<Message>)>, StoreError> {
    let told: Vec<EventId> = was.noticed.waiting.iter().copied().take(was.noticed.batch.max(1)).collect();
    let (Some(report), Some(last)) = (report(rule.rule.occasion), told.last()) else { return Ok(None) };
    if was.sent.is_some_and(|sent| now.millis() < sent.millis() + APART) {
        return Ok(None);
    }
    if was.noticed.batch == 0 {
        return Ok(Some((Progress { noticed: was.noticed.batched(MOST as usize), ..was.clone() }, None)));
    }
    let next = Progress { noticed: was.noticed.told(told.len()), ..was.clone() };
    // What is not there any more, or is of no interest any more, is not told. What was watched when it was noticed is, whatever is watched now.
    let mut rows: Vec<Row> = rows(store, report, &told).await?.into_iter().filter(|row| row.suits(&rule.rule)).collect();
    rows.sort_by_key(|row| row.id);
    let beside = if next.noticed.waiting.is_empty() { was.noticed.beside } else { 0 };
    let id = id(&last.to_string());
    let message = match rule.rule.occasion {
        _ if rows.is_empty() => None,
        Occasion::ReportedFailure => {
            let failures: Vec<Ended> = rows.iter().map(Row::failure).collect();
            Some(message::failures(id, now, Occasion::ReportedFailure, &failures, beside, base))
        }
        occasion => {
            let views: Vec<Sighting> = rows.iter().map(Row::view).collect();
            Some(message::views(id, now, occasion, &views, beside, base))
        }
    };
    Ok(Some((next, message)))
}

/// A row as it is now.
struct Row {
    id: EventId,
    report: &'static Report,
    values: Vec<Value>,
    /// Vigia carries it out, and tells of it otherwise.
    own: bool,
}

async fn rows(store: &dyn Store, report: &'static Report, ids: &[EventId]) -> Result<Vec<Row>, StoreError> {
    let found = store.rows().rows_of(report, ids.iter().map(|id| id.get()).collect()).await?;
    let own = if report.attempts { store.operations().carriers_of(ids.to_vec()).await? } else { Default::default() };
    let row = |(id, values): (i64, Vec<Value>)| EventId::from_i64(id).map(|id| Row { id, report, values, own: own.contains_key(&id) });
    Ok(found.into_iter().filter_map(row).collect())
}

impl Row {
    fn get(&self, key: &str) -> Cell {
        let place = self.report.stored().position(|column| column.key == key);
        let kept = place.and_then(|at| self.report.stored().nth(at).zip(self.values.get(at)));
        kept.map_or(Cell::Empty, |(column, value)| cell(column, value.clone()))
    }

    /// Whether a rule wants to know of it.
    fn suits(&self, rule: &NotificationRule) -> bool {
        let is = |key| self.get(key) == Cell::Flag(true);
        let class = || self.get(ERROR_CLASS).plain();
        let wanted = match rule.occasion {
            Occasion::RiskyView => matches!(self.get("risk"), Cell::Number(risk) if risk >= i64::from(rule.risk.unwrap_or_default())),
            Occasion::EmergencyAccess => is("emergency"),
            Occasion::FirstAccess => is("first_access"),
            Occasion::ReportedFailure => {
                let failed = self.get("status").plain().eq_ignore_ascii_case(OperationStatus::Error.name());
                let is_class = || rule.error_classes.iter().any(|wanted| wanted.eq_ignore_ascii_case(&class()));
                failed && !self.own && (rule.error_classes.is_empty() || is_class())
            }
            Occasion::WatchedView => true,
            Occasion::OperationFailed | Occasion::SourceSilent | Occasion::NobodyReviewed | Occasion::BackupTrouble => false,
        };
        wanted && folded(&self.get("device").plain()).contains(&*folded(&rule.device))
    }

    /// Whether something that it is about was watched when it happened, where a rule is about that.
    fn is_watched(&self, rule: &NotificationRule, lookout: &Lookout) -> bool {
        let about = || Subject::of(self.report, &self.report.columns.iter().map(|column| self.get(column.key)).collect::<Vec<_>>());
        rule.occasion != Occasion::WatchedView || lookout.sees(&about(), self.id.time())
    }

    fn view(&self) -> Sighting {
        let text = |key| self.get(key).plain();
        Sighting {
            id: self.id,
            user: text("user"),
            operation: text("operation"),
            device: text("device"),
            username: text("username"),
            risk: if let Cell::Number(risk) = self.get("risk") { Some(risk) } else { None },
        }
    }

    fn failure(&self) -> Ended {
        let text = |key| self.get(key).plain();
        let at = if let Cell::Time(at) = self.get("execution_date") { at } else { self.id.time() };
        Ended {
            at,
            id: self.id,
            device: text("device"),
            username: text("username"),
            operation: text("operation"),
            error_class: Some(text(ERROR_CLASS)).filter(|class| !class.is_empty()).unwrap_or_else(|| "Other".to_owned()),
            message: text("message"),
        }
    }
}
