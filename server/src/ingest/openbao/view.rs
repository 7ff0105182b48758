//! Password view: somebody asked OpenBao for a secret or a credential, and got it or not.

use super::credential::Credential;
use super::exchange::{Exchange, long, short};
use super::exchange_end::State;
use crate::event::Event;
use crate::mask;
use vigia_app::reports::PASSWORD_VIEW;

pub(super) fn event(exchange: &Exchange<'_>, credential: &Credential<'_>) -> Event {
    let mut event = exchange.event(&PASSWORD_VIEW, "");
    event.set("operation", credential.operation);
    event.set("user", short(&exchange.who.user));
    event.set("login", short(&exchange.who.login));
    event.set("actor_kind", exchange.who.kind);
    event.set("ip", exchange.ip());
    event.set("credential_type", credential.kind);
    event.set("device", short(&mask::secrets(credential.device)));
    event.set("username", short(&mask::secrets(credential.username)));
    event.set("message", long(&message(exchange)));
    event.set("origin", "API (A2A)");
    exchange.describe(&mut event);
    event
}

/// What the system told the user.
fn message(exchange: &Exchange<'_>) -> String {
    if exchange.outcome.state != State::Done {
        return exchange.outcome.message.clone();
    }
    let Some(response) = &exchange.record.response else { return String::new() };
    if let Some(wrap) = &response.wrap_info {
        return format!("Granted, wrapped: a token that hands it out once within {} s.", wrap.ttl.get(..12).unwrap_or(&wrap.ttl));
    }
    match &response.data {
        Some(data) if data.deleted => "Nothing was handed out: this version is deleted or destroyed.".to_owned(),
        Some(_) => "Granted.".to_owned(),
        None if exchange.place.kind == "system" => "Granted.".to_owned(),
        None => "Nothing was handed out: there is nothing at this path.".to_owned(),
    }
}
