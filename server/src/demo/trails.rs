//! Puts audit trails into words.

use super::changes::{self, Change, Entity};
use super::dice::Dice;
use super::oddities::PROBES;
use super::people::{PEOPLE, address, person};
use super::plan::{Act, Platform, Session};
use super::world::World;
use crate::event::Event;
use std::net::{IpAddr, Ipv4Addr};
use vigia_app::model::{ActorKind, Timestamp};
use vigia_app::reports::{self, AUDIT_TRACKING};

/// What is planned of a trail.
pub(super) struct Trail {
    pub(super) act: Act,
    pub(super) session: Session,
    /// A credential, mostly.
    pub(super) object: u16,
    /// Milliseconds.
    pub(super) time: i64,
}

pub(super) fn event(world: &World, plan: &Trail, source_id: String, dice: &mut Dice) -> Event {
    let Trail { act, session, .. } = *plan;
    let mut event = Event::new(&AUDIT_TRACKING, &world.source, source_id, Timestamp::saturating(plan.time));
    let who = person(session.user);
    let changes = matches!(act, Act::Create | Act::Update | Act::Delete).then(|| changes::draw(world, act, plan.object, dice));
    let (operation, origin) = describe(act, session.platform);
    let changed = matches!(
        act,
        Act::Approve | Act::Disapprove | Act::Create | Act::Update | Act::Delete | Act::Rotated | Act::Revoke | Act::Restart | Act::Ask
    );
    event.set("operation", operation).set("change", changed);
    match act {
        Act::Rotated => event.set("user", "Vault").set("username", "system").set("actor_kind", ActorKind::System),
        Act::Probe => {
            let stranger = Ipv4Addr::new(192, 0, 2, 1 + dice.below(254) as u8);
            event.set("username", *dice.pick(PROBES)).set("ip", IpAddr::from(stranger))
        }
        _ => event
            .set("user", who.name)
            .set("username", who.login)
            .set("actor_kind", session.platform.actor_kind())
            .set("ip", address(session.user, session.home)),
    };
    match changes {
        Some(Change { entity, origin, fields }) => {
            set_entity(&mut event, entity).set("origin", origin);
            for (field, change) in fields {
                event.add(format!("Changed: {field}"), change);
            }
        }
        None => {
            set_entity(&mut event, entity(world, plan, dice)).set("origin", origin);
        }
    }
    match act {
        Act::Login | Act::Logout => {
            event.add("Session", format!("{:08X}", session.number.wrapping_mul(0x9E37_79B9)));
            event.add("Second factor", if act == Act::Login && session.platform != Platform::Api { "TOTP" } else { "" });
        }
        Act::LoginFailed => {
            event.add("Cause", *dice.pick(&["Wrong password", "Wrong password", "Wrong one-time code", "Password expired"]));
        }
        Act::Probe => {
            event.add("Cause", "No such user");
        }
        Act::Approve => {
            event.add("Changed: Status", "Awaiting approval -> Approved");
        }
        Act::Disapprove => {
            event.add("Changed: Status", "Awaiting approval -> Disapproved");
            event.add("Cause", *dice.pick(&["No ticket", "Outside the change window", "Ask the owner first"]));
        }
        Act::Restart => {
            event.add("Changed: Status", "Error -> Scheduled");
        }
        Act::Revoke => {
            event.add("Changed: Valid", "Yes -> No");
        }
        Act::Deny => {
            event.add("Cause", "No access group allows it");
        }
        Act::Rotated => {
            let age = 1 + dice.below(30);
            event.add("Changed: Age of the password", format!("{age} days -> 0 days"));
        }
        _ => {}
    }
    event
}

fn set_entity(event: &mut Event, entity: Entity) -> &mut Event {
    event.set("entity", entity.kind).set("entity_id", entity.id.to_string()).set("entity_name", entity.name)
}

/// The operation and the module it was performed with.
fn describe(act: Act, platform: Platform) -> (&'static str, &'static str) {
    let door = match platform {
        Platform::Api => "A2A",
        Platform::Cli => "CLI",
        Platform::Web | Platform::Mobile | Platform::Remote => "Web",
    };
    match act {
        Act::Login => ("Login", door),
        Act::LoginFailed | Act::Probe => ("Login failed", door),
        Act::Logout => ("Logout", door),
        Act::Approve => ("Approval", "Access control"),
        Act::Disapprove => ("Disapproval", "Access control"),
        Act::Deny => ("Access denied", "Access control"),
        Act::Create => ("Creation", door),
        Act::Update => ("Update", door),
        Act::Delete => ("Deletion", door),
        Act::Rotated => ("Update", "Credentials"),
        Act::Read => ("Read", "A2A"),
        Act::Revoke => ("Revocation", "Access control"),
        Act::Export => ("Export", "Reports"),
        Act::Download => ("Download", "Settings"),
        Act::Restart => ("Restart", "Credentials"),
        Act::Ask => ("Creation", "Credentials"),
    }
}

fn entity(world: &World, plan: &Trail, dice: &mut Dice) -> Entity {
    let credential = || changes::credential(world, plan.object);
    let request = |dice: &mut Dice, kind| Entity { kind, id: 700_000 + dice.below(90_000) as u64, name: credential().name };
    match plan.act {
        Act::Login | Act::LoginFailed | Act::Logout => changes::user(plan.session.user),
        Act::Probe => Entity { kind: "User", id: 0, name: String::new() },
        Act::Approve | Act::Disapprove => request(dice, "Access request"),
        Act::Ask | Act::Restart => request(dice, "Password operation"),
        Act::Revoke => Entity { kind: "API token", id: 50 + dice.below(30) as u64, name: PEOPLE[PEOPLE.len() - 1].login.to_owned() },
        Act::Export => {
            let report = *dice.pick(&reports::ALL);
            Entity { kind: "Report", id: 1 + dice.below(reports::ALL.len()) as u64, name: report.words.title.english().to_owned() }
        }
        Act::Download => Entity { kind: "Backup", id: 9000 + dice.below(900) as u64, name: "Full backup".to_owned() },
        _ => credential(),
    }
}
