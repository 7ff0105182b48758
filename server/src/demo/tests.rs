//! Tests for the events as a whole.

use super::calendar::{DAY, HOUR, clock};
use super::*;
use crate::event::ERROR_CLASS;
use std::collections::{HashMap, HashSet};
use vigia_app::model::{ActorKind, Cell, Choice, Kind, Report};
use vigia_app::reports::{ALL, AUDIT_TRACKING, PASSWORD_OPERATION, PASSWORD_VIEW, PERFORMED_BACKUPS};

const EVENTS: u64 = 2000;
const DAYS: u32 = 90;

/// 2026-11-22T09:30:00Z, a Sunday.
fn now() -> Timestamp {
    Timestamp::from_millis(1_795_339_800_000).unwrap()
}

fn events(count: u64, days: u32, seed: u64) -> Vec<Event> {
    generate(count, days, seed, now()).collect()
}

/// How often each value of a column occurs.
fn tally(events: &[Event], report: &'static Report, column: &str) -> HashMap<String, usize> {
    let mut found = HashMap::new();
    for event in events.iter().filter(|event| event.report == report) {
        *found.entry(event.get(column).plain()).or_default() += 1;
    }
    found
}

fn time(cell: &Cell) -> Option<Timestamp> {
    if let Cell::Time(time) = cell { Some(*time) } else { None }
}

#[test]
fn a_seed_gives_the_same_events_and_another_seed_others() {
    let first = events(EVENTS, DAYS, 7);
    assert_eq!(first, events(EVENTS, DAYS, 7));
    let other = events(EVENTS, DAYS, 8);
    let same = first.iter().zip(&other).filter(|(a, b)| a.source_id == b.source_id || (a.time == b.time && a.cells == b.cells)).count();
    assert_eq!(same, 0, "events of seeds 7 and 8 are the same");
}

#[test]
fn there_are_exactly_as_many_events_as_asked_for() {
    for (count, days) in [(0, 1), (1, 1), (7, 365), (100, 0), (1234, 3), (5000, 1), (3000, 400), (20, u32::MAX)] {
        assert_eq!(events(count, days, 1).len() as u64, count, "{count} events in {days} days");
    }
    for now in [Timestamp::MIN, Timestamp::saturating(5), Timestamp::MAX] {
        assert_eq!(generate(500, 30, 1, now).count(), 500, "at {}", now.rfc3339());
    }
}

#[test]
fn the_same_run_at_another_time_has_the_same_source_ids() {
    let ids = |now: i64| generate(5000, 30, 3, Timestamp::saturating(now)).map(|event| (event.report.key, event.source_id)).collect();
    let first: HashSet<_> = ids(now().millis());
    assert_eq!(first, ids(now().millis() + 40 * HOUR));
}

#[test]
fn no_source_id_occurs_twice_and_events_come_in_order() {
    let mut ids = HashSet::new();
    let mut last = Timestamp::MIN;
    for event in generate(100_000, DAYS, 42, now()) {
        assert!(event.time >= last, "{} comes after {}", event.time.rfc3339(), last.rfc3339());
        last = event.time;
        assert_eq!(&*event.source, SOURCE);
        assert!(ids.insert((event.report.key, event.source_id.clone())), "{} occurs twice", event.source_id);
    }
}

#[test]
fn each_report_has_its_share() {
    let events = events(20_000, DAYS, 5);
    let share = |report: &'static Report| events.iter().filter(|event| event.report == report).count() * 1000 / events.len();
    assert_eq!(share(&PASSWORD_VIEW), 300);
    assert_eq!(share(&PASSWORD_OPERATION), 140);
    let others: usize = others::reports().map(share).sum();
    assert!((540..=560).contains(&(share(&AUDIT_TRACKING) + others)), "{}", share(&AUDIT_TRACKING));
    assert!(others::reports().all(|report| share(report) > 0), "each has events");
    assert!((1..=10).contains(&share(&PERFORMED_BACKUPS)), "{}", share(&PERFORMED_BACKUPS));
}

#[test]
fn every_declared_word_occurs_in_two_thousand_events_and_no_other() {
    for (seed, days) in [(1, DAYS), (42, 30), (2026, 365)] {
        let events = events(EVENTS, days, seed);
        for report in ALL {
            for column in report.columns {
                let Kind::Choice { values, .. } = column.kind else { continue };
                if column.standing {
                    continue;
                }
                let found = tally(&events, report, column.key);
                // No password is viewed by the vault itself.
                let is_viewed = |choice: &Choice| report != &PASSWORD_VIEW || choice.name != ActorKind::System.word();
                // Not everything goes wrong in the company.
                let occurs = |choice: &Choice| is_viewed(choice) && column.key != ERROR_CLASS;
                for choice in values.iter().filter(|choice| occurs(choice)) {
                    assert!(found.contains_key(choice.name), "seed {seed}: no {} is {}", column.label.english(), choice.name);
                }
                for word in found.keys().filter(|word| !word.is_empty()) {
                    assert!(values.iter().any(|choice| choice.name == word), "seed {seed}: {} is {word:?}", column.label.english());
                }
            }
        }
        let modules = tally(&events, &AUDIT_TRACKING, "origin");
        for module in ["Credentials", "Devices", "Access control", "Settings", "Reports", "A2A", "Web", "CLI"] {
            assert!(modules.contains_key(module), "seed {seed}: nothing is done with {module}");
        }
        assert!(tally(&events, &PERFORMED_BACKUPS, "status")["Running"] == 1);
    }
}

#[test]
fn every_cell_has_the_shape_of_its_column() {
    for event in events(20_000, DAYS, 9) {
        for (column, cell) in event.report.stored().zip(&event.cells) {
            let fits = match cell {
                Cell::Empty => true,
                Cell::Text(text) => !text.is_empty() && matches!(column.kind, Kind::Text | Kind::LongText | Kind::Choice { .. }),
                Cell::Number(number) => *number >= 0 && matches!(column.kind, Kind::Number | Kind::Bytes | Kind::Duration),
                Cell::Time(_) => column.kind == Kind::Time,
                Cell::Ip(_) => column.kind == Kind::Ip,
                Cell::Flag(_) => column.kind == Kind::Flag,
            };
            assert!(fits, "{} of {} is {cell:?}", column.key, event.report.key);
        }
    }
}

#[test]
fn what_a_row_says_of_an_operation_fits_its_attempts() {
    let now = now();
    for event in events(30_000, DAYS, 11).into_iter().filter(|event| event.report == &PASSWORD_OPERATION) {
        let (status, tries) = (event.get("status").plain(), event.attempts.len());
        let about = format!("{status} at {}: {:?}", event.time.rfc3339(), event.attempts);
        assert_eq!(event.get("attempts"), &Cell::Number(tries as i64), "{about}");
        assert_eq!(time(event.get("last_attempt")), event.attempts.last().map(|last| last.start), "{about}");
        assert_eq!(time(event.get("execution_date")), event.attempts.last().and_then(|last| last.end), "{about}");
        for (at, attempt) in event.attempts.iter().enumerate() {
            assert_eq!(attempt.number as usize, at + 1, "{about}");
            assert!(event.time.min(now) <= attempt.start && attempt.start <= attempt.end.unwrap_or(now), "{about}");
            assert!(attempt.end.is_none_or(|end| end <= now), "{about}");
            assert_eq!(attempt.error_class.is_empty(), attempt.result != "Error", "{about}");
        }
        assert!(event.attempts.windows(2).all(|pair| pair[0].end <= Some(pair[1].start) && pair[0].result == "Error"), "{about}");
        let results = event.attempts.last().map(|last| last.result.as_str());
        match status.as_str() {
            "Success" | "Error" => assert!((1..=5).contains(&tries) && results == Some(&status), "{about}"),
            "Running" => assert!(results == Some("Running") && event.attempts[tries - 1].end.is_none(), "{about}"),
            "Scheduled" | "Awaiting approval" => assert!(tries == 0 && event.time > now, "{about}"),
            _ => assert!(tries == 0 && event.time <= now, "{about}"),
        }
    }
}

#[test]
fn only_what_is_pending_lies_ahead() {
    for event in events(30_000, 20, 12) {
        let ahead = event.time > now();
        let pending =
            event.report == &PASSWORD_OPERATION && ["Scheduled", "Awaiting approval"].contains(&event.get("status").plain().as_str());
        assert_eq!(ahead, pending, "{} {:?}", event.time.rfc3339(), event.cells);
        assert!(event.time.millis() >= now().millis() - 20 * DAY - DAY, "{}", event.time.rfc3339());
        if let Some(end) = time(event.get("end")) {
            assert!(event.time <= end && end <= now());
        }
    }
}

#[test]
fn office_hours_are_busier_than_sunday_nights() {
    let (mut office, mut sunday) = (0, 0);
    for event in events(20_000, 84, 13).iter().filter(|event| event.report == &PASSWORD_VIEW) {
        match clock(event.time.millis()) {
            (0..=4, 9..12) => office += 1,
            (6, hour) if !(6..22).contains(&hour) => sunday += 1,
            _ => {}
        }
    }
    // Fifteen hours a week against eight.
    assert!(office * 8 > 6 * sunday * 15, "{office} views in office hours, {sunday} in Sunday nights");
}

#[test]
fn an_outage_makes_operations_of_its_site_fail_and_succeed_afterwards() {
    let world = World::new(14, now().millis() - 90 * DAY, now().millis());
    let outage = &world.stories.outages[0];
    let site = offices::OFFICES[outage.office].site;
    let events = events(20_000, 90, 14);
    let hit: Vec<_> = events
        .iter()
        .filter(|event| event.report == &PASSWORD_OPERATION && event.get("site").plain() == site)
        .filter(|event| (outage.from..outage.to - HOUR).contains(&event.time.millis()) && !event.attempts.is_empty())
        .collect();
    assert!(hit.len() >= 10, "{} operations in the outage of {site}", hit.len());
    assert!(hit.iter().all(|event| event.attempts[0].error_class == "Connectivity"));
    assert!(hit.iter().any(|event| event.get("status").plain() == "Success"), "they are tried again and succeed");
    let emergencies =
        |event: &&Event| event.get("emergency") == &Cell::Flag(true) && (outage.from..outage.to).contains(&event.time.millis());
    assert!(events.iter().filter(emergencies).count() >= 5, "people help themselves meanwhile");
}

#[test]
fn somebody_looks_at_far_more_in_an_hour_than_people_do() {
    let mut hours: HashMap<_, u32> = HashMap::new();
    for event in events(20_000, 30, 15).iter().filter(|event| event.report == &PASSWORD_VIEW && !event.get("login").plain().contains('-')) {
        *hours.entry((event.get("login").plain(), event.time.millis() / HOUR)).or_default() += 1;
    }
    assert!(hours.values().any(|views| *views >= 30), "{:?}", hours.values().max());
}

#[test]
fn backups_are_missing_failed_and_removed_as_in_life() {
    let events = events(10_000, 90, 16);
    let backups: Vec<_> = events.iter().filter(|event| event.report == &PERFORMED_BACKUPS).collect();
    let missed: Vec<i64> =
        backups.iter().filter(|event| event.get("status").plain() == "Missed").map(|event| event.time.millis()).collect();
    let made = |at: i64| backups.iter().any(|event| event.get("status").plain() != "Missed" && (event.time.millis() - at).abs() < HOUR);
    assert!(!missed.is_empty() && missed.iter().all(|at| !made(*at)), "some nights have no backup, and a row that says so");
    for backup in &backups {
        let done = ["Success", "Removed by retention"].contains(&backup.get("status").plain().as_str());
        assert_eq!(backup.get("checksum").plain().len(), if done { 64 } else { 0 });
        assert_eq!(backup.get("end").is_empty(), ["Running", "Missed"].contains(&backup.get("status").plain().as_str()));
    }
}

#[test]
fn texts_are_of_all_kinds() {
    let events = events(20_000, 90, 17);
    let views: Vec<String> =
        events.iter().filter(|event| event.report == &PASSWORD_VIEW).map(|event| event.get("justification").plain()).collect();
    for hostile in oddities::HOSTILE {
        assert!(views.iter().any(|text| text == hostile), "nobody writes {hostile}");
    }
    let long = |least: usize| views.iter().filter(|text| text.chars().count() > least).count();
    assert!(long(500) >= 10 && long(1500) >= 1 && long(500) < views.len() / 20);
    for piece in ["🔥", "\n", "ש", "ا", "変", "점", "ब", "α", "ç"] {
        assert!(views.iter().any(|text| text.contains(piece)), "no justification has {piece}");
    }
    let missing = events
        .iter()
        .filter(|event| event.report == &PASSWORD_VIEW && event.get("reason").plain() == "Change" && event.get("governance_id").is_empty())
        .count();
    assert!(missing > 0, "every change has a governance ID");
    assert!(events.iter().all(|event| event.cells.iter().all(|cell| cell.plain().len() <= Event::MAX_TEXT)));
}

#[test]
fn changes_say_from_what_to_what() {
    let events = events(20_000, 90, 18);
    for event in events.iter().filter(|event| event.get("operation").plain() == "Update") {
        let changed: Vec<_> = event.extra.iter().filter(|(name, _)| name.starts_with("Changed: ")).collect();
        assert!(!changed.is_empty() && changed.iter().all(|(_, change)| change.contains(" -> ")), "{:?}", event.extra);
        assert_eq!(event.get("change"), &Cell::Flag(true));
        assert!(!event.get("entity_id").is_empty());
    }
}

/// What a newcomer restarts first: the newest failures. Those that succeed then are of a password, and of an account that nothing is wrong with.
#[test]
fn most_of_what_failed_last_succeeds_when_it_is_restarted() {
    for hours in [0, 5, 11, 17, 23] {
        let now = now().millis() + hours * HOUR;
        let world = World::new(SEED, now - 90 * DAY, now);
        let troubled = |event: &Event| {
            let of = |key: &str| event.get(key).plain();
            let at = (0..world.estate.credentials.len() as u16).find(|at| {
                let (credential, device) = world.estate.credential(*at);
                device.name == of("device") && credential.username == of("username")
            });
            at.is_none_or(|at| world.troubles.at(at, now).is_some())
        };
        let failed = generate(50_000, 90, SEED, Timestamp::saturating(now)).filter(|event| event.get("status").plain() == "Error");
        let mut failed: Vec<_> = failed.filter(|event| event.report == &PASSWORD_OPERATION).collect();
        failed.sort_by_key(|event| std::cmp::Reverse(event.time));
        for first in [10, 20, 40] {
            let sound = failed[..first].iter();
            let sound = sound.filter(|event| attempts::PASSWORDS.contains(&&*event.get("operation").plain()) && !troubled(event)).count();
            assert!(sound * 5 > first * 3, "{sound} of the first {first}, {hours} hours later");
        }
        assert!(failed[..40].iter().any(troubled), "what is wrong is among them, {hours} hours later");
    }
}
