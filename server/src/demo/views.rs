//! Puts password views into words.

use super::calendar::{DAY, MINUTE};
use super::dice::Dice;
use super::estate::{Credential, Device};
use super::justifications::{CHANGE, INCIDENT, OTHER, REMOTE, UNREACHABLE, english, own};
use super::oddities;
use super::people::{Person, address, person};
use super::plan::{Manner, Platform, Session};
use super::texts::fill;
use super::world::World;
use crate::event::Event;
use vigia_app::model::Timestamp;
use vigia_app::reports::PASSWORD_VIEW;

const BY_PEOPLE: &[(usize, &str)] =
    &[(52, "View password"), (17, "Copy password"), (20, "Start session"), (7, "Checkout"), (4, "History view")];
const BY_APPLICATIONS: &[(usize, &str)] = &[(85, "View password"), (15, "Checkout")];
const REASONS: &[(usize, &str)] = &[(44, CHANGE), (27, INCIDENT), (9, REMOTE), (6, UNREACHABLE), (14, OTHER)];
const REASONS_AT_HOME: &[(usize, &str)] = &[(28, CHANGE), (30, INCIDENT), (32, REMOTE), (4, UNREACHABLE), (6, OTHER)];

/// What is planned of a view.
pub(super) struct View {
    pub(super) session: Session,
    pub(super) credential: u16,
    pub(super) manner: Manner,
    /// Milliseconds.
    pub(super) time: i64,
}

pub(super) fn event(world: &World, plan: &View, serial: u64, source_id: String, dice: &mut Dice) -> Event {
    let what @ (credential, device) = world.estate.credential(plan.credential);
    let user = person(plan.session.user);
    let operation = *dice.weighted(if plan.manner == Manner::Machine { BY_APPLICATIONS } else { BY_PEOPLE });
    let reason = match plan.manner {
        Manner::Emergency => INCIDENT,
        Manner::Machine => OTHER,
        _ => dice.weighted(if plan.session.home { REASONS_AT_HOME } else { REASONS }),
    };
    let ticket = ticket(reason, plan, dice);
    let mut event = Event::new(&PASSWORD_VIEW, &world.source, source_id, Timestamp::saturating(plan.time));
    event
        .set("operation", operation)
        .set("user", user.name)
        .set("login", user.login)
        .set("actor_kind", plan.session.platform.actor_kind())
        .set("ip", address(plan.session.user, plan.session.home))
        .set("credential_type", credential.of_type)
        .set("device", device.name.as_str())
        .set("username", credential.username)
        .set("reason", reason)
        .set("governance_id", ticket.as_str())
        .set("justification", justification(plan, user, reason, what, &ticket, serial, dice))
        .set("message", message(world, plan))
        .set("origin", origin(plan.session.platform))
        .set("emergency", plan.manner == Manner::Emergency);
    if let Some(address) = device.address {
        event.add("Device address", address.to_string());
    }
    event.add("Access group", format!("{} / {}", user.team.name(), device.kind.group));
    if plan.manner == Manner::Approved {
        event.add("Approver", person(world.approver(plan.session.user)).name);
        event.add("Approved at", Timestamp::saturating(plan.time - dice.between(5, 900) * 1000).rfc3339());
        event.add("Approved until", Timestamp::saturating(plan.time + dice.between(1, 8) * 30 * MINUTE).rfc3339());
    }
    if operation == "Start session" {
        event.add("Protocol", device.kind.protocol);
        event.add("Session ID", format!("{:016X}", dice.bits()));
    }
    if !ticket.is_empty() {
        event.add("Ticket", format!("https://tickets.meridiano.example/{ticket}"));
    }
    event
}

/// Governance ID; changes and incidents should have one, and a few have not.
fn ticket(reason: &str, plan: &View, dice: &mut Dice) -> String {
    let (kind, chance) = match reason {
        CHANGE => ("CHG", 92),
        INCIDENT if plan.manner == Manner::Emergency => ("INC", 25),
        INCIDENT => ("INC", 88),
        OTHER => ("REQ", 15),
        _ => ("REQ", 30),
    };
    // One user never gives any.
    if plan.manner == Manner::Machine || plan.session.user % 50 == 9 || !dice.percent(chance) {
        return String::new();
    }
    let week = plan.time.max(0) / (7 * DAY) * 40;
    format!("{kind}{:07}", week % 1_000_000 + dice.below(40) as i64)
}

fn justification(
    plan: &View,
    user: &Person,
    reason: &str,
    what: (&Credential, &Device),
    ticket: &str,
    serial: u64,
    dice: &mut Dice,
) -> String {
    if let Some(text) = oddities::hostile(serial) {
        return text.to_owned();
    }
    if plan.manner == Manner::Machine || dice.percent(5) {
        return String::new();
    }
    let own = own(user.language).filter(|_| dice.percent(45));
    let template = oddities::long(serial).unwrap_or_else(|| *dice.pick(own.unwrap_or(english(reason))));
    let ticket = if ticket.is_empty() { "?" } else { ticket };
    fill(template, what, ticket, 1 + dice.below(22))
}

fn message(world: &World, plan: &View) -> String {
    match plan.manner {
        Manner::Usual => String::new(),
        Manner::Machine => "Allowed by the application's authorization.".to_owned(),
        Manner::Approved => {
            format!("This credential needs approval. {} approved the request.", person(world.approver(plan.session.user)).name)
        }
        Manner::Emergency => "Emergency access: you may see the password without approval. The approvers have been told.".to_owned(),
    }
}

const fn origin(platform: Platform) -> &'static str {
    match platform {
        Platform::Web => "Web",
        Platform::Api => "API (A2A)",
        Platform::Mobile => "Mobile",
        Platform::Cli => "CLI (go)",
        Platform::Remote => "Remote access (Domum)",
    }
}
