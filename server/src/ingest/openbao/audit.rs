//! Audit tracking: everything that is neither a view, nor an operation, nor a backup.

use super::entity::Entity;
use super::exchange::{Exchange, cut, short};
use super::exchange_end::State;
use super::mount_path::MountPath;
use crate::event::Event;
use crate::mask;
use vigia_app::model::Cell;
use vigia_app::reports::AUDIT_TRACKING;

pub(super) fn event(exchange: &Exchange<'_>) -> Event {
    let asked = Verb::of(exchange);
    let word = match (asked, exchange.outcome.state) {
        (Verb::Login, State::Done) => "Login",
        (Verb::Login, State::Unknown) => "Login attempt",
        (Verb::Login, _) => "Login failed",
        (_, State::Denied) => "Access denied",
        (verb, _) => verb.word(exchange),
    };
    let change = match exchange.outcome.state {
        _ if !asked.changes() => Cell::Flag(false),
        State::Done => Cell::Flag(true),
        State::Denied | State::Failed => Cell::Flag(false),
        State::Unknown => Cell::Empty,
    };
    let Entity { kind, name } = Entity::of(exchange);
    let mut event = exchange.event(&AUDIT_TRACKING, "");
    event.set("operation", short(word));
    event.set("entity", kind);
    event.set("entity_id", short(&exchange.path));
    event.set("entity_name", short(&mask::secrets(&name)));
    event.set("origin", short(exchange.place.module()));
    event.set("user", short(&exchange.who.user));
    event.set("username", short(&exchange.who.login));
    event.set("actor_kind", exchange.who.kind);
    event.set("ip", exchange.ip());
    event.set("change", change);
    event.add("message", cut(&exchange.outcome.message, Event::MAX_TEXT));
    if word == "Access denied" {
        event.add("attempted", cut(asked.word(exchange), Event::MAX_NAME));
    }
    exchange.describe(&mut event);
    event
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Login,
    Logout,
    Create,
    Update,
    Delete,
    Revoke,
    Read,
    /// Cryptography on the user's own data, as transit does: nothing in OpenBao changes.
    Use,
    /// An operation this module does not know, by its own name.
    Other,
}

impl Verb {
    fn of(exchange: &Exchange<'_>) -> Self {
        let place @ MountPath { mount, kind, rest, .. } = exchange.place;
        let written = matches!(exchange.operation(), "update" | "create" | "patch");
        if place.is_login() && (written || exchange.operation() == "read") {
            return Self::Login;
        }
        if mount == "sys" && rest == "mfa/validate" && written {
            return Self::Login;
        }
        if written && let Some(verb) = named(place) {
            return verb;
        }
        match exchange.operation() {
            "create" => Self::Create,
            "update" if kind == "system" && is_new_mount(place) => Self::Create,
            "update" | "patch" | "renew" => Self::Update,
            "delete" => Self::Delete,
            "revoke" => Self::Revoke,
            "read" | "list" | "scan" | "header" | "help" => Self::Read,
            _ => Self::Other,
        }
    }

    fn word<'a>(self, exchange: &'a Exchange<'_>) -> &'a str {
        match self {
            Self::Login => "Login",
            Self::Logout => "Logout",
            Self::Create => "Creation",
            Self::Update => "Update",
            Self::Delete => "Deletion",
            Self::Revoke => "Revocation",
            Self::Read => "Read",
            Self::Use => "Use",
            Self::Other => match exchange.operation() {
                "" => "Other",
                operation => operation,
            },
        }
    }

    fn changes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Delete | Self::Revoke | Self::Other)
    }
}

/// Writing to `sys/mounts/x` is always logged as an update; the settings of a mount are at `sys/mounts/x/tune`.
fn is_new_mount(place: MountPath<'_>) -> bool {
    let name = ["mounts", "auth", "audit"].iter().find_map(|folder| place.inside(folder));
    name.is_some_and(|name| !name.ends_with("/tune"))
}

/// What a write does whose path says it better than its operation.
fn named(place: MountPath<'_>) -> Option<Verb> {
    let MountPath { kind, rest, auth, .. } = place;
    let first = rest.split('/').next().unwrap_or_default();
    let verb = match (kind, first) {
        ("token", "revoke-self") if auth => Verb::Logout,
        ("token", "create" | "create-orphan") if auth => Verb::Create,
        ("token", "revoke" | "revoke-accessor" | "revoke-orphan") if auth => Verb::Revoke,
        ("token", "lookup" | "lookup-self" | "lookup-accessor") if auth => Verb::Read,
        ("system", "revoke" | "revoke-prefix" | "revoke-force") => Verb::Revoke,
        ("system", "leases") => match rest.split('/').nth(1).unwrap_or_default() {
            "revoke" | "revoke-prefix" | "revoke-force" => Verb::Revoke,
            "lookup" => Verb::Read,
            _ => Verb::Update,
        },
        ("system", "capabilities" | "capabilities-self" | "capabilities-accessor" | "tools" | "audit-hash" | "internal") => Verb::Read,
        ("system", "wrapping") => match rest {
            "wrapping/lookup" | "wrapping/unwrap" => Verb::Read,
            _ => Verb::Create,
        },
        ("identity", "lookup") => Verb::Read,
        ("kv", "delete" | "destroy") => Verb::Delete,
        ("kv", "undelete") => Verb::Update,
        ("pki", "revoke" | "revoke-with-key") => Verb::Revoke,
        ("pki", "sign" | "sign-verbatim" | "root" | "intermediate") => Verb::Create,
        ("transit", "encrypt" | "decrypt" | "rewrap" | "sign" | "verify" | "hmac" | "hash" | "random" | "datakey") => Verb::Use,
        ("totp", "code") => Verb::Use,
        _ if auth && (rest.ends_with("/secret-id") || rest.ends_with("/custom-secret-id")) => Verb::Create,
        _ if auth && (rest.ends_with("/secret-id/lookup") || rest.ends_with("/secret-id-accessor/lookup")) => Verb::Read,
        _ if auth && (rest.ends_with("/secret-id/destroy") || rest.ends_with("/secret-id-accessor/destroy")) => Verb::Delete,
        _ => return None,
    };
    Some(verb)
}
