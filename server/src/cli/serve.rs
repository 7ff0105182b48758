//! `vigia serve`: the server.

use super::Status;

use super::demo::DemoServer;
use super::out::Out;
use super::settings::Settings;
use crate::backups::{BackupSetup, Backups, before};
use crate::clock::Clock;
use crate::config::Config;
use crate::doors::files;
use crate::exports::ExportLimits;
use crate::identity::Identity;
use crate::index::Index;
use crate::ingest::{Context, Formats, Intake, syslog};
use crate::jobs::Jobs;
use crate::operations::connectors::connectors;
use crate::operations::setup::Setup;
use crate::operations::{executor, sets};
use crate::store::hold::held;
use crate::{backups, exposure, http, notifications, retention, risk, stop};
use anyhow::bail;
use clap::Args;
use std::ffi::OsStr;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use vigia_app::words::LANGUAGES;

#[derive(Args)]
pub(super) struct Serve {
    /// Look around: made-up events, devices to change passwords on, and three users when there is none; for this machine only
    #[arg(long)]
    pub(super) demo: bool,
    #[command(flatten)]
    pub(super) settings: Settings<true>,
}

impl Serve {
    /// `path` is where programs are, as in the environment's `PATH`.
    pub(super) async fn run(
        &self,
        config: &Config,
        backups: BackupSetup,
        clock: Clock,
        path: Option<&OsStr>,
        out: &mut Out<impl Write>,
    ) -> anyhow::Result<Status> {
        config.check_serving()?;
        let open_files = files::raise();
        let setup = Setup::read(config.connectors.as_deref()).map_err(anyhow::Error::msg)?;
        let mut ways = connectors(&setup, &config.address()).map_err(anyhow::Error::msg)?;
        let mut outfit = http::Outfit {
            setup: Arc::new(setup),
            delivery: http::delivery(config)?,
            demo: "",
            index: Index::new(config.index_folder(), config.index_cache_mib << 20),
            languages: &LANGUAGES,
            backups,
            proxies: config.proxies.clone(),
            exports: ExportLimits {
                at_once: config.exports_at_once,
                each: config.exports_each,
                patience: Duration::from_secs(config.export_wait_seconds),
            },
            any_host: !config.listen.ip().is_loopback(),
            ..http::Outfit::default()
        };
        let store = before::open(config.database.expose(), config.query_limit(), &clock, &outfit.backups).await?;
        let identity = Identity::new(store.clone(), clock.clone());
        let mut lines = prepare(&identity, config, self.demo).await?;
        if self.demo {
            let server = DemoServer { config, store: &store, identity: &identity, clock: &clock, path };
            lines.extend(server.set_up(&mut outfit).await?);
            ways = connectors(&outfit.setup, &config.address()).map_err(anyhow::Error::msg)?;
        }
        let listener = http::bind(config.listen).await?;
        if let Some(hold) = held(&*store).await? {
            lines.push(format!("  restored from {}: nothing is done by itself until `vigia release` lets it", hold.backup));
        }
        for line in lines {
            out.line(&line)?;
        }
        let formats = Formats::with(&config.mappings)?;
        let intake = Intake::new(store.clone(), formats, Context::new(clock.clone(), config.log_zone));
        let mut jobs = Vec::new();
        for listener in &config.syslog {
            jobs.push(syslog::job(listener, &intake).await?);
        }
        jobs.extend(executor::jobs(&store, &ways, &outfit.setup));
        jobs.extend([
            outfit.index.job(store.clone(), clock.clone()),
            outfit.index.check_job(store.clone()),
            risk::job(store.clone(), clock.clone()),
            exposure::job(store.clone(), clock.clone(), outfit.index.clone()),
            notifications::job(store.clone(), outfit.delivery.clone(), outfit.index.clone()),
            sets::job(store.clone(), clock.clone(), outfit.setup.clone(), outfit.index.clone()),
            intake.job(),
            backups::job(Backups::new(store.clone(), clock.clone(), outfit.backups.clone())),
            backups::copies_job(Backups::new(store.clone(), clock.clone(), outfit.backups.clone())),
            retention::job(store.clone(), clock.clone(), config.retention.clone()),
            http::metrics_job(),
            http::refusals_job(Identity::new(store.clone(), clock.clone()).sharing(outfit.refusals.clone())),
        ]);
        let jobs = Jobs::new(store, clock, jobs);
        let stop = stop::on_signal()?;
        let working = tokio::spawn(jobs.clone().run(stop.clone()));
        http::serve(listener, http::Limits::within(open_files), config, intake, outfit, jobs, stop).await?;
        working.await?;
        Ok(Status::Done)
    }
}

/// Sees to it that somebody can sign in, and nobody with a password that is public; returns what to tell at start.
pub(super) async fn prepare(identity: &Identity, config: &Config, demo: bool) -> anyhow::Result<Vec<String>> {
    if demo && config.is_exposed() {
        bail!("--demo is for this machine only: its passwords are public. Leave --demo out, or listen on 127.0.0.1 without public_url.");
    }
    if demo {
        identity.add_demo_users().await?;
    }
    let mut lines = vec![format!("Vigia is at {}", config.address())];
    let open = identity.demo_users().await?;
    if !open.is_empty() && config.is_exposed() {
        let names: Vec<_> = open.iter().map(|user| user.username).collect();
        bail!(
            "Other machines can reach Vigia, and the passwords of these users of the demo are public: {}. Set new ones with `vigia user \
             passwd NAME`, or disable the users with `vigia user disable NAME`.",
            names.join(", ")
        );
    }
    for user in open {
        lines.push(format!("  sign in as {:<8} with the password {}", user.username, user.password));
    }
    if let Some(first) = identity.ensure_admin().await? {
        lines.push(format!("  sign in as {} with the password {}", first.username, first.password));
        lines.push("  The password is shown this once, and good for one sign-in within a day: choose your own then.".to_owned());
    }
    Ok(lines)
}
