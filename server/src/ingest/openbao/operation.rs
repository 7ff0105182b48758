//! Password operation: OpenBao changed a password in another system, took an account over, or let it go.

use super::credential::{Credential, credential_type};
use super::exchange::{Exchange, long, short};
use super::exchange_end::{State, error_class, is_hashed, name};
use super::mount_path::MountPath;
use crate::event::Event;
use crate::mask;
use vigia_app::model::Attempt;
use vigia_app::reports::PASSWORD_OPERATION;

/// What was to be done to a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operation<'a> {
    pub word: &'static str,
    /// The connection where the log has it, else the mount.
    pub device: &'a str,
    pub username: &'a str,
    /// Added to the event's id where the exchange makes another event, too.
    pub suffix: &'static str,
}

/// What stands for the account an engine signs in with to do its work: the log does not name it.
const ROOT: &str = "root credential";

impl<'a> Operation<'a> {
    /// The operation asked for; `None` when the request is about something else.
    pub(super) fn of(exchange: &'a Exchange<'a>) -> Option<Self> {
        let place @ MountPath { mount, kind, rest, .. } = exchange.place;
        let operation = exchange.operation();
        if matches!(kind, "system" | "identity" | "kv" | "cubbyhole" | "pki" | "transit") {
            return None;
        }
        let writes = matches!(operation, "update" | "create" | "patch");
        let change = |device, username| writes.then_some(Self { word: "Change password", device, username, suffix: "" });
        if let Some(connection) = place.inside("rotate-root") {
            return change(connection, ROOT);
        }
        if matches!(rest, "rotate-root" | "config/rotate-root") {
            return change(mount, ROOT);
        }
        if let Some(role) = place.inside("rotate-role") {
            return change(mount, role);
        }
        if place.auth {
            return None;
        }
        let role = place.inside("static-roles").or_else(|| place.inside("static-role"))?;
        let word = match operation {
            "create" => "Credential activation",
            "update" | "patch" => "Credential update",
            "delete" => "Credential inactivation",
            _ => return None,
        };
        let data = &exchange.record.request.data;
        Some(Self {
            word,
            device: in_clear(&data.db_name).unwrap_or(mount),
            username: in_clear(&data.username).unwrap_or(role),
            suffix: "",
        })
    }

    /// A credential handed out that had to be made first; `None` when it was not, or the request was denied before.
    pub(super) fn making(exchange: &Exchange<'_>, credential: &Credential<'a>) -> Option<Self> {
        let Credential { device, username, .. } = *credential;
        let made = credential.ephemeral && exchange.outcome.state != State::Denied;
        made.then_some(Self { word: "Ephemeral credential creation", device, username, suffix: "/operation" })
    }
}

fn in_clear(value: &str) -> Option<&str> {
    (!value.is_empty() && !is_hashed(value)).then_some(value)
}

pub(super) fn event(exchange: &Exchange<'_>, operation: &Operation<'_>) -> Event {
    let done = exchange.outcome.is_done();
    let result = match exchange.outcome.state {
        State::Done => "Success",
        State::Denied | State::Failed => "Error",
        State::Unknown => "Unknown",
    };
    let message = &exchange.outcome.message;
    let plugin = &exchange.record.request.data.plugin_name;
    let mut event = exchange.event(&PASSWORD_OPERATION, operation.suffix);
    event.set("origin_ip", exchange.ip());
    event.set("device", short(&mask::secrets(operation.device)));
    event.set("credential_type", credential_type(exchange.place.kind));
    event.set("username", short(&mask::secrets(operation.username)));
    event.set("status", if done { "Success" } else { "Error" });
    event.set("operation", operation.word);
    event.set("execution_date", exchange.answered);
    event.set("last_attempt", exchange.time);
    event.set("attempts", 1u32);
    event.set("requester", short(&exchange.who.user));
    event.set("requester_kind", "User");
    event.set("template", if plugin.is_empty() { short(exchange.place.kind) } else { short(&name(plugin)) });
    event.set("message", long(message));
    exchange.describe(&mut event);
    event.set_attempts(vec![Attempt {
        end: exchange.answered,
        executor: exchange.source().to_owned(),
        result: result.to_owned(),
        error_class: error_class(&exchange.outcome).to_owned(),
        message: message.clone(),
        ..Attempt::begun(1, exchange.time)
    }]);
    event
}
