//! Rows that move while they are looked at: the page hears of it, or asks every few seconds where it hears nothing.

use super::feed::{Hearing, NEVER};
use super::state::{State, question};
use crate::api::reports::report_refresh;
use crate::browser::{self, focus::focus_soon, shared_events};
use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::model::{ApiError, Count, ErrorKind, EventId, Query, Refreshed, Summary};
use crate::say;
use gloo::timers::callback::{Interval, Timeout};
use js_sys::{Array, JSON, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

/// Where the server tells of changes.
const STREAM: &str = "/api/v1/live";
/// How long after opening the first sign of life may take, in milliseconds.
const FIRST: f64 = 4_000.0;
/// How long the stream may be silent; it says that it is alive every 15 s.
const SILENCE: f64 = 40_000.0;
/// How often to ask where nothing is heard.
const POLL: f64 = 5_000.0;
/// How often to ask even so: what another process writes into the database, the server need not hear of.
const ANYWAY: f64 = 30_000.0;
/// How often to try a stream again that was refused.
const RETRY: f64 = 30_000.0;
/// How often to ask for what the server could not answer yet, in milliseconds: it takes a second itself before it says so.
const NOT_YET: u32 = 3_000;
/// The least time from one question to the next.
const SOON: u32 = 500;
/// The same where nothing moved that is on the screen.
const LATER: u32 = 3_000;
/// How long a button of the mouse, or a finger, keeps what is shown as it is. No press takes longer; where its end was not heard, this is it.
const HELD: f64 = 10_000.0;
/// The least time from one count of failures to the next.
const FAILURES: f64 = 2_000.0;

impl State {
    /// Keeps what is shown up to date for as long as it is shown.
    fn listen(&self) {
        let state = *self;
        let tick = move || state.tick();
        let interval = StoredValue::new_local(Some(Interval::new(1_000, tick)));
        let again = StoredValue::new_local(Some(Interval::new(NOT_YET, move || state.ask_again())));
        let shown = window_event_listener_untyped("visibilitychange", move |_| tick());
        let pressed = ["pointerdown", "pointerup", "pointercancel"].map(|name| {
            window_event_listener_untyped(name, move |_| {
                let since = if name == "pointerdown" { browser::now() } else { NEVER };
                let _ = state.feed.ear.try_update_value(|ear| ear.pressed = since);
            })
        });
        on_cleanup(move || {
            interval.set_value(None);
            again.set_value(None);
            shown.remove();
            pressed.into_iter().for_each(WindowListenerHandle::remove);
            state.feed.ear.try_update_value(|ear| (ear.events.take(), ear.soon.take()));
        });
        Effect::new(move |_| {
            if state.feed.moved.get() > 0 {
                state.ask_in(SOON);
            }
        });
        // Rows that are asked for anew have what is new.
        Effect::new(move |_| {
            if state.rows.busy.get() {
                state.feed.new.set(0);
            }
        });
        tick();
    }

    fn tick(self) {
        let now = browser::now();
        let feed = self.feed;
        if document().hidden() {
            feed.ear.update_value(|ear| {
                ear.events = None;
                ear.heard = None;
            });
            feed.hear(Hearing::Paused);
            return;
        }
        if feed.hearing.get_untracked() == Hearing::Paused {
            feed.ear.update_value(|ear| (ear.opened, ear.waiting) = (NEVER, now));
            feed.hear(Hearing::Connecting);
            self.feed.catch_up();
        }
        let gone = feed.ear.with_value(|ear| ear.events.as_ref().is_none_or(|events| events.is_closed()) && now - ear.opened >= RETRY);
        if gone {
            // What this window had of the stream has to be let go first.
            feed.ear.update_value(|ear| ear.events = None);
            // What moved while there was no connection, nobody told.
            let events = shared_events::listen(STREAM, move || feed.catch_up(), move |text| self.heard(text));
            feed.ear.update_value(|ear| {
                if ear.waiting == NEVER {
                    ear.waiting = now;
                }
                ear.opened = now;
                ear.events = Some(events);
            });
        }
        let (heard, silent, refused, asked) = feed.ear.with_value(|ear| {
            let silent = ear.heard.map_or(now - ear.waiting >= FIRST, |heard| now - heard >= SILENCE);
            let refused = ear.events.as_ref().is_some_and(|events| events.is_closed());
            (ear.heard.is_some(), silent, refused, now - ear.asked)
        });
        feed.hear(match (silent, heard) {
            (true, _) => Hearing::Polling,
            (false, true) => Hearing::Live,
            (false, false) => Hearing::Connecting,
        });
        // A stream is refused where nobody is signed in any more: then the rows have to go.
        if asked >= if silent || refused { POLL } else { ANYWAY } {
            self.refresh(true);
        }
    }

    /// Asks for what the server could not answer yet, or not whole.
    fn ask_again(self) {
        if document().hidden() {
            return;
        }
        let not_yet = |error: RwSignal<Option<ApiError>>| {
            error.with_untracked(|error| matches!(error, Some(error) if error.kind == ErrorKind::Unavailable))
        };
        if not_yet(self.rows.error) {
            self.rows.renew();
        }
        let in_part = |summary: &Summary| matches!(summary.count, Count::Prepared(_));
        if not_yet(self.summary.error) || self.summary.value.with_untracked(|summary| summary.as_ref().is_some_and(in_part)) {
            self.summary.renew();
        }
        if not_yet(self.failures.error) {
            self.failures.renew();
        }
    }

    fn heard(self, text: &str) {
        let feed = self.feed;
        feed.ear.update_value(|ear| ear.heard = Some(browser::now()));
        if feed.hearing.get_untracked() == Hearing::Polling {
            self.feed.catch_up();
        }
        feed.hear(Hearing::Live);
        let Ok(message) = JSON::parse(text) else { return };
        let get = |key: &str| Reflect::get(&message, &key.into()).ok();
        let word = |key: &str| get(key).and_then(|value| value.as_string()).unwrap_or_default();
        match word("kind").as_str() {
            "stored" if word("report") == self.report.key => self.ask_in(SOON),
            "moved" if self.report.actions.is_some() => {
                let ids: Array = get("ids").and_then(|ids| ids.dyn_into().ok()).unwrap_or_default();
                // Numbers of 63 bits, rounded as JavaScript reads them: whoever is near is asked about.
                let named = |id: EventId| ids.iter().any(|other| other.as_f64() == Some(id.get() as f64));
                let shown = self
                    .rows
                    .value
                    .with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.page.rows.iter().any(|row| named(row.id))));
                let open = self.open.get_untracked().is_some_and(named);
                self.ask_in(if ids.length() == 0 || shown || open { SOON } else { LATER });
            }
            _ => {}
        }
    }

    fn ask_in(self, millis: u32) {
        self.feed.ear.update_value(|ear| {
            if ear.soon.as_ref().is_none_or(|(_, pending)| *pending > millis) {
                ear.soon = Some((Timeout::new(millis, move || self.refresh(false)), millis));
            }
        });
    }

    fn refresh(self, polling: bool) {
        let now = browser::now();
        let busy = self.feed.ear.try_update_value(|ear| {
            ear.soon = None;
            ear.asked = now;
            std::mem::replace(&mut ear.asking, true)
        });
        match busy {
            Some(false) => {}
            // The answer on its way may be older than what is asked about now.
            Some(true) if !polling => return self.ask_in(SOON),
            _ => return,
        }
        let done = move || self.feed.ear.try_update_value(|ear| ear.asking = false);
        let settled = !document().hidden() && !self.rows.busy.get_untracked();
        let asked = self.rows.value.with_untracked(|shown| {
            let shown = shown.as_ref().filter(|shown| settled && self.query.with_untracked(|query| *query == shown.query))?;
            Some((shown.query.clone(), shown.page.rows.iter().map(|row| row.id).collect::<Vec<_>>()))
        });
        let Some((query, ids)) = asked else {
            let _ = done();
            return;
        };
        if self.open.get_untracked().is_some() && !self.is_pressed() {
            self.record.renew();
            self.info.renew();
        }
        spawn_local(async move {
            let answer = report_refresh(self.report.key.to_owned(), question(&query, self.actions), ids).await;
            if done().is_none() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(fresh) => self.take(&query, &fresh),
                Err(error) if error.kind == ErrorKind::SignedOut => self.session.expired(),
                // What is on the screen may be old; the next question may be answered.
                Err(_) => {}
            }
        });
    }

    /// Whether the mouse is down: a button that is drawn anew meanwhile gets no click.
    fn is_pressed(self) -> bool {
        browser::now() - self.feed.ear.with_value(|ear| ear.pressed) < HELD
    }

    fn take(self, asked: &Query, fresh: &Refreshed) {
        if self.query.with_untracked(|query| query != asked) || self.rows.busy.get_untracked() {
            return;
        }
        if self.is_pressed() {
            return self.ask_in(SOON);
        }
        let new = if asked.cursor.is_none() { fresh.new } else { 0 };
        if self.feed.new.get_untracked() != new {
            self.feed.new.set(new);
        }
        let now = browser::now();
        if self.renew(&fresh.rows, &fresh.standings) && self.feed.ear.with_value(|ear| now - ear.counted >= FAILURES) {
            self.feed.ear.update_value(|ear| ear.counted = now);
            self.failures.renew();
        }
    }
}

/// Keeps the rows up to date for as long as it is there, and says how.
#[component]
pub fn Live(state: State) -> impl IntoView {
    state.listen();
    view! {
        <NewRows state />
        <LiveMark state />
    }
    .into_any()
}

/// Whether the page is live, in a word.
#[component]
fn LiveMark(state: State) -> impl IntoView {
    let words = move || match state.feed.hearing.get() {
        Hearing::Connecting | Hearing::Paused => ("muted-tone", say!("live.connecting"), say!("live.connecting.help")),
        Hearing::Live => ("good", say!("live.on"), say!("live.on.help")),
        Hearing::Polling => ("warning", say!("live.polling"), say!("live.polling.help")),
    };
    view! { <span class=when(move || format!("tone live {}", words().0)) title=when(move || words().2)>{follow(move || words().1)}</span> }
        .into_any()
}

/// Says that there are new rows, and shows them when asked to.
#[component]
fn NewRows(state: State) -> impl IntoView {
    let show = move |_| {
        state.rows.retry();
        state.summary.retry();
        state.failures.retry();
        state.active.set(0);
        focus_soon("tr[data-at='0']".to_owned());
    };
    move || {
        let new = state.feed.new.get();
        let words = match new {
            0 => return None,
            Refreshed::MAX_NEW.. => say!("live.many-new", count = new),
            _ => say!("live.new", count = new),
        };
        Some(view! { <button type="button" class="button small new-rows" on:click=show>{icon("up")}{words}</button> })
    }
}
