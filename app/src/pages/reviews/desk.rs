//! What the parts of the page share.

use crate::api::reports::report_page;
use crate::api::reviews::{review_events, reviews_known};
use crate::browser::focus::focus_soon;
use crate::components::load::{Load, load};
use crate::components::prefs::Prefs;
use crate::components::report::cell::Clock;
use crate::components::report::verdict::label;
use crate::model::{EventId, Page, Report, Row, Verdict};
use crate::reports;
use crate::reviews::{NewReview, ReviewQueue, ReviewState};
use crate::say;
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

/// Rows that are shown at once: those behind them come when these are reviewed.
pub const SHOWN: u16 = 50;

#[derive(Clone, Copy)]
pub struct Desk {
    pub known: Load<ReviewState>,
    /// The name of the queue whose rows are shown.
    pub queue: RwSignal<Option<String>>,
    pub rows: Load<Page>,
    /// The row that is open.
    pub at: RwSignal<Option<EventId>>,
    /// Rows that are chosen to be judged together.
    pub chosen: RwSignal<Vec<EventId>>,
    pub comment: RwSignal<String>,
    pub problem: RwSignal<Option<String>>,
    pub said: RwSignal<Option<String>>,
    pub prefs: Prefs,
    /// Rows were judged, and others will stand in their places.
    moving: StoredValue<bool>,
    /// Rows whose verdict is on its way.
    sent: StoredValue<Vec<EventId>>,
}

impl Desk {
    pub fn new() -> Self {
        let prefs = expect_context::<Prefs>();
        let known = load(move || Some(prefs.zone_name()), reviews_known);
        let desk = Self {
            known,
            queue: RwSignal::new(None),
            rows: Load::idle(),
            at: RwSignal::new(None),
            chosen: RwSignal::new(Vec::new()),
            comment: RwSignal::new(String::new()),
            problem: RwSignal::new(None),
            said: RwSignal::new(None),
            prefs,
            moving: StoredValue::new(false),
            sent: StoredValue::new(Vec::new()),
        };
        // Whoever looks at a queue stays there, however many of its events others review meanwhile.
        Effect::new(move |_| {
            if desk.queue.with(Option::is_none)
                && let Some(queue) = desk.shown().filter(|queue| queue.rows > 0)
            {
                desk.queue.set(Some(queue.name));
            }
        });
        let question = Memo::new(move |_| desk.shown().and_then(|queue| Some((queue.report.clone(), question(&queue)?))));
        desk.rows.ask(move || question.get(), |(report, query)| report_page(report, query));
        // The focus goes with the open row, not with its place.
        Effect::new(move |_| {
            desk.rows.value.track();
            if desk.moving.get_value()
                && let Some(at) = desk.at.get_untracked()
            {
                desk.moving.set_value(false);
                focus_soon(format!("#review-{at}"));
            }
        });
        desk
    }

    /// The queue whose rows are shown: the one that was chosen, or the first that has some.
    pub fn shown(self) -> Option<ReviewQueue> {
        let name = self.queue.get();
        self.known.value.with(|known| {
            let queues = &known.as_ref()?.queues;
            let chosen = name.and_then(|name| queues.iter().find(|queue| queue.name == name));
            chosen.or_else(|| queues.iter().find(|queue| queue.rows > 0)).or(queues.first()).cloned()
        })
    }

    pub fn report(self) -> Option<&'static Report> {
        reports::by_key(&self.shown()?.report)
    }

    pub fn ids(self) -> Vec<EventId> {
        self.rows.value.with(|page| page.iter().flat_map(|page| &page.rows).map(|row| row.id).collect())
    }

    pub fn row(self, id: EventId) -> Option<Row> {
        self.rows.value.with(|page| page.as_ref()?.rows.iter().find(|row| row.id == id).cloned())
    }

    pub fn clock(self) -> Clock {
        Clock::of(self.prefs, self.prefs.zone_name())
    }

    /// The rows that a verdict would be about: those that are chosen, or the one that is open.
    pub fn about(self) -> Vec<EventId> {
        let there = self.ids();
        let chosen: Vec<EventId> = self.chosen.get().into_iter().filter(|id| there.contains(id)).collect();
        if chosen.is_empty() { self.at.get().filter(|id| there.contains(id)).into_iter().collect() } else { chosen }
    }

    /// Shows the rows of another queue.
    pub fn choose(self, queue: String) {
        self.queue.set(Some(queue));
        self.at.set(None);
        self.chosen.set(Vec::new());
        self.said.set(None);
    }

    /// Opens the row so many places behind the open one, or before it.
    pub fn go(self, by: isize) {
        let ids = self.ids();
        let here = self.at.get_untracked().and_then(|at| ids.iter().position(|id| *id == at));
        let to = here.map_or(0, |here| here.saturating_add_signed(by).min(ids.len().saturating_sub(1)));
        if let Some(id) = ids.get(to) {
            self.open(*id);
        }
    }

    pub fn open(self, id: EventId) {
        self.at.set(Some(id));
        focus_soon(format!("#review-{id}"));
    }

    /// Chooses a row, or chooses it no more.
    pub fn mark(self, id: EventId, is_chosen: bool) {
        self.chosen.update(|chosen| {
            chosen.retain(|one| *one != id);
            chosen.extend(is_chosen.then_some(id));
        });
    }

    /// Says what the reader thinks of these rows, and goes on to the next one. What is pressed twice is said once.
    pub fn judge(self, mut ids: Vec<EventId>, verdict: Verdict) {
        let Some(queue) = untrack(|| self.shown()) else { return };
        self.sent.with_value(|sent| ids.retain(|id| !sent.contains(id)));
        if ids.is_empty() {
            return;
        }
        self.sent.update_value(|sent| sent.extend(&ids));
        let of = ids.clone();
        let all = untrack(|| self.ids());
        let next = ids
            .iter()
            .filter_map(|id| all.iter().position(|one| one == id))
            .max()
            .and_then(|last| all.get(last + 1..)?.first().or_else(|| all.iter().rev().find(|id| !ids.contains(id))));
        let next = next.copied();
        let new = NewReview { report: queue.report, ids, verdict: Some(verdict), comment: self.comment.get_untracked() };
        spawn_local_scoped_with_cancellation(async move {
            let kept = review_events(new).await;
            self.sent.update_value(|sent| sent.retain(|id| !of.contains(id)));
            match kept {
                Ok(kept) => {
                    self.problem.set(None);
                    self.said.set(Some(say!("review.kept", count = kept.len(), verdict = label(verdict))));
                    self.comment.set(String::new());
                    self.chosen.set(Vec::new());
                    match next {
                        Some(next) => self.open(next),
                        None => self.at.set(None),
                    }
                    self.moving.set_value(true);
                    self.rows.renew();
                    self.known.renew();
                }
                Err(error) => self.problem.set(Some(error.message.said().into_owned())),
            }
        });
    }
}

/// The first rows of a queue, the oldest first, with all that is known of each.
fn question(queue: &ReviewQueue) -> Option<String> {
    let report = reports::by_key(&queue.report)?;
    let columns = report.columns.iter().map(|column| column.key).collect::<Vec<_>>().join(",");
    let and = if queue.query.is_empty() { "" } else { "&" };
    Some(format!("{}{and}sort={}&limit={SHOWN}&columns={columns}", queue.query, report.time))
}
