//! What the timeline shows: all of it follows from the address, and every change is a change of the address.

use crate::api::story::timeline_page;
use crate::components::load::{Load, load};
use crate::components::prefs::Prefs;
use crate::components::report::address;
use crate::components::report::links::timeline;
use crate::components::report::narrowing::{Asking, Narrowing};
use crate::components::router::Router;
use crate::components::shell::late_page::LatePage;
use crate::model::{ApiError, Query, QueryError, TimeRange};
use crate::story::{Asked, TIMELINE, Timeline};
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct State {
    parsed: Memo<Result<Asked, QueryError>>,
    /// What the address asks; where it cannot be read, what the last one asked that could.
    pub asked: Memo<Asked>,
    /// A page, and what was asked for it.
    pub shown: Load<(Asked, Timeline)>,
    router: Router,
}

impl State {
    /// For the address at hand.
    pub fn new() -> Self {
        let router = expect_context::<Router>();
        let prefs = expect_context::<Prefs>();
        // On the way to another page the address is already the other's: it says nothing about this one.
        let search = Memo::new(move |last: Option<&String>| {
            let own = router.path.with(|path| path == LatePage::Timeline.path());
            router.search.with(|search| if own { search.clone() } else { last.cloned().unwrap_or_default() })
        });
        let parsed = Memo::new(move |_| {
            let mut search = search.get();
            if !address::is_complete(&search) {
                address::push(&mut search, "zone", &prefs.zone_name());
            }
            Asked::decode(&search)
        });
        let asked = Memo::new(move |last: Option<&Asked>| {
            parsed.with(|parsed| parsed.as_ref().ok().or(last).cloned().unwrap_or_else(|| Asked::of(Query::all(&TIMELINE))))
        });
        let shown = load(
            move || parsed.get().ok(),
            |asked: Asked| async move {
                let page = timeline_page(asked.encode()).await?;
                Ok((asked, page))
            },
        );
        Self { parsed, asked, shown, router }
    }

    /// Writes the zone that the reader prefers into an address that says nothing of it.
    pub fn complete_address(self) {
        Effect::new(move |_| {
            let own = self.router.path.with(|path| path == LatePage::Timeline.path());
            if own && self.router.search.with(|search| !address::is_complete(search)) && self.parsed.with(Result::is_ok) {
                self.router.replace(&timeline(&self.asked.get_untracked()));
            }
        });
    }

    /// Why there is nothing: the address cannot be read, or the server could not answer.
    pub fn error(self) -> Option<ApiError> {
        let of_address = self.parsed.with(|parsed| parsed.as_ref().err().cloned()).map(ApiError::from);
        of_address.or_else(|| self.shown.error.get())
    }

    /// Shows what another question has for an answer.
    pub fn ask(self, change: impl FnOnce(&mut Asked)) {
        let mut asked = self.asked.get_untracked();
        asked.query.cursor = None;
        change(&mut asked);
        self.router.to(&timeline(&asked));
    }

    /// The timeline without any question.
    pub fn clear(self) {
        self.router.to(LatePage::Timeline.path());
    }

    /// The question, for what narrows it down.
    pub fn narrowing(self) -> Narrowing {
        let query = Memo::new(move |_| self.asked.with(|asked| asked.query.clone()));
        Narrowing::new(&TIMELINE, query, true, self)
    }
}

impl Asking for State {
    fn error(&self) -> Option<ApiError> {
        Self::error(*self)
    }

    fn go(&self, query: Query, instead: bool) {
        let asked = self.asked.get_untracked();
        // Of two times, the one that was chosen last.
        let within = asked.within.filter(|_| query.range == TimeRange::All);
        let address = timeline(&Asked { query: Query { cursor: None, ..query }, within, ..asked });
        if instead { self.router.replace(&address) } else { self.router.to(&address) }
    }

    fn clear(&self) {
        Self::clear(*self);
    }
}
