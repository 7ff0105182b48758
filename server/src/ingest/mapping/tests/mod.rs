//! What lines of each product become, and what the author of a mapping is told.

mod actors;
mod beyondtrust;
mod beyondtrust_pra;
mod bitwarden;
mod cyberark;
mod delinea;
mod infisical;
mod jumpserver;
mod language;
mod pages;
mod passbolt;
mod relayed;
mod safeguard;
mod secrets;
mod segura;
mod teleport;
mod times;
mod twice;
mod wallix;
mod warpgate;

use super::file;
use crate::event::Event;
use crate::ingest::{Context, Formats, Skip};
use chrono_tz::Tz;
use std::sync::{Arc, LazyLock};
use vigia_app::model::Timestamp;

fn context() -> Context {
    // 2026-11-22T15:00:00Z.
    Context::new(Arc::new(|| Timestamp::saturating(1_795_359_600_000)), Tz::UTC)
}

static FORMATS: LazyLock<Formats> = LazyLock::new(Formats::built_in);

/// What a format makes of a line.
fn read(format: &str, line: &str) -> Result<Event, Skip> {
    let mut events = Vec::new();
    FORMATS.named(format).expect("a format").open("test", &context()).line(1, line, &mut events)?;
    assert_eq!(events.len(), 1, "{line}");
    Ok(events.remove(0))
}

#[track_caller]
fn event(format: &str, line: &str) -> Event {
    read(format, line).unwrap_or_else(|skip| panic!("{line}: {skip:?}"))
}

/// Why a line made no event.
#[track_caller]
fn refused(format: &str, line: &str) -> String {
    match read(format, line) {
        Err(Skip::Broken { reason, detail }) => format!("{reason}: {detail}"),
        Err(Skip::Unwanted(why)) => format!("unwanted: {why}"),
        Ok(event) => panic!("{line} is read: {event:?}"),
    }
}

/// That the event's report and columns are these; a column that is not named may hold anything.
#[track_caller]
fn says(event: &Event, report: &str, cells: &[(&str, &str)]) {
    assert_eq!(event.report.key, report, "{event:?}");
    for (key, value) in cells {
        assert!(event.report.column(key).is_some(), "{report} has no {key}");
        assert_eq!(event.get(key).plain(), *value, "{key} of {event:?}");
    }
}

#[track_caller]
fn extra<'a>(event: &'a Event, name: &str) -> &'a str {
    event.extra.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

#[test]
fn every_mapping_that_comes_with_vigia_is_sound() {
    for (name, text) in super::BUILT_IN {
        file::read(name, text).unwrap_or_else(|wrong| panic!("{wrong}"));
    }
    assert_eq!(super::Mapping::built_in().len(), super::BUILT_IN.len());
}

#[test]
fn the_format_of_an_envelope_finds_the_product() {
    let segura = "CEF:0|MT4|Segura|3.33|164|PASSWORD VIEW|5|rt=1795356207120 suser=ana duser=root dhost=db-1";
    says(&event("cef", segura), "password-view", &[("username", "root")]);
    let delinea = "CEF:0|Thycotic Software|Secret Server|11.3|10004|SECRET - VIEW|2|suser=ana rt=Nov 22 2026 14:03:27 fname=x";
    says(&event("cef", delinea), "audit-tracking", &[("username", "ana")]);
    assert_eq!(refused("cef", "CEF:0|Acme|Firewall|1|999|Dropped|1|src=10.0.0.1"), "no mapping: CEF event 999 of Acme Firewall");
    assert_eq!(refused("leef", "LEEF:1.0|Acme|Firewall|1|drop|src=10.0.0.1"), "no mapping: LEEF event drop of Acme Firewall");
    assert_eq!(refused("cef", "hello"), "not understood: it is not a CEF event");
}
