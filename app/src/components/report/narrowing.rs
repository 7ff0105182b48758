//! What search, filters and time range narrow down: the question of a report, or of a dashboard over one.

use crate::model::{ApiError, Query, Report};
use leptos::prelude::*;
use std::sync::Arc;

/// A page that asks a question.
pub trait Asking: Send + Sync {
    /// Why there is no answer.
    fn error(&self) -> Option<ApiError>;
    /// Asks another question, from its first page; where `instead`, in place of the one at hand, to which the reader cannot go back then.
    fn go(&self, query: Query, instead: bool);
    /// Takes away what narrows the question down.
    fn clear(&self);
}

#[derive(Clone, Copy)]
pub struct Narrowing {
    pub report: &'static Report,
    pub query: Memo<Query>,
    /// Whether it may be about all the time there is.
    pub endless: bool,
    page: StoredValue<Arc<dyn Asking>>,
}

impl Narrowing {
    pub fn new(report: &'static Report, query: Memo<Query>, endless: bool, page: impl Asking + 'static) -> Self {
        Self { report, query, endless, page: StoredValue::new(Arc::new(page)) }
    }

    pub fn error(&self) -> Option<ApiError> {
        self.page.get_value().error()
    }

    /// Asks another question; the reader can go back to the one at hand.
    pub fn ask(&self, query: Query) {
        self.page.get_value().go(query, false);
    }

    /// The same, in place of the one at hand.
    pub fn ask_instead(&self, query: Query) {
        self.page.get_value().go(query, true);
    }

    /// Changes the question at hand.
    pub fn change(&self, change: impl FnOnce(&mut Query)) {
        let mut query = self.query.get_untracked();
        change(&mut query);
        self.ask(query);
    }

    pub fn clear(&self) {
        self.page.get_value().clear();
    }
}
