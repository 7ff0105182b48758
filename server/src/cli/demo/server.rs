//! What `vigia serve --demo` brings along.

use super::{DAYS, EVENTS, backups, fill};
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::sandbox::{self, Sandbox};
use crate::demo::{self, SEED};
use crate::event::Event;
use crate::http::Outfit;
use crate::identity::Identity;
use crate::notifications::{Mailbox, Mailer, NotificationDesk};
use crate::operations::operation_desk::OperationDesk;
use crate::operations::setup::Setup;
use crate::reports::ReportService;
use crate::store::{Appended, Store, StoreError};
use std::ffi::OsStr;
use std::sync::Arc;
use vigia_app::model::OperationStatus;
use vigia_app::reports::PASSWORD_OPERATION;

/// The server that a demo is set up in.
pub(in crate::cli) struct DemoServer<'a> {
    pub config: &'a Config,
    pub store: &'a Arc<dyn Store>,
    pub identity: &'a Identity,
    pub clock: &'a Clock,
    /// Where programs are, as in the environment's `PATH`.
    pub path: Option<&'a OsStr>,
}

impl DemoServer<'_> {
    /// Makes what is not there yet, and fits the server out with it; returns what to tell at start.
    pub(in crate::cli) async fn set_up(&self, outfit: &mut Outfit) -> anyhow::Result<Vec<String>> {
        let mut lines = Vec::new();
        let sandbox = match &self.config.connectors {
            Some(own) => {
                lines.push(format!("  {} says how operations are carried out: the demo's own connector is not set up", own.display()));
                None
            }
            None => {
                let set_up = Sandbox::set_up(&self.config.database.folder(), self.path);
                set_up.inspect_err(|wrong| lines.push(format!("  {wrong}"))).ok()
            }
        };
        outfit.demo = demo::ABOUT;
        if let Some(made) = ensure(&**self.store, self.clock, sandbox.is_none()).await? {
            lines.push(format!("  stored {} made-up events; `vigia demo --remove` removes them", made.stored));
        }
        if let Some(sandbox) = sandbox {
            self.fit_out(outfit, &sandbox).await?;
            lines.push(format!("  operations are carried out on made-up devices, kept in {}", sandbox.folder().display()));
        }
        Ok(lines)
    }

    async fn fit_out(&self, outfit: &mut Outfit, sandbox: &Sandbox) -> anyhow::Result<()> {
        outfit.demo = sandbox::ABOUT;
        outfit.setup = Arc::new(Setup::read(Some(&sandbox.connectors_file())).map_err(anyhow::Error::msg)?);
        outfit.delivery.mailer.get_or_insert_with(|| Mailer::Mailbox(Mailbox::new(sandbox.mail())));
        let reports = ReportService::new(self.store.clone(), self.clock.clone(), outfit.index.clone());
        let desk = OperationDesk { store: &**self.store, reports: &reports, identity: self.identity, setup: &outfit.setup };
        let rules = NotificationDesk { store: &**self.store, identity: self.identity, delivery: &outfit.delivery };
        sandbox.fill(&desk, &rules).await.map_err(anyhow::Error::msg)?;
        backups::set_up(self.store, (self.clock)(), &mut outfit.backups).await
    }
}

/// Stores events as `vigia demo` does without any flag, unless some are there. `open` says whether operations are among them that have
/// not come to an end: with a sandbox, only those are open that Vigia itself carries out.
async fn ensure(store: &dyn Store, clock: &Clock, open: bool) -> Result<Option<Appended>, StoreError> {
    if store.has_source(demo::SOURCE).await? {
        return Ok(None);
    }
    let made = demo::generate(EVENTS, DAYS, SEED, clock());
    let unfinished = [OperationStatus::Scheduled, OperationStatus::AwaitingApproval, OperationStatus::Running].map(OperationStatus::name);
    let suits = |event: &Event| open || event.report != &PASSWORD_OPERATION || !unfinished.contains(&event.get("status").plain().as_str());
    fill(store, made.filter(suits)).await.map(Some)
}
