//! Listening, and stopping without cutting anybody off.

mod connection;
mod limits;
mod pulse;
mod run;

pub use limits::Limits;
pub use run::{run, run_within};

use super::state::{AppState, Outfit};
use crate::config::Config;
use crate::ingest::Intake;
use crate::jobs::Jobs;
use crate::notifications::{Delivery, Mailer};
use anyhow::{anyhow, bail};
use std::io::ErrorKind;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves until it is told to stop.
///
/// # Errors
/// When the public URL can be no `Origin`; a sentence for whoever started the server.
pub async fn serve(
    listener: TcpListener,
    limits: Limits,
    config: &Config,
    intake: Intake,
    outfit: Outfit,
    jobs: Jobs,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let state = AppState::new(intake, outfit, jobs, config.assets.clone(), config.public_url.clone(), stop.clone());
    run_within(listener, super::router(state.clone())?, limits, stop.cancelled_owned()).await;
    if let Err(error) = state.identity.record_left_out(true).await {
        tracing::error!(%error.message, "how many refusals were left out could not be written into the audit trail");
    }
    Ok(())
}

/// The ways out of this server that the settings allow.
///
/// # Errors
/// The setting at fault, in a sentence.
pub fn delivery(config: &Config) -> anyhow::Result<Delivery> {
    let mailer = match (&config.smtp, &config.mail_from) {
        (Some(url), Some(from)) => Some(Mailer::new(url.expose(), from).map_err(|wrong| anyhow!("The setting {wrong}."))?),
        (Some(_), None) => bail!("The setting smtp needs mail_from beside it: the address that e-mails come from."),
        _ => None,
    };
    Ok(Delivery { mailer, hosts: config.notify_hosts.clone(), base: config.address() })
}

/// Listens on an address, or says why not and what would help.
pub async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AddrInUse => "another program listens there. Stop it, or choose another port".to_owned(),
            ErrorKind::PermissionDenied => {
                "this user may not use that port. Choose one above 1023, or have a reverse proxy listen there".to_owned()
            }
            ErrorKind::AddrNotAvailable => "this machine has no such address. Use one of its own, 127.0.0.1 or 0.0.0.0".to_owned(),
            _ => format!("{error}. Choose another address"),
        };
        anyhow!("cannot listen on {address}: {why}, with the setting listen.")
    })?;
    tracing::info!(address = %listener.local_addr().unwrap_or(address), "listening");
    Ok(listener)
}
