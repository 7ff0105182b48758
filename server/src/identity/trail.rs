//! Vigia's own entries in the audit tracking report.

use super::{Identity, names, token};
use crate::event::Event;
pub use crate::source_name::OWN as SOURCE;
use crate::store::tokens::ApiToken;
use std::net::IpAddr;
use std::sync::Arc;
use vigia_app::model::{ActorKind, ApiError, Viewer};
use vigia_app::reports::AUDIT_TRACKING;

/// Who did it, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Name for people; empty where nobody is known by the name used.
    pub user: String,
    /// Name used to sign in.
    pub username: String,
    pub ip: Option<IpAddr>,
    /// Module used.
    pub origin: &'static str,
    /// What they are, where that is known.
    pub kind: Option<ActorKind>,
}

impl Actor {
    /// A signed-in user in a browser.
    pub fn web(viewer: &Viewer, ip: Option<IpAddr>) -> Self {
        Self { user: viewer.name.clone(), username: viewer.username.clone(), ip, origin: "Web", kind: Some(ActorKind::Person) }
    }

    /// A program with a token, and whose that is.
    pub fn token(token: &ApiToken, ip: Option<IpAddr>) -> Self {
        let username = format!("{}{}", names::TOKEN, token.name);
        let user = if token.owner.is_empty() { username.clone() } else { format!("{username} of {}", token.owner) };
        Self { user, username, ip, origin: "API", kind: Some(ActorKind::Service) }
    }

    /// A program with a token that nobody knows.
    pub fn stranger(ip: Option<IpAddr>) -> Self {
        Self { user: String::new(), username: String::new(), ip, origin: "API", kind: None }
    }

    /// Whoever runs the program: the name of their account on the machine. It is no proof, for whoever reaches the database's file could write
    /// anything into it; nor does it say whether a person has typed the command.
    pub fn command_line(account: &str) -> Self {
        Self { user: String::new(), username: account.to_owned(), ip: None, origin: "Command line", kind: None }
    }

    /// The program by itself.
    pub fn vigia() -> Self {
        Self { user: "Vigia".to_owned(), username: SOURCE.to_owned(), ip: None, origin: "Server", kind: Some(ActorKind::System) }
    }
}

/// An entry on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    operation: &'static str,
    entity: &'static str,
    entity_id: String,
    entity_name: String,
    change: bool,
    notes: Vec<(&'static str, String)>,
}

impl Trail {
    /// `operation` in the words of [`AUDIT_TRACKING`]; `entity` is the kind of thing it is performed on.
    pub fn new(operation: &'static str, entity: &'static str) -> Self {
        Self { operation, entity, entity_id: String::new(), entity_name: String::new(), change: false, notes: Vec::new() }
    }

    /// The same of another operation.
    pub fn operated(self, operation: &'static str) -> Self {
        Self { operation, ..self }
    }

    /// Names the thing.
    pub fn on(mut self, entity_name: impl Into<String>) -> Self {
        self.entity_name = entity_name.into();
        self
    }

    /// The thing's id.
    pub fn with_id(mut self, entity_id: impl Into<String>) -> Self {
        self.entity_id = entity_id.into();
        self
    }

    /// Says that the operation changes something.
    pub fn changing(mut self) -> Self {
        self.change = true;
        self
    }

    /// Adds an extra field. Never a secret.
    pub fn note(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.notes.push((name, value.into()));
        self
    }
}

impl Identity {
    /// Writes an entry; on return it is durable. Call it before the action it is about, and refuse the action on an error.
    pub async fn record(&self, trail: Trail, actor: &Actor) -> Result<(), ApiError> {
        let source: Arc<str> = SOURCE.into();
        let mut event = Event::new(&AUDIT_TRACKING, &source, token::text::<16>()?, (self.clock)());
        event
            .set("operation", trail.operation)
            .set("entity", trail.entity)
            .set("entity_id", trail.entity_id)
            .set("entity_name", trail.entity_name)
            .set("origin", actor.origin)
            .set("user", actor.user.as_str())
            .set("username", actor.username.as_str())
            .set("actor_kind", actor.kind)
            .set("ip", actor.ip)
            .set("change", trail.change);
        for (name, value) in trail.notes {
            event.add(name, value);
        }
        self.store.append(vec![event]).await.map(|_| ()).map_err(ApiError::from)
    }
}
