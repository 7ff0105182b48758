//! Credential sets: operations that are asked for again and again. A set is kept as JSON under its name.

use super::create::check;
use super::operation_desk::{Asker, OperationDesk, RequesterKind, invalid};
use super::setup::Setup;
use super::window::{self, Occurrence, Window};
use crate::clock::Clock;
use crate::digest::hashed;
use crate::identity::{Actor, Identity, Trail};
use crate::index::Index;
use crate::jobs::{Job, On};
use crate::reports::ReportService;
use crate::store::Store;
use crate::store::operations::NewOperation;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use vigia_app::model::{ActorKind, ApiError, CredentialSet, ErrorKind, Priority, Timestamp};
use vigia_app::sentence;

/// Where sets are kept.
const SPACE: &str = "credential_set";
/// Longest time from one to the next, in days.
pub const MAX_DAYS: u32 = 366;
/// How often it is looked which sets are due.
const EVERY: Duration = Duration::from_secs(20);
/// Most sets.
pub const MAX_SETS: usize = 1_000;

/// Asks for what credential sets are about, when they are due.
pub fn job(store: Arc<dyn Store>, clock: Clock, setup: Arc<Setup>, index: Index) -> Job {
    let identity = Identity::new(store.clone(), clock.clone());
    let reports = ReportService::new(store.clone(), clock, index);
    let parts = Arc::new((store, reports, identity, setup));
    let purpose = sentence!("job.purpose.sets");
    Job::every("credential-sets", purpose, EVERY, On::One, move || {
        let parts = parts.clone();
        async move {
            let (store, reports, identity, setup) = &*parts;
            let desk = OperationDesk { store: &**store, reports, identity, setup };
            desk.run_sets().await.map_err(|error| anyhow::Error::msg(error.message))
        }
    })
    .acting()
}

/// A set as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptSet {
    #[serde(flatten)]
    set: CredentialSet,
    /// The user who saved it last, and asks for what it asks for; empty for nobody who is known.
    #[serde(default)]
    saved_by: String,
    /// What the clock of its zone shows when it is due next, or would if it did not skip that, as though that zone were UTC. Earlier versions did
    /// not keep it.
    #[serde(default)]
    clock: Option<Timestamp>,
}

impl KeptSet {
    /// When it is due next, in its window.
    fn occurrence(&self, window: Window) -> Option<Occurrence> {
        let due = self.set.next?;
        Some(self.clock.map_or_else(|| window.occurrence(due), |clock| Occurrence { clock: clock.utc().naive_utc(), due }))
    }

    /// Has it be due then.
    fn at(mut self, Occurrence { clock, due }: Occurrence) -> Self {
        (self.set.next, self.clock) = (Some(due), Some(clock.and_utc().into()));
        self
    }
}

impl OperationDesk<'_> {
    /// By name. One that is due while its window is closed waits for it to open.
    pub async fn sets(&self) -> Result<Vec<CredentialSet>, ApiError> {
        let now = self.now().await?;
        let mut sets: Vec<_> = self.kept_sets().await?.into_iter().map(|(_, kept)| kept.set).collect();
        for set in &mut sets {
            if let Ok(zone) = set.zone.parse() {
                set.next = set.next.map(|next| if next <= now { Window::new(set.window, zone).next(now) } else { next });
            }
        }
        Ok(sets)
    }

    async fn kept_sets(&self) -> Result<Vec<(String, KeptSet)>, ApiError> {
        let kept = self.store.kept().all(SPACE).await?;
        kept.into_iter().map(|(_, text)| read(&text).map(|set| (text, set))).collect()
    }

    /// Adds a set, or changes the one of the same name. It is due when its window opens next; a changed one stays due when it was,
    /// unless how often or when has changed.
    pub async fn save_set(&self, asker: &Asker, set: CredentialSet) -> Result<(), ApiError> {
        let window = Window::new(set.window, self.checked(&set)?);
        let known = self.kept_sets().await?;
        let was = known.iter().find(|(_, known)| known.set.name.eq_ignore_ascii_case(&set.name));
        if was.is_none() {
            self.identity.check_no_persons_name(&set.name).await?;
        }
        if was.is_none() && known.len() >= MAX_SETS {
            return Err(ApiError::invalid("name", sentence!("set.too-many", most = MAX_SETS)));
        }
        let same = was.map(|(_, was)| was);
        let same = same.filter(|was| (was.set.every_days, was.set.window, &was.set.zone) == (set.every_days, set.window, &set.zone));
        let occurrence = match same.and_then(|was| was.occurrence(window)) {
            Some(occurrence) => occurrence,
            None => window.first(self.now().await?),
        };
        let operation = if was.is_some() { "Update" } else { "Creation" };
        let trail = Trail::new(operation, "Credential set").on(&set.name).changing().note("Operation", &*set.operation);
        let trail = trail.note("Credentials", set.credentials.len().to_string()).note("Every days", set.every_days.to_string());
        self.identity.record(trail.note("Enabled", if set.enabled { "Yes" } else { "No" }), &asker.actor).await?;
        let name = key(&set.name);
        let kept = KeptSet { set, saved_by: asker.person.clone(), clock: None }.at(occurrence);
        let saved = self.store.kept().replace(SPACE, &name, was.map(|(text, _)| text.as_str()), &written(&kept)).await;
        match saved? {
            true => Ok(()),
            false => Err(ApiError::invalid("name", sentence!("set.changed"))),
        }
    }

    pub async fn remove_set(&self, asker: &Asker, name: &str) -> Result<(), ApiError> {
        if !self.sets().await?.iter().any(|set| set.name.eq_ignore_ascii_case(name)) {
            let error = ApiError::new(ErrorKind::NotFound, sentence!("set.unknown", name = format!("{name:?}")));
            return Err(ApiError { field: Some("name".to_owned()), ..error });
        }
        self.identity.record(Trail::new("Deletion", "Credential set").on(name).changing(), &asker.actor).await?;
        self.store.kept().set(SPACE, vec![(key(name), None)]).await.map_err(ApiError::from)
    }

    fn checked(&self, set: &CredentialSet) -> Result<Tz, ApiError> {
        let name = set.name.trim();
        if name.is_empty() || name.len() > 64 || name != set.name || name.chars().any(char::is_control) {
            return Err(ApiError::invalid("name", sentence!("set.no-name")));
        }
        if !(1..=MAX_DAYS).contains(&set.every_days) {
            return Err(ApiError::invalid("every_days", sentence!("set.days", most = MAX_DAYS)));
        }
        if set.window.0 >= window::DAY || set.window.1 >= window::DAY {
            return Err(ApiError::invalid("window", sentence!("set.window")));
        }
        if set.credentials.is_empty() || set.credentials.len() > CredentialSet::MAX_CREDENTIALS {
            return Err(ApiError::invalid("credentials", sentence!("set.size", most = CredentialSet::MAX_CREDENTIALS)));
        }
        for (at, target) in set.credentials.iter().enumerate() {
            let placed = |error: ApiError| {
                let field = error.field.unwrap_or_default();
                ApiError {
                    field: Some(field.strip_prefix("target").map_or(field.clone(), |rest| format!("credentials[{at}]{rest}"))),
                    ..error
                }
            };
            check(target, &set.operation).map_err(placed)?;
            self.setup.plan(target, &set.operation).map_err(|wrong| placed(invalid(wrong)))?;
        }
        set.zone.parse().map_err(|_| ApiError::invalid("zone", sentence!("query.zone", value = format!("{:?}", set.zone))))
    }

    /// Asks for the operations of sets that are due and whose windows are open: what was missed waits for that, and is one with what is due by
    /// then. Safe to be interrupted and to be done again: what a set has asked for once is not asked for again.
    pub async fn run_sets(&self) -> Result<(), ApiError> {
        let now = self.now().await?;
        for (text, kept) in self.kept_sets().await? {
            let set = &kept.set;
            let Ok(zone) = set.zone.parse() else { continue };
            let window = Window::new(set.window, zone);
            let Some(Occurrence { clock, due }) = kept.occurrence(window).filter(|next| set.enabled && next.due <= now) else { continue };
            if window.next(now) > now {
                continue;
            }
            if let Err(error) = self.ask_for(set, &kept.saved_by, due, now).await {
                tracing::error!(
                    set = set.name,
                    error = %error.message,
                    field = error.field,
                    "a credential set could not ask for its operations"
                );
                continue;
            }
            crate::crash::point("sets.asked");
            let (name, next) = (key(&set.name), window.following(clock, set.every_days, now));
            self.store.kept().replace(SPACE, &name, Some(&text), &written(&kept.at(next))).await?;
        }
        Ok(())
    }

    async fn ask_for(&self, set: &CredentialSet, saved_by: &str, due: Timestamp, now: Timestamp) -> Result<(), ApiError> {
        let actor = Actor { user: set.name.clone(), username: set.name.clone(), ip: None, origin: "Server", kind: Some(ActorKind::System) };
        let asker = Asker { actor, kind: RequesterKind::Set, person: saved_by.to_owned() };
        let mut operations: Vec<NewOperation> = Vec::with_capacity(set.credentials.len());
        for (at, target) in set.credentials.iter().enumerate() {
            // The time it was due, so that it stands in the report as scheduled for then.
            let mut new = match self.prepared(&asker, target, &set.operation, due, now) {
                Ok(new) => new,
                Err(error) => {
                    // The others are asked for all the same.
                    tracing::error!(
                        set = set.name,
                        credential = at,
                        error = %error.message,
                        "an operation of a credential set cannot be asked for"
                    );
                    continue;
                }
            };
            new.event.source_id =
                hashed(&["set", &key(&set.name), &due.millis().to_string(), &at.to_string(), &target.device, &target.username]);
            new.priority = Priority::Low;
            if set.approval {
                new.approve_by = Some(self.approve_by(due, now));
            }
            operations.push(new);
        }
        let trail = Trail::new("Creation", "Password operation").on(format!("{} operations", operations.len())).changing();
        self.identity.record(trail.note("Credential set", &*set.name), &Actor::vigia()).await?;
        self.store.operations().enqueue(operations, now).await.map_err(ApiError::from).map(drop)
    }
}

fn key(name: &str) -> String {
    name.to_lowercase()
}

fn written(set: &KeptSet) -> String {
    serde_json::to_string(set).unwrap_or_default()
}

fn read(text: &str) -> Result<KeptSet, ApiError> {
    serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, "a credential set in the database cannot be read");
        ApiError::new(ErrorKind::Internal, sentence!("set.unreadable"))
    })
}
