//! `vigia token`: who sends events, or reads reports, without a browser.

use super::import::source;
use super::out::Out;
use super::{Status, deed};
use crate::clock::Clock;
use crate::identity::{Actor, Identity, NewToken};
use crate::store::tokens::Scope;
use clap::Subcommand;
use std::io::Write;
use vigia_app::model::Timestamp;

#[derive(Subcommand)]
pub(super) enum Token {
    /// Make a token, and print it this once.
    Create {
        /// What the token is called: letters, digits, or . _ @ -
        name: String,
        /// What its bearer may do: read the reports as an auditor does; write, that is send events; operate, that is create and move
        /// operations; or execute, that is carry operations of pull connectors out
        #[arg(long, value_parser = Scope::ALL.map(Scope::name))]
        scope: String,
        /// A source the bearer may send events for, or a connector to carry operations out of; several are possible [default: any]
        #[arg(long = "source", value_name = "NAME", value_parser = source)]
        sources: Vec<String>,
        /// How long it is good, in days or hours, for example 90d or 12h; never for one that is good until it is revoked
        #[arg(long, value_name = "TIME", value_parser = lifetime, default_value = "365d")]
        expires: Lifetime,
        /// The administrator it belongs to: it ends when they are disabled [default: the only one there is]
        #[arg(long, value_name = "USER")]
        owner: Option<String>,
    },
    /// Print all tokens.
    List,
    /// Make a token worthless.
    Revoke {
        /// What the token is called
        name: String,
    },
}

/// How long a token is good, in milliseconds; `None` for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime(Option<i64>);

/// What `90d`, `12h` or `never` stands for.
fn lifetime(text: &str) -> Result<Lifetime, String> {
    let wrong = || "write a number of days or hours, for example 90d or 12h, up to 10 years, or never".to_owned();
    if text == "never" {
        return Ok(Lifetime(None));
    }
    let (number, unit, most) = match text.strip_suffix('d') {
        Some(days) => (days, 24 * 60 * 60 * 1000, 3_660),
        None => (text.strip_suffix('h').ok_or_else(wrong)?, 60 * 60 * 1000, 24 * 3_660),
    };
    let number: i64 = number.parse().map_err(|_| wrong())?;
    if (1..=most).contains(&number) { Ok(Lifetime(Some(number * unit))) } else { Err(wrong()) }
}

impl Token {
    /// `actor` is who runs the program, for the trail.
    pub(super) async fn run(&self, identity: &Identity, clock: &Clock, actor: &Actor, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        match self {
            Self::Create { name, scope, sources, expires, owner } => {
                let scope = Scope::ALL.into_iter().find(|known| known.name() == scope).unwrap_or(Scope::Read);
                let expires = expires.0.map(|millis| Timestamp::saturating(clock().millis() + millis));
                let owner = match owner {
                    Some(owner) => owner.clone(),
                    None => identity.default_owner().await?,
                };
                let issued = identity.issue_token(&NewToken { name, owner: &owner, scope, sources, expires }, actor).await?;
                out.line(&issued.text)?;
                tracing::info!(name, "made a token; it is shown this once");
            }
            Self::List => {
                deed::seen(identity, actor, "Token", "All").await;
                list(identity, clock(), out).await?;
            }
            Self::Revoke { name } => {
                let revoked = identity.revoke_token(name, actor).await?;
                out.line(&if revoked { format!("Revoked {name}.") } else { format!("{name} is revoked already.") })?;
            }
        }
        Ok(Status::Done)
    }
}

async fn list(identity: &Identity, now: Timestamp, out: &mut Out<impl Write>) -> anyhow::Result<()> {
    let head = ["TOKEN", "SCOPE", "SOURCES", "CREATED", "BY", "OWNER", "EXPIRES", "LAST USED", "STATUS"].map(str::to_owned);
    let time = |time: Option<Timestamp>| time.map_or_else(|| "never".to_owned(), Timestamp::rfc3339);
    let rows = identity.tokens().await?.into_iter().map(|token| {
        let status = match () {
            () if token.revoked.is_some() => "revoked",
            () if token.expires.is_some_and(|expires| expires <= now) => "expired",
            () => "active",
        };
        let sources = match (token.scope.bound_to(), token.sources.as_slice()) {
            (None, _) => "-".to_owned(),
            (_, []) => "any".to_owned(),
            (_, sources) => sources.join(","),
        };
        let scope = token.scope.name().to_owned();
        let (created, expires, used) = (token.created.rfc3339(), time(token.expires), time(token.last_used));
        [token.name, scope, sources, created, token.created_by, token.owner, expires, used, status.to_owned()]
    });
    Ok(out.table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())?)
}

#[cfg(test)]
mod tests {
    use super::{Lifetime, lifetime};

    #[test]
    fn a_lifetime_is_days_or_hours() {
        assert_eq!(lifetime("90d"), Ok(Lifetime(Some(90 * 86_400_000))));
        assert_eq!(lifetime("12h"), Ok(Lifetime(Some(12 * 3_600_000))));
        assert_eq!(lifetime("never"), Ok(Lifetime(None)));
        for wrong in ["", "d", "0d", "-1d", "90", "90m", "9999999d", "99999999999999999999d"] {
            assert!(lifetime(wrong).is_err(), "{wrong}");
        }
    }
}
