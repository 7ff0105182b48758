//! What every handler can reach.

use super::rest::events::Budget;
use super::session::CookieRules;
use crate::clock::Clock;
use crate::config::PublicUrl;
use crate::identity::Identity;
use crate::ingest::Intake;
use crate::reports::ReportService;
use crate::store::Store;
use std::path::PathBuf;
use std::sync::Arc;

/// Cheap to clone: each request has its own.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

pub struct Shared {
    pub store: Arc<dyn Store>,
    pub clock: Clock,
    pub identity: Identity,
    pub reports: ReportService,
    pub intake: Intake,
    /// What bodies with events may hold of the memory.
    pub budget: Budget,
    pub cookies: CookieRules,
    /// The folder with the built page.
    pub assets: PathBuf,
    /// Where people reach this server, when that is not where it listens.
    pub public_url: Option<PublicUrl>,
}

impl AppState {
    pub fn new(intake: Intake, assets: PathBuf, public_url: Option<PublicUrl>) -> Self {
        let (store, clock) = (intake.store.clone(), intake.context.clock.clone());
        let https = public_url.as_ref().is_some_and(PublicUrl::is_https);
        Self(Arc::new(Shared {
            identity: Identity::new(store.clone(), clock.clone()),
            reports: ReportService::new(store.clone(), clock.clone()),
            cookies: CookieRules::new(https),
            intake,
            budget: Budget::default(),
            store,
            clock,
            assets,
            public_url,
        }))
    }
}

impl std::ops::Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
