//! What the page has heard of changes. What listens and asks comes with a part of its own (`live.rs`).

use crate::browser::{self, events::Stream};
use gloo::timers::callback::Timeout;
use leptos::prelude::*;

/// How the page hears of changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    Connecting,
    Live,
    Polling,
    /// Nobody looks.
    Paused,
}

/// What a report page knows of the stream of changes.
#[derive(Clone, Copy)]
pub struct Feed {
    pub hearing: RwSignal<Hearing>,
    /// Rows that are there now and would come before the first one shown.
    pub new: RwSignal<u32>,
    /// Counts how often somebody has moved rows who cannot wait to be told of it.
    pub(super) moved: RwSignal<u32>,
    pub(super) ear: StoredValue<Ear, LocalStorage>,
}

/// Before all times.
pub(super) const NEVER: f64 = f64::NEG_INFINITY;

/// What only the part that listens looks at; times in milliseconds since 1970.
pub(super) struct Ear {
    pub events: Option<Box<dyn Stream>>,
    /// When the stream was opened last.
    pub opened: f64,
    /// Since when a sign of life is waited for.
    pub waiting: f64,
    pub heard: Option<f64>,
    /// When the server was asked last.
    pub asked: f64,
    pub counted: f64,
    pub asking: bool,
    /// Since when a button of the mouse, or a finger, has been down.
    pub pressed: f64,
    /// The next question, and how long it waits in all.
    pub soon: Option<(Timeout, u32)>,
}

impl Feed {
    pub(super) fn new() -> Self {
        let ear = Ear {
            events: None,
            opened: NEVER,
            waiting: NEVER,
            heard: None,
            asked: browser::now(),
            counted: NEVER,
            asking: false,
            pressed: NEVER,
            soon: None,
        };
        Self {
            hearing: RwSignal::new(Hearing::Connecting),
            new: RwSignal::new(0),
            moved: RwSignal::new(0),
            ear: StoredValue::new_local(ear),
        }
    }

    /// Asks soon what has become of the rows on the screen: where the part that asks is there, and else when it comes.
    pub fn catch_up(self) {
        self.moved.update(|count| *count += 1);
    }

    pub(super) fn hear(self, hearing: Hearing) {
        if self.hearing.get_untracked() != hearing {
            self.hearing.set(hearing);
        }
    }
}
