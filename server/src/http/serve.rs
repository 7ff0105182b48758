//! Listening, and stopping without cutting anybody off.

use super::state::{AppState, Outfit};
use crate::config::Config;
use crate::ingest::Intake;
use crate::jobs::Jobs;
use crate::notifications::{Delivery, Mailer};
use anyhow::{anyhow, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// How long requests that are being answered may still take when the server stops.
const GRACE: Duration = Duration::from_secs(10);
/// How long a client may take to send the head of a request; also how long an idle connection is kept.
const PATIENCE: Duration = Duration::from_secs(60);

/// Serves until it is told to stop.
///
/// # Errors
/// When the public URL can be no `Origin`; a sentence for whoever started the server.
pub async fn serve(
    listener: TcpListener,
    config: &Config,
    intake: Intake,
    outfit: Outfit,
    jobs: Jobs,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let state = AppState::new(intake, outfit, jobs, config.assets.clone(), config.public_url.clone(), stop.clone());
    run(listener, super::router(state)?, stop.cancelled_owned()).await;
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

/// Answers connections until `stop` is done, then gives those that are being answered some time.
pub async fn run(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                let router = router.clone();
                let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                    let mut request: Request = request.map(Body::new);
                    request.extensions_mut().insert(ConnectInfo(peer));
                    let router = router.clone();
                    async move { router.oneshot(request).await }
                });
                let mut http = http1::Builder::new();
                http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
                let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection ended");
                    }
                });
            }
            // Out of file descriptors, mostly: wait for some to be closed instead of spinning.
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    drop(listener);
    tracing::info!("stopping");
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!(seconds = GRACE.as_secs(), "gave up requests that were still being answered");
    }
}
