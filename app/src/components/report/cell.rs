//! One value on the screen. Values are hostile text: they are only ever set as text.

use crate::browser::intl;
use crate::components::prefs::Prefs;
use crate::components::said::span;
use crate::model::{Cell, Column, Kind, Timestamp, Tone, duration, visible};
use crate::{say, text};
use leptos::prelude::*;

/// How times are written.
#[derive(Clone)]
pub struct Clock {
    pub zone: String,
    /// How long ago, rather than when.
    pub ago: bool,
    /// Milliseconds since 1970.
    pub now: f64,
}

impl Clock {
    /// As the reader likes it; follows the clock only where how long ago is shown.
    pub fn of(prefs: Prefs, zone: String) -> Self {
        let ago = prefs.times.is("ago");
        let now = if ago { prefs.now.get() } else { crate::browser::now() };
        Self { zone, ago, now }
    }

    pub fn time(&self, at: Timestamp) -> AnyView {
        let clock = intl::clock(at, &self.zone);
        let ago = intl::relative(at, self.now);
        let (text, title) = if self.ago { (ago, clock) } else { (clock, ago) };
        view! { <time datetime=at.rfc3339() title=title>{text}</time> }.into_any()
    }
}

/// Class of the column's cells: it decides width, face and side.
pub const fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Id => "id",
        Kind::Text => "text",
        Kind::LongText => "long",
        Kind::Choice { .. } => "choice",
        Kind::Time => "time",
        Kind::Number | Kind::Bytes | Kind::Duration => "number",
        Kind::Ip => "ip",
        Kind::Flag => "flag",
    }
}

/// A word with the colour of its meaning.
pub fn toned(word: String, tone: Tone) -> AnyView {
    let class = match tone {
        Tone::Plain => return word.into_any(),
        Tone::Good => "tone good",
        Tone::Bad => "tone bad",
        Tone::Warning => "tone warning",
        Tone::Running => "tone running",
        Tone::Scheduled => "tone scheduled",
        Tone::Muted => "tone muted-tone",
    };
    view! { <span class=class>{word}</span> }.into_any()
}

/// What stands where nothing is.
pub fn nothing() -> AnyView {
    view! { <span class="none"><span aria-hidden="true">"\u{2013}"</span>{span("sr", text!("cell.none"))}</span> }.into_any()
}

/// A text as it is shown: a choice by its words, everything else as it is.
fn label(column: &Column, text: &str) -> String {
    column.listed(text).map_or_else(|| visible(text).into_owned(), |choice| choice.label.said().to_owned())
}

/// The value as text alone, for titles and for copying.
pub fn words(column: &Column, cell: &Cell, zone: &str) -> String {
    match cell {
        Cell::Time(at) => intl::clock(*at, zone),
        Cell::Number(count) if column.kind == Kind::Bytes => intl::bytes(*count),
        Cell::Number(millis) if column.kind == Kind::Duration => duration::words(*millis),
        Cell::Number(count) => intl::number(*count),
        Cell::Flag(true) => say!("flag.yes").to_owned(),
        Cell::Flag(false) => say!("flag.no").to_owned(),
        Cell::Text(text) if column.listed(text).is_some() => label(column, text),
        other => other.plain(),
    }
}

/// The value as it is drawn.
pub fn draw(column: &Column, cell: &Cell, clock: &Clock) -> AnyView {
    match cell {
        Cell::Empty => nothing(),
        Cell::Time(at) => clock.time(*at),
        Cell::Text(text) => toned(label(column, text), column.tone(text)),
        other => words(column, other, &clock.zone).into_any(),
    }
}
