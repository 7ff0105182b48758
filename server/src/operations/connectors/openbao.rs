//! Has OpenBao or HashiCorp Vault rotate what it keeps, and confirms that it did without ever reading a password.
//!
//! - A static role: its `last_vault_rotation` moved. The role's description has it; `static-creds`, which has the password too, is not read.
//! - The password of a connection itself (`rotate-root`): OpenBao keeps no time of it. It is told to open the connection anew (`reset`)
//!   before and after, for which it signs in with the password it has then.

mod api;

use super::Connector;
use crate::operations::outcome::{Failure, Outcome, Script};
use crate::operations::setup::kind;
use crate::operations::turn::Turn;
use crate::outgoing::http::Answer;
use api::{Api, Stage, Token};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use hyper::Method;
use hyper::header;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::Instant;
use vigia_app::model::{ErrorClass, Timestamp};

pub(super) struct OpenBao {
    api: Api,
    mount: String,
    timeout: Duration,
}

/// What is read of a static role.
#[derive(Deserialize)]
struct Role {
    /// RFC 3339, to the nanosecond.
    last_vault_rotation: Option<String>,
}

impl OpenBao {
    pub(super) fn new(settings: &kind::OpenBao, timeout: Duration) -> Result<Self, String> {
        Ok(Self { api: Api::new(settings)?, mount: settings.mount.clone(), timeout })
    }

    async fn rotate(&self, turn: &Turn<'_>) -> Result<Outcome, Failure> {
        let until = Instant::now() + self.timeout;
        let parameter = |name: &str| turn.job.plan.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let mount = parameter("mount").unwrap_or(&self.mount);
        let mut token = self.api.sign_in(until).await?;
        match (parameter("role"), parameter("connection")) {
            (Some(role), None) => self.role(turn, &mut token, mount, role, until).await,
            (None, Some(connection)) => self.root(turn, &mut token, mount, connection, until).await,
            _ => Err(Failure::new(ErrorClass::Configuration, "Neither a role nor a connection is named.")),
        }
    }

    async fn role(&self, turn: &Turn<'_>, token: &mut Token, mount: &str, name: &str, until: Instant) -> Result<Outcome, Failure> {
        let path = format!("{mount}/static-roles/{name}");
        let (before, skew) = self.last_rotation(turn, token, &path, Stage::Before, until).await?;
        if let (Some(unsure), Some(before)) = (turn.job.unsure, before)
            && before > unsure.utc() + skew
        {
            let verified = format!("OpenBao rotated the role {name} at {}, after an earlier attempt had begun.", shown(before));
            return Ok(Outcome::done(verified, "An earlier attempt took effect; nothing was done again.", script("rotate-role")));
        }
        turn.log
            .line(&format!("The role was last rotated {}.", before.map_or_else(|| "never".to_owned(), |at| format!("at {}", shown(at)))));
        self.api.ask(token, Method::POST, &format!("{mount}/rotate-role/{name}"), Stage::Change, until).await?;
        turn.log.line("OpenBao says that it has rotated the role.");
        let (after, _) = self.last_rotation(turn, token, &path, Stage::After, until).await?;
        match after {
            Some(after) if before.is_none_or(|before| after > before) => {
                let was = before.map_or_else(String::new, |before| format!(", before that at {}", shown(before)));
                let verified = format!("OpenBao last rotated the role {name} at {}{was}.", shown(after));
                Ok(Outcome::done(verified, "OpenBao changed the password.", script("rotate-role")))
            }
            _ => Err(Failure::new(
                ErrorClass::Inconclusive,
                "OpenBao said that it rotated the role, but the time of its last rotation has not moved.",
            )),
        }
    }

    async fn root(&self, turn: &Turn<'_>, token: &mut Token, mount: &str, name: &str, until: Instant) -> Result<Outcome, Failure> {
        // Whether an earlier attempt took effect cannot be seen; a further rotation does no harm, for OpenBao keeps what it sets. What could
        // not be verified afterwards is not begun.
        self.api.ask(token, Method::POST, &format!("{mount}/reset/{name}"), Stage::Before, until).await?;
        turn.log.line("OpenBao signs in to the database with the password it has.");
        self.api.ask(token, Method::POST, &format!("{mount}/rotate-root/{name}"), Stage::Change, until).await?;
        turn.log.line("OpenBao says that it has changed the connection's own password.");
        self.api.ask(token, Method::POST, &format!("{mount}/reset/{name}"), Stage::After, until).await?;
        let verified = format!("OpenBao opened the connection {name} anew and signed in with the password it has kept since.");
        Ok(Outcome::done(verified, "OpenBao changed the password of the connection.", script("rotate-root")))
    }

    /// When a role was last rotated, by OpenBao's clock; and how far that is ahead of the database's, rounded up.
    async fn last_rotation(
        &self,
        turn: &Turn<'_>,
        token: &mut Token,
        path: &str,
        stage: Stage,
        until: Instant,
    ) -> Result<(Option<DateTime<Utc>>, TimeDelta), Failure> {
        let answer = self.api.ask(token, Method::GET, path, stage, until).await?;
        let role: Role = api::data(&answer, stage)?;
        let last = role.last_vault_rotation.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
        Ok((last.map(|last| last.to_utc()), skew(&answer, turn.start)))
    }
}

#[async_trait]
impl Connector for OpenBao {
    async fn run(&self, turn: &Turn<'_>) -> Outcome {
        self.rotate(turn).await.unwrap_or_else(Outcome::from)
    }

    fn limit(&self) -> Duration {
        self.timeout
    }
}

/// How far the server's clock is ahead, from the header Date; rather too far, so that a rotation from before an attempt is never taken for
/// one since: Date counts whole seconds, and comes a moment after the start.
fn skew(answer: &Answer, start: Timestamp) -> TimeDelta {
    let date = answer.headers.get(header::DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    date.map_or(TimeDelta::zero(), |date| date.to_utc() - start.utc() + TimeDelta::seconds(1))
}

fn shown(at: DateTime<Utc>) -> String {
    Timestamp::from(at).rfc3339()
}

fn script(template: &str) -> Script {
    Script { template: template.to_owned(), version: String::new() }
}
