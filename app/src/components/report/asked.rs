//! What was asked to be done with operations, and how far it is.

use crate::model::{Action, ActionResult, Chosen, ErrorClass, EventId, OperationStatus};
use leptos::prelude::*;

/// What is about to be done, and waits for a yes.
#[derive(Clone)]
pub struct Asked {
    pub action: Action,
    pub chosen: Chosen,
    pub about: About,
}

/// What it would be done with.
#[derive(Clone)]
pub enum About {
    One {
        headline: String,
        status: OperationStatus,
        ended: Option<String>,
        /// How it failed, where another try would lock an account.
        locks: Option<ErrorClass>,
    },
    /// Several; how many of them stand so that it can be done, and how many have succeeded, where that is known.
    Many { count: usize, known: Option<Known> },
}

#[derive(Clone, Copy)]
pub struct Known {
    pub suit: usize,
    pub succeeded: usize,
    /// How many failed in such a way that another try would lock an account, and how one of them did.
    pub locks: Option<(usize, ErrorClass)>,
}

/// What came of it, where some or all of it was refused.
#[derive(Clone)]
pub struct Refused {
    pub asked: Asked,
    pub results: Vec<ActionResult>,
}

#[derive(Clone, Copy)]
pub struct Acting {
    /// Shown in the dialog until it is confirmed or left.
    pub asked: RwSignal<Option<Asked>>,
    /// Shown in the dialog where something was refused.
    pub refused: RwSignal<Option<Refused>>,
    /// The row whose menu is open.
    pub menu: RwSignal<Option<EventId>>,
    pub busy: RwSignal<bool>,
    pub problem: RwSignal<Option<String>>,
    /// What was done last, in a sentence.
    pub said: RwSignal<String>,
}

impl Acting {
    pub(super) fn new() -> Self {
        Self {
            asked: RwSignal::new(None),
            refused: RwSignal::new(None),
            menu: RwSignal::new(None),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            said: RwSignal::new(String::new()),
        }
    }

    pub fn ask(self, asked: Asked) {
        self.refused.set(None);
        self.problem.set(None);
        self.asked.set(Some(asked));
    }

    /// Nothing is asked, and nothing is told.
    pub fn leave(self) {
        self.asked.set(None);
        self.refused.set(None);
    }
}
