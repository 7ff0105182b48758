//! What a dashboard shows: all of it follows from the address, and every change is a change of the address.

use super::marks::Chart;
use crate::behavior::changes::{Changes, ChangesAsked};
use crate::behavior::{Asked, Behavior};
use crate::components::load::Load;
use crate::components::prefs::Prefs;
use crate::components::report::address;
use crate::components::report::narrowing::{Asking, Narrowing};
use crate::components::router::Router;
use crate::components::shell::late_page::LatePage;
use crate::model::{ApiError, EventId, Query, QueryError, Report};
use crate::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};
use leptos::prelude::*;

/// Draws the numbers of a chart.
pub type Numbers = fn(Chart) -> AnyView;

/// What a dashboard is asked: a question to a report, and what is shown of it.
pub trait Question: Clone + PartialEq + Send + Sync + 'static {
    /// The answer.
    type Shown: Default + Send + Sync + 'static;

    const PAGE: LatePage;

    fn report() -> &'static Report;
    fn decode(search: &str) -> Result<Self, QueryError>;
    fn encode(&self) -> String;
    /// The question to the report.
    fn query(&self) -> &Query;
    /// The same of another question to the report.
    fn about(&self, query: Query) -> Self;
    /// What is asked where nothing else is known.
    fn usual() -> Self;
}

impl Question for Asked {
    type Shown = Behavior;

    const PAGE: LatePage = LatePage::Behavior;

    fn report() -> &'static Report {
        &PASSWORD_VIEW
    }

    fn decode(search: &str) -> Result<Self, QueryError> {
        Self::decode(search)
    }

    fn encode(&self) -> String {
        self.encode()
    }

    fn query(&self) -> &Query {
        &self.query
    }

    fn about(&self, query: Query) -> Self {
        Self { query, ..self.clone() }
    }

    fn usual() -> Self {
        Self { query: Query::all(&PASSWORD_VIEW), show: Default::default(), services: false }
    }
}

impl Question for ChangesAsked {
    type Shown = Changes;

    const PAGE: LatePage = LatePage::Changes;

    fn report() -> &'static Report {
        &PASSWORD_OPERATION
    }

    fn decode(search: &str) -> Result<Self, QueryError> {
        Self::decode(search)
    }

    fn encode(&self) -> String {
        self.encode()
    }

    fn query(&self) -> &Query {
        &self.query
    }

    fn about(&self, query: Query) -> Self {
        Self { query, ..self.clone() }
    }

    fn usual() -> Self {
        Self { query: Query::all(&PASSWORD_OPERATION), of: Default::default() }
    }
}

/// A dashboard.
pub struct Board<A: Question> {
    /// What the address asks, or why it cannot be read.
    pub parsed: Memo<Result<A, QueryError>>,
    /// What the address asks; where it cannot be read, what the last one asked that could.
    pub asked: Memo<A>,
    pub shown: Load<A::Shown>,
    /// What tells the numbers of a chart, once it is there.
    pub numbers: RwSignal<Option<Numbers>>,
    router: Router,
}

/// The Behavior dashboard.
pub type Dashboard = Board<Asked>;

impl<A: Question> Clone for Board<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Question> Copy for Board<A> {}

impl<A: Question> Board<A> {
    /// For the address at hand. `load` asks the server for what it asks.
    pub fn new(load: impl FnOnce(Memo<Result<A, QueryError>>) -> Load<A::Shown>) -> Self {
        let router = expect_context::<Router>();
        let prefs = expect_context::<Prefs>();
        // On the way to another page the address is already the other's: it says nothing about this one.
        let search = Memo::new(move |last: Option<&String>| {
            let own = router.path.with(|path| path == A::PAGE.path());
            router.search.with(|search| if own { search.clone() } else { last.cloned().unwrap_or_default() })
        });
        let parsed = Memo::new(move |_| {
            let mut search = search.get();
            if !address::is_complete(&search) {
                address::push(&mut search, "zone", &prefs.zone_name());
            }
            A::decode(&search)
        });
        let asked =
            Memo::new(move |last: Option<&A>| parsed.with(|parsed| parsed.as_ref().ok().or(last).cloned().unwrap_or_else(A::usual)));
        Self { parsed, asked, shown: load(parsed), numbers: RwSignal::new(None), router }
    }

    /// Writes what the reader prefers into an address that says nothing of it.
    pub fn complete_address(self) {
        Effect::new(move |_| {
            let own = self.router.path.with(|path| path == A::PAGE.path());
            if own && self.router.search.with(|search| !address::is_complete(search)) && self.parsed.with(Result::is_ok) {
                self.router.replace(&href(&self.asked.get_untracked()));
            }
        });
    }

    /// Something of what is shown, as it is when nothing is.
    pub fn of<T>(self, of: impl FnOnce(&A::Shown) -> T) -> T {
        self.shown.value.with(|shown| match shown {
            Some(shown) => of(shown),
            None => of(&A::Shown::default()),
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
    pub fn ask(self, change: impl FnOnce(&mut A)) {
        let mut asked = self.asked.get_untracked();
        change(&mut asked);
        self.router.to(&href(&asked));
    }

    /// The dashboard as it is without any question.
    pub fn clear(self) {
        self.router.to(A::PAGE.path());
    }

    /// The question, for what narrows it down.
    pub fn narrowing(self) -> Narrowing {
        let query = Memo::new(move |_| self.asked.with(|asked| asked.query().clone()));
        Narrowing::new(A::report(), query, false, self)
    }
}

impl<A: Question> Asking for Board<A> {
    fn error(&self) -> Option<ApiError> {
        Self::error(*self)
    }

    fn go(&self, query: Query, instead: bool) {
        let address = href(&self.asked.get_untracked().about(query));
        if instead { self.router.replace(&address) } else { self.router.to(&address) }
    }

    fn clear(&self) {
        Self::clear(*self);
    }
}

/// Path and query string of a dashboard; complete, so that it shows everybody the same.
fn href<A: Question>(asked: &A) -> String {
    let mut search = asked.encode();
    if !address::is_complete(&search) {
        address::push(&mut search, "zone", "UTC");
    }
    format!("{}?{search}", A::PAGE.path())
}

/// Path and query string of the rows of a question, with the details of one of them open.
pub fn rows(query: &Query, open: Option<EventId>) -> String {
    address::of(query, open)
}
