//! What every handler can reach.

use super::session::CookieRules;
use crate::clock::Clock;
use crate::identity::Identity;
use crate::reports::ReportService;
use crate::store::Store;
use std::path::PathBuf;
use std::sync::Arc;

/// Cheap to clone: each request has its own.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

pub struct Shared {
    pub store: Arc<dyn Store>,
    pub identity: Identity,
    pub reports: ReportService,
    pub cookies: CookieRules,
    /// The folder with the built page.
    pub assets: PathBuf,
    /// Where people reach this server, where it was configured: `https://vigia.example.org`.
    pub public_url: Option<String>,
    /// Whether people reach it through TLS.
    pub https: bool,
}

impl AppState {
    pub fn new(store: Arc<dyn Store>, clock: Clock, assets: PathBuf, public_url: Option<String>) -> Self {
        let https = public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
        Self(Arc::new(Shared {
            identity: Identity::new(store.clone(), clock.clone()),
            reports: ReportService::new(store.clone(), clock),
            cookies: CookieRules::new(https),
            store,
            assets,
            public_url,
            https,
        }))
    }
}

impl std::ops::Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
