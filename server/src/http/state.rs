//! What every handler can reach.

use super::budget::Budget;
use super::cookies::CookieRules;
use super::rights::Recheck;
use super::shares::{BODIES, Questions, STREAMS};
use crate::backups::{BackupSetup, Backups};
use crate::behavior::BehaviorService;
use crate::clock::Clock;
use crate::config::{Proxies, PublicUrl};
use crate::exports::{ExportDesk, ExportLimits, Exports};
use crate::exposure::{ExposureDesk, ExposureService};
use crate::identity::{Identity, Refusals};
use crate::index::Index;
use crate::ingest::Intake;
use crate::jobs::{JobDesk, Jobs};
use crate::notifications::{Delivery, NotificationDesk};
use crate::operations::operation_desk::OperationDesk;
use crate::operations::setup::Setup;
use crate::pseudonyms::PseudonymDesk;
use crate::reports::ReportService;
use crate::reviews::ReviewDesk;
use crate::risk::RiskDesk;
use crate::shares::Shares;
use crate::store::Store;
use crate::story::StoryService;
use crate::views::ViewDesk;
use crate::watched::WatchDesk;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use vigia_app::model::{ApiError, Viewer};
use vigia_app::story::{Profile, StillKnown, Subject, of_views};
use vigia_app::words::Words;

/// Most pages that are told at once what moves; further ones ask by themselves.
const MAX_STREAMS: usize = 1_000;

/// Cheap to clone: each request has its own.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What a server is set up for.
#[derive(Clone, Default)]
pub struct Outfit {
    /// How operations are carried out.
    pub setup: Arc<Setup>,
    /// How notifications get out.
    pub delivery: Delivery,
    /// What a demo says of itself; empty for a server that is none.
    pub demo: &'static str,
    /// Answers questions about reports.
    pub index: Index,
    /// The languages that are spoken; the first for readers who name none of them. English alone where there is none.
    pub languages: &'static [Words],
    /// How backups are made.
    pub backups: BackupSetup,
    /// Who may say for whom a request is.
    pub proxies: Proxies,
    /// Whether other machines come by names that no setting says.
    pub any_host: bool,
    /// How much one person may ask at a time.
    pub questions: Questions,
    /// How many exports there may be.
    pub exports: ExportLimits,
    /// What of refusals is in the trail already.
    pub refusals: Refusals,
    /// How often it is looked whether whoever gets a long answer still may.
    pub recheck: Recheck,
}

pub struct Shared {
    pub store: Arc<dyn Store>,
    pub clock: Clock,
    pub identity: Arc<Identity>,
    pub reports: ReportService,
    pub behavior: BehaviorService,
    pub exposure: ExposureService,
    pub story: StoryService,
    pub backups: Backups,
    exports: Arc<Exports>,
    pub intake: Intake,
    pub outfit: Outfit,
    jobs: Jobs,
    /// Cancelled when the server stops: what streams without an end has to end then.
    pub stop: CancellationToken,
    /// Streams that are open, and how many more there may be.
    pub streams: Arc<Semaphore>,
    /// Of each person.
    pub(super) streams_each: Shares,
    /// Requests about reports that are being answered, of each person.
    pub(super) questions: Shares,
    /// Large bodies that are being read, of each address.
    pub(super) bodies: Shares,
    /// What bodies with events may hold of the memory.
    pub budget: Budget,
    pub cookies: CookieRules,
    /// The folder with the built page.
    pub assets: PathBuf,
    /// Where people reach this server, when that is not where it listens.
    pub public_url: Option<PublicUrl>,
}

impl AppState {
    pub fn new(
        intake: Intake,
        outfit: Outfit,
        jobs: Jobs,
        assets: PathBuf,
        public_url: Option<PublicUrl>,
        stop: CancellationToken,
    ) -> Self {
        let (store, clock) = (intake.store.clone(), intake.context.clock.clone());
        let https = public_url.as_ref().is_some_and(PublicUrl::is_https);
        Self(Arc::new(Shared {
            identity: Arc::new(Identity::new(store.clone(), clock.clone()).sharing(outfit.refusals.clone())),
            reports: ReportService::new(store.clone(), clock.clone(), outfit.index.clone()),
            behavior: BehaviorService::new(store.clone(), clock.clone(), outfit.index.clone()),
            exposure: ExposureService::new(store.clone(), clock.clone(), outfit.index.clone()),
            story: StoryService::new(store.clone(), clock.clone(), outfit.index.clone()),
            backups: Backups::new(store.clone(), clock.clone(), outfit.backups.clone()),
            exports: Arc::new(Exports::new(outfit.exports, outfit.recheck.0)),
            questions: Shares::new(outfit.questions.at_once, outfit.questions.patience),
            bodies: Shares::new(BODIES, outfit.questions.patience),
            cookies: CookieRules::new(https),
            intake,
            outfit,
            jobs,
            stop,
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            streams_each: Shares::new(STREAMS, Duration::ZERO),
            budget: Budget::default(),
            store,
            clock,
            assets,
            public_url,
        }))
    }
}

impl Shared {
    /// Where operations are looked at and moved.
    pub fn operations(&self) -> OperationDesk<'_> {
        OperationDesk { store: &*self.store, reports: &self.reports, identity: &self.identity, setup: &self.outfit.setup }
    }

    /// Where credentials that somebody has seen are had changed.
    pub fn exposure_desk(&self) -> ExposureDesk<'_> {
        ExposureDesk { service: &self.exposure, operations: self.operations() }
    }

    /// Where work in the background is looked at.
    pub fn jobs(&self) -> JobDesk<'_> {
        JobDesk { jobs: &self.jobs, identity: &self.identity }
    }

    /// Where it is set how risks are found out.
    pub fn risk(&self) -> RiskDesk<'_> {
        RiskDesk { store: &*self.store, identity: &self.identity }
    }

    /// Where people say what they think of events.
    pub fn reviews(&self) -> ReviewDesk<'_> {
        let index = &self.outfit.index;
        ReviewDesk { store: &*self.store, clock: &self.clock, index, identity: &self.identity, reports: &self.reports }
    }

    /// Where reports become files.
    pub fn exports(&self) -> ExportDesk<'_> {
        ExportDesk { store: &self.store, clock: &self.clock, identity: &self.identity, reports: &self.reports, exports: &self.exports }
    }

    /// Where people keep views of the reports.
    pub fn views(&self) -> ViewDesk<'_> {
        ViewDesk { store: &*self.store, identity: &self.identity }
    }

    /// Where it is said what is watched.
    pub fn watching(&self) -> WatchDesk<'_> {
        WatchDesk { store: &*self.store, identity: &self.identity }
    }

    /// What is known of a user, a device or a credential: views and operations, what was seen and not changed since, and what is to be reviewed.
    ///
    /// # Errors
    /// As [`BehaviorService::profile`].
    pub async fn profile(&self, viewer: &Viewer, search: &str) -> Result<Profile, ApiError> {
        let profile = self.behavior.profile(viewer, search).await?;
        let (subject, zone) = Subject::decode(search)?;
        let questions = subject.questions(&zone);
        let still_known = async {
            match of_views(&questions, &profile.rows) {
                Some(views) => self.exposure.still_known(viewer, &subject, views).await,
                None => Ok(StillKnown::default()),
            }
        };
        let desk = self.reviews();
        let (still_known, reviews) = tokio::try_join!(still_known, desk.open_of(viewer, &questions))?;
        Ok(Profile { still_known, reviews, ..profile })
    }

    /// Where it is set who sees pseudonyms.
    pub fn pseudonyms(&self) -> PseudonymDesk<'_> {
        PseudonymDesk { store: &*self.store, identity: &self.identity }
    }

    /// Where the rules of notifications are kept.
    pub fn notifications(&self) -> NotificationDesk<'_> {
        NotificationDesk { store: &*self.store, identity: &self.identity, delivery: &self.outfit.delivery }
    }
}

impl std::ops::Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
