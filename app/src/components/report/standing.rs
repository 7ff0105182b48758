//! Whether the policy of backups is kept, in a line or two: nothing where there is none.

use super::cell;
use super::state::State;
use crate::api::backups::standing_of_backups;
use crate::components::follow::follow;
use crate::components::load::{load, renew_every};
use crate::model::{BackupStanding, Query, Rhythm, Tone, TypeStanding, codec, duration, visible};
use crate::say;
use leptos::prelude::*;

/// How often it is looked again, in milliseconds.
const EVERY: u32 = 60_000;

/// In the period that a report shows.
pub(super) fn of_report(state: State) -> AnyView {
    let asked = Memo::new(move |_| {
        state.query.with(|query| codec::encode(&Query { range: query.range, zone: query.zone.clone(), ..Query::all(query.report) }))
    });
    standing(move || asked.get())
}

/// In the period of a query of the report Performed backups.
pub fn standing(asked: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    let found = load(move || Some(asked()), standing_of_backups);
    renew_every(found, EVERY);
    follow(move || found.value.get().filter(|standing| !standing.types.is_empty()).map(|standing| said(&standing)))
}

fn said(standing: &BackupStanding) -> AnyView {
    let share = standing.times().share().map(|share| {
        let number = if share % 10 == 0 { (share / 10).to_string() } else { say!("number.tenths", whole = share / 10, tenth = share % 10) };
        say!("standing.kept", share = number)
    });
    let lost = standing.exposed.map(|exposed| say!("standing.lost", age = rounded(exposed, 1)));
    let restored = standing.drill.map(|(_, took)| say!("standing.restored", took = duration::words(took)));
    let rest = [share, lost, restored].into_iter().flatten().map(|words| view! { <span>{words}</span> " " });
    view! { <p class="standing">{standing.types.iter().map(of_type).collect_view()}{rest.collect_view()}</p> }.into_any()
}

fn of_type(standing: &TypeStanding) -> AnyView {
    let kind = if standing.full { say!("choice.backup-type.Full") } else { say!("choice.backup-type.Partial") };
    let when = rhythm(standing);
    let last = match standing.last_good {
        Some((_, age)) => say!("standing.good", kind = kind, when = when, age = rounded(age, 0)),
        None => say!("standing.none", kind = kind, when = when),
    };
    let times = standing.times;
    let trouble = [
        (times.missed > 0).then(|| say!("standing.missed", count = times.missed)),
        (times.failed > 0).then(|| say!("standing.failed", count = times.failed)),
        (times.late > 0).then(|| say!("standing.late", count = times.late)),
    ];
    let words = std::iter::once(last).chain(trouble.into_iter().flatten()).collect::<Vec<_>>().join(" ");
    let tone = if standing.is_kept() { Tone::Plain } else { Tone::Warning };
    view! { {cell::toned(words, tone)} " " }.into_any()
}

/// A number of milliseconds in one unit, of which `up` (0 or 1) is added where it is cut.
fn rounded(millis: i64, up: i64) -> String {
    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    let of = |unit: i64| (millis + up * (unit - 1)) / unit;
    match of(MINUTE) {
        ..60 => say!("span.minutes", count = of(MINUTE).max(1)),
        60..2_880 => say!("span.hours", count = of(HOUR)),
        _ => say!("span.days", count = of(24 * HOUR)),
    }
}

/// When they are made.
fn rhythm(standing: &TypeStanding) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let zone = standing.zone.as_str();
    match Rhythm::of(&standing.cron) {
        Rhythm::Hourly(0) => say!("rhythm.hourly").to_owned(),
        Rhythm::Hourly(minute) => say!("rhythm.hourly-at", minute = format!("{minute:02}")),
        Rhythm::Daily(minute) => say!("rhythm.daily", time = clock(minute), zone = zone),
        Rhythm::Weekly(day, minute) => {
            let time = clock(minute);
            match day {
                0 => say!("rhythm.sundays", time = time, zone = zone),
                1 => say!("rhythm.mondays", time = time, zone = zone),
                2 => say!("rhythm.tuesdays", time = time, zone = zone),
                3 => say!("rhythm.wednesdays", time = time, zone = zone),
                4 => say!("rhythm.thursdays", time = time, zone = zone),
                5 => say!("rhythm.fridays", time = time, zone = zone),
                _ => say!("rhythm.saturdays", time = time, zone = zone),
            }
        }
        Rhythm::Other(cron) => say!("rhythm.cron", cron = visible(&cron), zone = zone),
    }
}
