//! What the dashboard shows: all of it follows from the address, and every change is a change of the address.

use super::marks::Chart;
use crate::api::behavior::behavior_shown;
use crate::behavior::{Asked, Behavior};
use crate::components::load::{Load, load};
use crate::components::prefs::Prefs;
use crate::components::report::address;
use crate::components::report::narrowing::{Asking, Narrowing};
use crate::components::router::Router;
use crate::components::shell::late_page::LatePage;
use crate::model::{ApiError, EventId, Query, QueryError};
use crate::reports::PASSWORD_VIEW;
use leptos::prelude::*;

/// Draws the numbers of a chart.
pub type Numbers = fn(Chart) -> AnyView;

#[derive(Clone, Copy)]
pub struct Dashboard {
    /// What the address asks, or why it cannot be read.
    pub parsed: Memo<Result<Asked, QueryError>>,
    /// What the address asks; where it cannot be read, what the last one asked that could.
    pub asked: Memo<Asked>,
    pub shown: Load<Behavior>,
    /// What tells the numbers of a chart, once it is there.
    pub numbers: RwSignal<Option<Numbers>>,
    router: Router,
}

impl Dashboard {
    /// For the address at hand.
    pub fn new() -> Self {
        let router = expect_context::<Router>();
        let prefs = expect_context::<Prefs>();
        // On the way to another page the address is already the other's: it says nothing about this one.
        let search = Memo::new(move |last: Option<&String>| {
            let own = router.path.with(|path| path == LatePage::Behavior.path());
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
            let usual = || Asked { query: Query::all(&PASSWORD_VIEW), show: Default::default(), services: false };
            parsed.with(|parsed| parsed.as_ref().ok().or(last).cloned().unwrap_or_else(usual))
        });
        let shown = load(move || parsed.get().ok(), |asked| async move { behavior_shown(asked.encode()).await });
        Self { parsed, asked, shown, numbers: RwSignal::new(None), router }
    }

    /// Writes what the reader prefers into an address that says nothing of it.
    pub fn complete_address(self) {
        Effect::new(move |_| {
            let own = self.router.path.with(|path| path == LatePage::Behavior.path());
            if own && self.router.search.with(|search| !address::is_complete(search)) && self.parsed.with(Result::is_ok) {
                self.router.replace(&href(&self.asked.get_untracked()));
            }
        });
    }

    /// Something of what is shown, as it is when nothing is.
    pub fn behavior<T>(self, of: impl FnOnce(&Behavior) -> T) -> T {
        self.shown.value.with(|shown| match shown {
            Some(shown) => of(shown),
            None => of(&Behavior::default()),
        })
    }

    /// Why there is nothing: the address cannot be read, or the server could not answer.
    pub fn error(self) -> Option<ApiError> {
        self.error_of_address().or_else(|| self.shown.error.get().filter(|_| self.shown.value.with(Option::is_none)))
    }

    pub fn error_of_address(self) -> Option<ApiError> {
        self.parsed.with(|parsed| parsed.as_ref().err().cloned()).map(ApiError::from)
    }

    /// Shows what another question has for an answer.
    pub fn ask(self, change: impl FnOnce(&mut Asked)) {
        let mut asked = self.asked.get_untracked();
        change(&mut asked);
        self.router.to(&href(&asked));
    }

    /// Goes to the report, to the rows of a question.
    pub fn open(self, query: &Query) {
        self.router.to(&rows(query, None));
    }

    /// The dashboard as it is without any question.
    pub fn clear(self) {
        self.router.to(LatePage::Behavior.path());
    }

    /// The question, for what narrows it down.
    pub fn narrowing(self) -> Narrowing {
        let query = Memo::new(move |_| self.asked.with(|asked| asked.query.clone()));
        Narrowing::new(&PASSWORD_VIEW, query, false, self)
    }
}

impl Asking for Dashboard {
    fn error(&self) -> Option<ApiError> {
        Self::error(*self)
    }

    fn go(&self, query: Query, instead: bool) {
        let address = href(&Asked { query, ..self.asked.get_untracked() });
        if instead { self.router.replace(&address) } else { self.router.to(&address) }
    }

    fn clear(&self) {
        Self::clear(*self);
    }
}

/// Path and query string of the dashboard; complete, so that it shows everybody the same.
pub fn href(asked: &Asked) -> String {
    let mut search = asked.encode();
    if !address::is_complete(&search) {
        address::push(&mut search, "zone", "UTC");
    }
    format!("{}?{search}", LatePage::Behavior.path())
}

/// Path and query string of the rows of a question, with the details of one of them open.
pub fn rows(query: &Query, open: Option<EventId>) -> String {
    address::of(query, open)
}
