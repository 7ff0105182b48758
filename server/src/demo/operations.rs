//! Puts password operations into words.

use super::attempts::Case;
use super::calendar::{DAY, HOUR, MINUTE, clock, offset};
use super::dice::Dice;
use super::estate::Device;
use super::people::{address, person};
use super::plan::{Asker, Fate};
use super::world::World;
use crate::event::Event;
use vigia_app::model::Timestamp;
use vigia_app::reports::PASSWORD_OPERATION;

/// What is planned of an operation.
pub(super) struct Operation {
    pub(super) asker: Asker,
    pub(super) credential: u16,
    pub(super) operation: &'static str,
    pub(super) fate: Fate,
    /// When it is due, in milliseconds.
    pub(super) due: i64,
}

pub(super) fn event(world: &World, plan: &Operation, serial: u64, source_id: String, dice: &mut Dice) -> Event {
    let (credential, device) = world.estate.credential(plan.credential);
    let case = Case { world, at: plan.credential, operation: plan.operation, due: plan.due, serial };
    let course = case.course(plan.fate, dice);
    let last = course.attempts.last();
    let mut event = Event::new(&PASSWORD_OPERATION, &world.source, source_id, Timestamp::saturating(plan.due));
    event
        .set("device", device.name.as_str())
        .set("credential_type", credential.of_type)
        .set("username", credential.username)
        .set("status", course.status)
        .set("operation", plan.operation)
        .set("execution_date", last.and_then(|last| last.end))
        .set("last_attempt", last.map(|last| last.start))
        .set("attempts", course.attempts.len() as u32)
        .set("vendor", device.kind.vendor)
        .set("product", device.kind.product)
        .set("site", device.site())
        .set("tags", device.kind.tags)
        .set("reconciliation", plan.operation == "Reconcile password" || dice.percent(6))
        .set("template", device.kind.template)
        .set("message", course.message);
    let submitted = match plan.asker {
        Asker::User(session) => {
            let user = person(session.user);
            event.set("origin_ip", address(session.user, session.home));
            event.set("requester", user.name).set("requester_kind", "User");
            event.add("Requester login", user.login).add("Requester team", user.team.name());
            plan.due.min(world.now) - dice.between(0, 3) * MINUTE
        }
        Asker::Task => {
            event.set("requester", task(plan, device)).set("requester_kind", "Task");
            event.add("Task run", (40_000 + plan.due.max(0) / DAY).to_string());
            plan.due.min(world.now) - dice.between(1, 12) * HOUR
        }
        Asker::Set => {
            event.set("requester", format!("Set: {}", device.kind.group)).set("requester_kind", "Set");
            plan.due.min(world.now) - dice.between(1, 12) * HOUR
        }
    };
    event.add("Submitted", Timestamp::saturating(submitted).rfc3339());
    if let Some(address) = device.address {
        event.add("Device address", address.to_string());
    }
    event.add("Protocol", format!("{} ({})", device.kind.protocol, device.kind.port));
    event.add("Template version", format!("{}.{}", 1 + device.kind.template.len() % 4, 1 + plan.due.max(0) / (120 * DAY) % 9));
    if let (Asker::User(session), false) = (plan.asker, course.attempts.is_empty()) {
        event.add("Approver", person(world.approver(session.user)).name);
    }
    if course.status == "Canceled" {
        event.add("Canceled by", person(dice.below(30) as u16).name);
    }
    event.set_attempts(course.attempts);
    event
}

/// The task that does such things there at that time.
fn task(plan: &Operation, device: &Device) -> String {
    let (weekday, hour) = clock(plan.due + offset(device.office, plan.due));
    let what = match plan.operation {
        "Change password" | "Child password change" if weekday == 6 && hour < 6 => "Weekly rotation",
        "Change password" | "Child password change" if hour < 6 => "Nightly rotation",
        "Change password" | "Child password change" => "Rotation after use",
        "Verify password" => "Verification",
        "Reconcile password" => "Reconciliation",
        "Certificate publication" => "Certificate renewal",
        "Secret automation" => "Secret delivery",
        "Ephemeral credential creation" | "Ephemeral credential removal" => "Ephemeral access",
        _ => "Joiners and leavers",
    };
    format!("{what}: {}", device.kind.group)
}
