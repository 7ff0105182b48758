//! The connections of one process beside the one that stores events, lent to who asks and given back by who has an answer. One that is given up midway
//! is closed: nobody else is to wait behind what it still does.

use super::connection::Address;
use super::error::failed;
use super::link::{Link, Silenced};
use super::route::Route;
use super::stop::Stop;
use crate::store::StoreError;
use deadpool_postgres::ClientWrapper;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_postgres::Notification;

/// Questions are answered at once; more connections would only fight for processors.
const CONNECTIONS: usize = 8;
/// How many of them may be at changes, which can wait for a disk or a standby: questions have the rest.
const CHANGING: usize = 6;
/// How long to wait for one that is free.
const FREE: Duration = Duration::from_secs(5);
/// How much longer than its own limit a statement is waited for; the server ends it before, where it is well.
const MARGIN: Duration = Duration::from_secs(5);
/// What [`lock::PATIENT`](super::lock::PATIENT) allows.
const PATIENT: Duration = Duration::from_secs(600);

/// What a connection is lent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Question,
    Change,
}

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Pool(Arc<Shared>);

struct Shared {
    route: Route,
    /// How long a statement may take.
    limit: Duration,
    /// Said on each connection first.
    setup: String,
    room: Arc<Semaphore>,
    changing: Arc<Semaphore>,
    idle: Mutex<Vec<Link>>,
    silenced: Silenced,
    /// Since when the server gives no answer, where that is known.
    silent: watch::Sender<Option<Instant>>,
}

impl Pool {
    /// The connections open as they are needed. `limit` is how long a statement may take.
    pub(super) fn new(address: Address, limit: Duration) -> Result<Self, StoreError> {
        // Questions differ too much for plans made without their values, and are too short for the compiler. Rows in an order come
        // from an index that has it: the planner knows too little of where a page starts to choose between that and sorting.
        let setup = format!(
            "SET statement_timeout = {}; SET plan_cache_mode = force_custom_plan; SET jit = off; SET enable_sort = off;
             SET enable_incremental_sort = off; SET synchronous_commit = on;
             SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning",
            limit.as_millis().max(1)
        );
        let (room, changing) = (Arc::new(Semaphore::new(CONNECTIONS)), Arc::new(Semaphore::new(CHANGING)));
        let route = Route::new(address)?;
        let (idle, silenced, silent) = (Mutex::default(), Silenced::default(), watch::Sender::new(None));
        Ok(Self(Arc::new(Shared { route, limit, setup, room, changing, idle, silenced, silent })))
    }

    /// A connection, or why there is none; nobody waits for one of a server that has fallen silent.
    pub(super) async fn lend(&self, what: Use) -> Result<Lent, StoreError> {
        tokio::select! {
            biased;
            silent = self.silent() => Err(silent),
            lent = self.lend_one(what) => lent,
        }
    }

    async fn lend_one(&self, what: Use) -> Result<Lent, StoreError> {
        let changing = match what {
            Use::Change => Some(free(&self.0.changing).await?),
            Use::Question => None,
        };
        let room = free(&self.0.room).await?;
        let good = std::iter::from_fn(|| self.idle().pop()).find(|link| !link.is_closed());
        let link = match good {
            Some(link) => link,
            None => self.connect().await?,
        };
        link.leash().within(2 * self.0.limit + MARGIN);
        Ok(Lent { link, what, limit: self.0.limit, pool: self.clone(), _room: (room, changing) })
    }

    /// Returns when the server has fallen silent.
    async fn silent(&self) -> StoreError {
        let mut silent = self.0.silent.subscribe();
        let since = match silent.wait_for(Option::is_some).await {
            Ok(since) => since.map_or(0, |since| since.elapsed().as_secs()),
            // Not while the pool is there.
            Err(_) => 0,
        };
        StoreError::Unreachable(format!("it has given no answer for {since} s"))
    }

    async fn connect(&self) -> Result<Link, StoreError> {
        let link = self.ear(|_| {}).await?;
        link.leash().within(MARGIN);
        link.batch_execute(&self.0.setup).await.map_err(|error| link.leash().told(failed(error)))?;
        Ok(link)
    }

    /// A connection that is not one of these; `hear` gets what the server tells unasked.
    pub(super) async fn ear(&self, hear: impl FnMut(Notification) + Send + 'static) -> Result<Link, StoreError> {
        Link::open(&self.0.route, &self.0.silenced, hear).await
    }

    /// The server has fallen silent: closes every connection to it that was made so far, and lends none until one [answers](Self::answers).
    pub(super) fn fall_silent(&self, stop: &Stop, since: Instant) {
        self.0.silent.send_replace(Some(since));
        self.0.route.leave(stop);
        *self.0.silenced.lock().unwrap_or_else(PoisonError::into_inner) = Some((stop.clone(), Instant::now()));
    }

    /// Connections are lent again.
    pub(super) fn answers(&self) {
        self.0.silent.send_replace(None);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Link>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn free(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, StoreError> {
    match timeout(FREE, of.clone().acquire_owned()).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(StoreError::Busy(format!("all connections to it are in use, and none became free within {} s", FREE.as_secs()))),
    }
}

/// A connection of the pool; closed when it is dropped, unless it was [given back](Self::ended).
pub(super) struct Lent {
    link: Link,
    what: Use,
    limit: Duration,
    pool: Pool,
    _room: (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>),
}

impl Lent {
    /// What is asked may take as long as [`lock::PATIENT`](super::lock::PATIENT) allows.
    pub(super) fn patient(&mut self) {
        self.limit = PATIENT;
        self.link.leash().within(PATIENT + MARGIN);
    }

    /// Whether it was closed here: then the server may still be at what it was asked for.
    pub(super) fn is_cut(&self) -> bool {
        self.link.leash().is_cut()
    }

    /// Takes it out of the pool, without a limit.
    pub(super) fn keep(self) -> Link {
        self.link.leash().rest();
        self.link
    }

    /// Gives it back; the answer, an error with what was tried for how long.
    pub(super) fn ended<T>(self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        let answer = answer.map_err(|error| match (self.link.leash().told(error), self.what) {
            (StoreError::TooSlow(_), Use::Question) => StoreError::TooSlow(self.limit.as_secs()),
            (StoreError::TooSlow(_), Use::Change) => StoreError::Unfinished(self.limit.as_secs()),
            (error, _) => error,
        });
        self.link.leash().rest();
        if !self.link.is_closed() {
            self.pool.idle().push(self.link);
        }
        answer
    }

    /// The same of one that is shared, once nobody else has it.
    pub(super) fn ended_all<T>(this: Arc<Self>, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        match Arc::try_unwrap(this) {
            Ok(lent) => lent.ended(answer),
            Err(_) => answer,
        }
    }
}

impl Deref for Lent {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.link
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut ClientWrapper {
        &mut self.link
    }
}
