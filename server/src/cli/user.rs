//! `vigia user`: who may sign in.

use super::out::Out;
use super::{Status, deed, password};
use crate::identity::{Actor, Identity, NewUser};
use clap::Subcommand;
use std::io::Write;
use vigia_app::model::Role;

#[derive(Subcommand)]
pub(super) enum User {
    /// Add a user; the password is asked for twice.
    Add {
        /// Name used to sign in: letters, digits, or . _ @ -
        username: String,
        /// What the user may do: a manager reads reports, an auditor sees every detail besides, an admin may do everything
        #[arg(long, value_parser = ["manager", "auditor", "admin"])]
        role: String,
        /// Name for people [default: the user name]
        #[arg(long, value_name = "FULL NAME")]
        name: Option<String>,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Set a user's password and end their sessions.
    Passwd {
        username: String,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Print all users.
    List,
    /// Keep a user from signing in, and end their sessions.
    Disable { username: String },
    /// Let a disabled user sign in again.
    Enable { username: String },
}

impl User {
    /// `actor` is who runs the program, for the trail.
    pub(super) async fn run(&self, identity: &Identity, actor: &Actor, out: &mut Out<impl Write>) -> anyhow::Result<Status> {
        match self {
            Self::Add { username, role, name, password_stdin } => {
                let name = name.as_deref().unwrap_or(username);
                let role: Role = role.parse().map_err(anyhow::Error::msg)?;
                identity.check_free(username, name).await?;
                let password = password::read_new(*password_stdin)?;
                identity.add_user(&NewUser { username, name, role, password: &password }, actor).await?;
                out.line(&format!("Added {username}, {role}."))?;
            }
            Self::Passwd { username, password_stdin } => {
                identity.check_known(username).await?;
                let password = password::read_new(*password_stdin)?;
                identity.set_password(username, &password, actor).await?;
                out.line(&format!("{username} has a new password; their sessions have ended."))?;
            }
            Self::List => {
                deed::seen(identity, actor, "User", "All").await;
                list(identity, out).await?;
            }
            Self::Disable { username } => {
                let changed = identity.set_disabled(username, true, actor).await?;
                out.line(&if changed {
                    format!("Disabled {username}; their sessions have ended.")
                } else {
                    format!("{username} is disabled already.")
                })?;
            }
            Self::Enable { username } => {
                let changed = identity.set_disabled(username, false, actor).await?;
                out.line(&if changed { format!("{username} may sign in again.") } else { format!("{username} is not disabled.") })?;
            }
        }
        Ok(Status::Done)
    }
}

async fn list(identity: &Identity, out: &mut Out<impl Write>) -> anyhow::Result<()> {
    let mut users = identity.users().await?;
    users.sort_by_key(|user| user.username.to_ascii_lowercase());
    let head = ["USER", "ROLE", "NAME", "STATUS"].map(str::to_owned);
    let rows = users.into_iter().map(|user| {
        let status = if user.disabled { "disabled" } else { "active" };
        [user.username, user.role.to_string(), user.name, status.to_owned()]
    });
    Ok(out.table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())?)
}
