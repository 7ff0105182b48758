//! What a report page shows: everything of it follows from the address, and every change is a change of the address.

use super::address;
use super::asked::Acting;
use super::feed::Feed;
use super::fit::{Fit, Room, fit, is_own};
use super::narrowing::{Asking, Narrowing};
use super::selection::{Seen, Selection};
use crate::api::operations::operation_info;
use crate::api::reports::{report_page, report_summary};
use crate::browser::resize;
use crate::components::follow::react;
use crate::components::load::{Load, load};
use crate::components::prefs::{Pref, Prefs};
use crate::components::router::Router;
use crate::components::rows::{
    kept::{Kept, kept_columns},
    shown::{Shown, needed},
};
use crate::components::session::Session;
use crate::model::{
    ApiError, Column, EventId, Failures, OperationState, Query, QueryError, Record, Report, Row, RowActions, Standing, Summary,
};
use leptos::prelude::*;
use std::sync::Arc;

#[derive(Clone, Copy)]
pub struct State {
    pub report: &'static Report,
    pub search: Memo<String>,
    parsed: Memo<Result<Query, QueryError>>,
    /// The query of the address; where the address cannot be read, the last that could, or all events.
    pub query: Memo<Query>,
    /// The query without what does not change which rows it matches; `None` while the address cannot be read.
    pub counted: Memo<Option<Query>>,
    pub rows: Load<Shown>,
    pub summary: Load<Summary>,
    /// The event whose details are open; what is asked beside the rows, see `beside`.
    pub record: Load<Record>,
    /// How the operation stands whose details are open.
    pub info: Load<OperationState>,
    /// How the operations that the query matches fail.
    pub failures: Load<Failures>,
    pub feed: Feed,
    /// Whether a saved view is on the screen, as far as that is known.
    pub in_saved: RwSignal<bool>,
    /// What this reader may do with the rows.
    pub actions: Option<&'static RowActions>,
    pub selection: Selection,
    pub acting: Acting,
    /// The event whose details are open.
    pub open: Memo<Option<EventId>>,
    /// Whether the details were opened for their attempts.
    pub at_attempts: RwSignal<bool>,
    /// The row that Tab reaches.
    pub active: RwSignal<usize>,
    /// What the rows on the screen answer: they keep their columns until those of the next query are there.
    pub drawn: Memo<Query>,
    /// Pixels there are for columns; 0 until that is known.
    pub room: RwSignal<u32>,
    /// See [`Room`]: the widths of a hundred digits, and of a hundred letters.
    pub faces: StoredValue<(u32, u32)>,
    /// Whether columns may give way.
    giving: Pref,
    /// Whether rows are cards, for want of room.
    pub narrow: RwSignal<bool>,
    pub kept: StoredValue<Kept>,
    pub session: Session,
    router: Router,
}

impl State {
    /// For the report of the page at hand.
    pub fn new(report: &'static Report) -> Self {
        let router = expect_context::<Router>();
        let prefs = expect_context::<Prefs>();
        let session = expect_context::<Session>();
        let own_path = address::path(report);
        // On the way to another page the address is already the other's: it says nothing about this one.
        let search = Memo::new(move |last: Option<&String>| {
            let own = router.path.with(|path| *path == own_path);
            router.search.with(|search| if own { search.clone() } else { last.cloned().unwrap_or_default() })
        });
        let columns = Memo::new(move |_| session.viewer.with(|viewer| kept_columns(&viewer.as_ref()?.username, report)));
        let parsed = Memo::new(move |_| {
            let first = session.first.with(|first| first.iter().find(|(of, _)| of == report.key).map(|(_, query)| query.clone()));
            search.with(|search| {
                columns.with(|columns| address::read(report, search, &prefs.zone_name(), columns.as_deref(), first.as_deref()))
            })
        });
        let query = Memo::new(move |last: Option<&Query>| {
            parsed.with(|parsed| parsed.as_ref().ok().or(last).cloned().unwrap_or_else(|| Query::all(report)))
        });
        let open = Memo::new(move |_| search.with(|search| address::opened(search)));
        let kept = expect_context::<StoredValue<Kept>>();

        let role = session.viewer.with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.role));
        let actions = report.actions.as_ref().filter(|_| role.is_some_and(|role| report.lets(role)));
        let selection = Selection::new();

        let sound = move || parsed.with(|parsed| parsed.as_ref().ok().cloned());
        let rows = load(sound, move |query| async move {
            let columns = needed(&query, actions);
            let page = report_page(report.key.to_owned(), question(&query, actions)).await?;
            Ok(Shown { query, columns, page: Arc::new(page) })
        });
        // Seen before: shown at once, while the server is asked whether it still is so.
        react(move || {
            let seen = sound().and_then(|query| kept.with_value(|kept| kept.find(&query)));
            if seen.is_some() {
                rows.value.set(seen);
            }
        });
        // What is counted does not depend on how it is sorted, cut into pages or drawn.
        let counted = Memo::new(move |_| {
            let all = Query::all(report);
            sound().map(|query| Query { sort: all.sort, columns: all.columns, limit: all.limit, cursor: None, ..query })
        });
        let summary =
            load(move || counted.get(), move |query| async move { report_summary(report.key.to_owned(), address::question(&query)).await });
        // What was chosen was chosen among these.
        react(move || {
            counted.track();
            selection.clear();
        });
        let info = load(move || open.get().filter(|_| report.actions.is_some()), operation_info);
        let drawn = Memo::new(move |_| {
            let of_rows = rows.value.with(|shown| shown.as_ref().map(|shown| shown.query.clone()));
            let sound = parsed.with(Result::is_ok) && rows.error.with(Option::is_none);
            of_rows.filter(|_| sound).unwrap_or_else(|| query.get())
        });
        Self {
            report,
            search,
            parsed,
            query,
            counted,
            rows,
            summary,
            record: Load::idle(),
            info,
            failures: Load::idle(),
            feed: Feed::new(),
            in_saved: RwSignal::new(false),
            actions,
            selection,
            acting: Acting::new(),
            open,
            at_attempts: RwSignal::new(false),
            active: RwSignal::new(0),
            drawn,
            room: RwSignal::new(0),
            faces: StoredValue::new((0, 0)),
            giving: prefs.columns,
            narrow: resize::narrow(),
            kept,
            session,
            router,
        }
    }

    /// Why there are no rows: the address cannot be read, or the server could not answer.
    pub fn error(&self) -> Option<ApiError> {
        self.parsed.with(|parsed| parsed.as_ref().err().cloned()).map(ApiError::from).or_else(|| self.rows.error.get())
    }

    /// How the columns share the room there is; without widths until that is known, and where rows are cards.
    pub fn fit(&self) -> Fit {
        let (digits, letters) = self.faces.get_value();
        let room = Room { width: self.room.get(), digits, letters };
        let giving = self.giving.is("fit");
        if room.width == 0 || self.narrow.get() {
            return Fit::default();
        }
        self.drawn.with(|query| fit(query, room, giving && is_own(query)))
    }

    /// The rows on the screen that can be chosen: all whose status is known.
    pub fn choosable(&self) -> Vec<(EventId, Seen)> {
        let of = |shown: &Shown| {
            let rows = shown.page.rows.iter();
            rows.filter_map(|row| Some((row.id, (shown.status(row, self.actions?)?, shown.standing(row.id))))).collect()
        };
        self.rows.value.with_untracked(|shown| shown.as_ref().map(of).unwrap_or_default())
    }

    /// Brings rows that are on the screen up to date, each in its place; true where any of them had changed.
    pub fn renew(&self, fresh: &[Row], standings: &[Standing]) -> bool {
        let renewed = self.rows.value.with_untracked(|shown| shown.as_ref()?.renewed(fresh, standings));
        let changed = renewed.is_some();
        if changed {
            self.rows.value.set(renewed);
            self.selection.renew(&self.choosable());
        }
        changed
    }

    /// Shows another query, from its first page; the reader can go back to the one at hand.
    pub fn ask(&self, query: Query) {
        self.show(&Query { cursor: None, ..query });
    }

    /// The same, in place of the query at hand.
    pub fn ask_instead(&self, query: Query) {
        self.router.replace(&address::of(&Query { cursor: None, ..query }, None));
    }

    /// Shows another page of the query, or the query from a cursor on.
    pub fn show(&self, query: &Query) {
        self.router.to(&address::of(query, None));
    }

    /// Changes the query at hand.
    pub fn change(&self, change: impl FnOnce(&mut Query)) {
        let mut query = self.query.get_untracked();
        change(&mut query);
        self.ask(query);
    }

    /// Shows the same rows with other columns. Not a step one goes back.
    pub fn rearrange(&self, columns: Vec<&'static Column>) {
        let query = Query { columns, ..self.query.get_untracked() };
        self.router.replace(&address::of(&query, self.open.get_untracked()));
    }

    /// Takes away what narrows the view at hand down.
    pub fn clear(&self) {
        if self.parsed.with_untracked(Result::is_err) {
            self.router.to(&address::path(self.report));
            return;
        }
        self.ask(self.query.get_untracked().widened());
    }

    /// The question, for what narrows it down.
    pub fn narrowing(self) -> Narrowing {
        Narrowing::new(self.report, self.query, true, self)
    }

    /// Takes a parameter out of the address: for one that cannot be read, and so is in no query.
    pub fn drop_parameter(&self, name: &str) {
        let search = self.search.with_untracked(|search| address::without(search, &[name, "cursor"]));
        self.router.to(&format!("{}?{search}", address::path(self.report)));
    }

    /// Opens an event's details.
    pub fn open(&self, id: EventId, at_attempts: bool) {
        self.at_attempts.set(at_attempts);
        let address = address::of(&self.query.get_untracked(), Some(id));
        // From one event's details to the next is not a step one goes back.
        if self.open.get_untracked().is_some() { self.router.replace(&address) } else { self.router.to(&address) }
    }

    /// Closes the details.
    pub fn close(&self) {
        self.router.to(&address::of(&self.query.get_untracked(), None));
    }

    /// Writes what an incomplete address shows into the address.
    pub fn complete_address(&self) {
        let state = *self;
        react(move || {
            let incomplete = state.search.with(|search| !address::is_complete(search)) && state.parsed.with(Result::is_ok);
            if incomplete && state.router.path.with_untracked(|path| *path == address::path(state.report)) {
                state.router.replace(&address::of(&state.query.get_untracked(), state.open.get_untracked()));
            }
        });
    }
}

/// What to ask the server for: the query, with what actions need to know.
pub fn question(query: &Query, actions: Option<&'static RowActions>) -> String {
    address::question(&Query { columns: needed(query, actions), ..query.clone() })
}

impl Asking for State {
    fn error(&self) -> Option<ApiError> {
        Self::error(self)
    }

    fn go(&self, query: Query, instead: bool) {
        if instead { self.ask_instead(query) } else { self.ask(query) }
    }

    fn clear(&self) {
        Self::clear(self);
    }
}
