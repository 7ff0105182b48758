//! Reports that the demo tells no story of: their events are made of their declarations, with the people and devices of the company.

use super::calendar::{HOUR, SECOND};
use super::dice::Dice;
use super::people::{address, person};
use super::plan::{Session, What};
use super::world::World;
use crate::event::Event;
use vigia_app::model::{Attempt, Cell, Column, Group, Kind, Report, Timestamp};
use vigia_app::reports::{self, AUDIT_TRACKING, PASSWORD_OPERATION, PASSWORD_VIEW, PERFORMED_BACKUPS};

const PURPOSE: u64 = 200;

/// Every so many trails, one makes room for an event of another report: so the rest of what the demo tells stays as it is.
const EVERY: u64 = 20;

/// The reports without a story.
pub(super) fn reports() -> impl Iterator<Item = &'static Report> {
    let told = [&PASSWORD_OPERATION, &PASSWORD_VIEW, &PERFORMED_BACKUPS, &AUDIT_TRACKING].map(|report| report.key);
    reports::ALL.into_iter().filter(move |report| !told.contains(&report.key))
}

/// An event instead of the trail of this number, where one has its turn. The reports take turns.
pub(super) fn instead(world: &World, what: &What, trail: u64, time: i64) -> Option<Event> {
    let What::Trail { session, .. } = what else { return None };
    let (serial, count) = (trail / EVERY, reports().count());
    if count == 0 || trail % EVERY != EVERY / 2 {
        return None;
    }
    reports().nth(serial as usize % count).map(|report| event(world, &Other { report, session: *session, serial, time }))
}

struct Other {
    report: &'static Report,
    session: Session,
    serial: u64,
    /// Milliseconds.
    time: i64,
}

fn event(world: &World, plan: &Other) -> Event {
    let dice = &mut Dice::new(world.seed, PURPOSE, plan.serial);
    let source_id = format!("{:x}-{:07}", world.seed, plan.serial);
    let mut event = Event::new(plan.report, &world.source, source_id, Timestamp::saturating(plan.time));
    let credential = *dice.pick(world.estate.of_office(person(plan.session.user).office));
    for column in plan.report.given() {
        event.set(column.key, cell(world, plan, credential, column, dice));
    }
    if plan.report.attempts {
        let last = 1 + u32::from(dice.percent(20));
        event.attempts = (1..=last).map(|number| attempt(plan, number, last)).collect();
        event.set("attempts", last);
    }
    event
}

fn cell(world: &World, plan: &Other, credential: u16, column: &Column, dice: &mut Dice) -> Cell {
    let (credential, device) = world.estate.credential(credential);
    match column.kind {
        // Every word has its turn.
        Kind::Choice { values, .. } => values.get(plan.serial as usize % values.len().max(1)).map_or(Cell::Empty, |word| word.name.into()),
        Kind::Text => match (column.key, column.group) {
            ("username", _) => credential.username.into(),
            ("site", _) => device.site().into(),
            (_, Group::Who) => person(plan.session.user).name.into(),
            (_, Group::What) => device.name.as_str().into(),
            _ => Cell::Empty,
        },
        Kind::Id | Kind::LongText => Cell::Empty,
        Kind::Time => Timestamp::saturating((plan.time + dice.between(0, HOUR)).min(world.now)).into(),
        Kind::Number => Cell::Number(dice.between(0, 40)),
        Kind::Bytes => Cell::Number(dice.between(1_000, 5_000_000_000)),
        Kind::Duration => Cell::Number(dice.between(SECOND, HOUR / 2)),
        Kind::Ip => address(plan.session.user, plan.session.home).into(),
        Kind::Flag => dice.percent(80).into(),
    }
}

/// All but the last one failed; one follows the other after a second.
fn attempt(plan: &Other, number: u32, last: u32) -> Attempt {
    let start = plan.time + i64::from(number - 1) * SECOND;
    let result = if number == last { "Success" } else { "Error" };
    let end = Some(Timestamp::saturating(start + SECOND / 2));
    Attempt { end, result: result.to_owned(), executor: super::SOURCE.to_owned(), ..Attempt::begun(number, Timestamp::saturating(start)) }
}
