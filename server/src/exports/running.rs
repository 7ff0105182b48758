//! How far the exports of this server are, for those who have asked for them: by the ticket that they have given theirs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vigia_app::model::{ApiError, ExportProgress, ExportStage};
use vigia_app::sentence;

/// How long one is told of that is over.
const TOLD: Duration = Duration::from_secs(10 * 60);
/// Tickets of one person that are told of at a time.
const EACH: usize = 100;

#[derive(Default)]
pub(super) struct Running(Mutex<HashMap<(String, String), Arc<Progress>>>);

/// One export.
pub(super) struct Progress {
    rows: AtomicU64,
    of: AtomicU64,
    stage: Mutex<(ExportStage, Instant)>,
    pub cancelled: CancellationToken,
}

/// An export that is being made: where nothing says how it has ended, nobody has waited for it.
pub(super) struct Entered(pub Arc<Progress>);

impl Running {
    /// An export that this person calls so; one without a ticket is told of to nobody.
    ///
    /// # Errors
    /// When another one of theirs is called so and goes on.
    pub(super) fn enter(&self, person: &str, ticket: &str) -> Result<Entered, ApiError> {
        let progress = Arc::new(Progress {
            rows: AtomicU64::new(0),
            of: AtomicU64::new(0),
            stage: Mutex::new((ExportStage::Waiting, Instant::now())),
            cancelled: CancellationToken::new(),
        });
        if ticket.is_empty() {
            return Ok(Entered(progress));
        }
        let mut all = self.lock();
        all.retain(|_, progress| progress.is_told());
        let key = (person.to_owned(), ticket.to_owned());
        if all.get(&key).is_some_and(|there| !there.stage().0.is_over()) || all.keys().filter(|(of, _)| of == person).count() >= EACH {
            return Err(ApiError::invalid("ticket", sentence!("export.ticket-taken")));
        }
        all.insert(key, progress.clone());
        Ok(Entered(progress))
    }

    /// The export that this person calls so.
    pub(super) fn of(&self, person: &str, ticket: &str) -> Option<Arc<Progress>> {
        self.lock().get(&(person.to_owned(), ticket.to_owned())).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), Arc<Progress>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    pub(super) fn begins(&self, of: u64) {
        self.of.store(of, Ordering::Relaxed);
        self.is(ExportStage::Running);
    }

    pub(super) fn wrote(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// How it ends stays: what is said later of one that is over is not heard.
    pub(super) fn is(&self, stage: ExportStage) {
        let mut now = self.stage();
        if !now.0.is_over() {
            *now = (stage, Instant::now());
        }
    }

    pub(super) fn told(&self) -> ExportProgress {
        ExportProgress { stage: self.stage().0.clone(), rows: self.rows(), of: self.of.load(Ordering::Relaxed) }
    }

    fn is_told(&self) -> bool {
        let (stage, since) = &*self.stage();
        !stage.is_over() || since.elapsed() < TOLD
    }

    fn stage(&self) -> MutexGuard<'_, (ExportStage, Instant)> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.is(ExportStage::CutOff);
    }
}
