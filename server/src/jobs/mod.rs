//! Work in the background: what is done without anybody asking for it.
//!
//! Whoever has such work declares a [`Job`]: its name, what it is for, how often it is done and by how many servers. [`Jobs`] does all of
//! them, in one place:
//!
//! - Work that panics or fails is said in the log, counted (`vigia_job_runs_total`) and done again, after waits that grow ([`pace`]).
//! - Of several servers on one database, one has the [`lead`] and does what only one is to do; when it is gone, another one does.
//! - Administrators see how each job went, and may have it done now ([`job_desk`]).
//! - When the server stops, a run that has begun may take as long as its job says; then it is dropped where it waits. So all work is safe
//!   to be interrupted, and to be done again.

mod job_desk;
mod lead;
mod pace;
mod run;
#[cfg(test)]
mod tests;

pub use job_desk::JobDesk;

use crate::clock::Clock;
use crate::process_name::process_name;
use crate::store::Store;
use lead::Lead;
use run::Standing;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vigia_app::words::Sentence;

type Working = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;

/// Work in the background, as it is declared.
pub struct Job {
    /// In the log, in metrics and in addresses: lower case, with hyphens.
    pub name: &'static str,
    /// What it does, for administrators: a sentence.
    pub purpose: Sentence,
    pub rhythm: Rhythm,
    /// Who does it.
    pub on: On,
    /// How long a run may still take when the server stops.
    pub grace: Duration,
    /// Whether it reaches beyond this instance, or removes what it has: an instance that was restored does no such work until it is released.
    pub acts: bool,
    work: Box<dyn Fn(CancellationToken) -> Working + Send + Sync>,
}

/// When a job is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// Again so long after the last run has ended; the first time when the server starts, if that is due.
    Every(Duration),
    /// Begun when the server starts, and again should it end before the server does. It hears of the stop by itself.
    Always,
}

/// Which servers do a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Each one for itself.
    Each,
    /// One of all those on the database.
    One,
}

impl Job {
    /// Work that is done every so often.
    pub fn every<F>(
        name: &'static str,
        purpose: impl Into<Sentence>,
        every: Duration,
        on: On,
        work: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let work = Box::new(move |_| -> Working { Box::pin(work()) });
        Self { name, purpose: purpose.into(), rhythm: Rhythm::Every(every), on, grace: Duration::ZERO, acts: false, work }
    }

    /// Work that each server is at for as long as it runs. `grace`: how long it may take to end after its token was cancelled.
    pub fn always<F>(
        name: &'static str,
        purpose: impl Into<Sentence>,
        grace: Duration,
        work: impl Fn(CancellationToken) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let work = Box::new(move |stop| -> Working { Box::pin(work(stop)) });
        Self { name, purpose: purpose.into(), rhythm: Rhythm::Always, on: On::Each, grace, acts: false, work }
    }

    /// The same, but it is not done while the instance is [held](crate::store::hold).
    #[must_use]
    pub fn acting(self) -> Self {
        Self { acts: true, ..self }
    }

    /// The same, but a run may take so long when the server stops.
    #[must_use]
    pub fn with_grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }
}

/// All the jobs of a server. Cheap to clone.
#[derive(Clone)]
pub struct Jobs(Arc<Shared>);

struct Shared {
    store: Arc<dyn Store>,
    clock: Clock,
    /// What this server is called where several are.
    server: String,
    lead: Lead,
    jobs: Vec<(Job, Standing)>,
}

impl Jobs {
    /// Jobs that nobody does yet.
    pub fn new(store: Arc<dyn Store>, clock: Clock, jobs: Vec<Job>) -> Self {
        let jobs = jobs.into_iter().map(|job| (job, Standing::default())).collect();
        Self(Arc::new(Shared { lead: Lead::new(), server: process_name(), jobs, store, clock }))
    }

    /// Does them until `stop`, and returns when all have ended.
    pub async fn run(self, stop: CancellationToken) {
        let shared = &self.0;
        let lead = tokio::spawn(lead::keep(shared.clone(), stop.clone()));
        let jobs: Vec<_> = (0..shared.jobs.len()).map(|at| tokio::spawn(run::keep(shared.clone(), at, stop.clone()))).collect();
        // In the order of their declaration, and the lead last: nobody else begins before this server has ended.
        for job in jobs {
            let _ = job.await;
        }
        lead::give_up(shared, lead).await;
    }
}
