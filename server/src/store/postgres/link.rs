//! One connection, and how long it may be silent. Every use of it gets a time; when that is over, the connection is closed at once, without a word to a
//! server that hears none, and whoever waits for an answer gets an error.

use super::route::Route;
use super::stop::Stop;
use crate::store::StoreError;
use deadpool_postgres::ClientWrapper;
use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{MissedTickBehavior, interval};
use tokio_postgres::{AsyncMessage, Connection, Notification};
use tokio_util::sync::CancellationToken;

/// Time is counted in such steps, and only while this process runs: one that was held up itself has not waited for the server.
const TICK: Duration = Duration::from_millis(250);
/// The routine of the server in which a commit waits for standbys; it says a word when it was told to wait no longer.
const WAITS_FOR_STANDBY: &str = "SyncRepWaitForLSN";

/// Which host has fallen silent last, and when that was noticed: every connection to it that was made before is closed.
pub(super) type Silenced = Arc<Mutex<Option<(Stop, Instant)>>>;

/// Why a connection was closed here.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// Its time was over.
    Late(Duration),
    /// The server has fallen silent.
    Silent,
    /// A commit is not on the standbys that it was to be on.
    Alone,
}

/// How long a connection may still be waited for.
#[derive(Default)]
pub(super) struct Leash {
    /// Ticks that are left, and the time that was given.
    given: Mutex<Option<(u32, Duration)>>,
    cut: OnceLock<Cut>,
    gone: CancellationToken,
}

impl Leash {
    /// An answer has to come within this time from now on, whatever was said before.
    pub(super) fn within(&self, time: Duration) {
        let ticks = time.as_millis() / TICK.as_millis() + 1;
        *self.given.lock().unwrap_or_else(PoisonError::into_inner) = Some((u32::try_from(ticks).unwrap_or(u32::MAX), time));
    }

    /// Nothing is waited for, or for as long as it takes.
    pub(super) fn rest(&self) {
        *self.given.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether it was closed here: then the server may still be at what it was asked for.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.get().is_some()
    }

    /// Whether the server had fallen silent.
    pub(super) fn was_silent(&self) -> bool {
        matches!(self.cut.get(), Some(Cut::Late(_) | Cut::Silent))
    }

    /// Returns when the connection is closed, by whomever.
    pub(super) async fn gone(&self) {
        self.gone.cancelled().await;
    }

    /// The error of who waited for it, with the reason where that is known here.
    pub(super) fn told(&self, error: StoreError) -> StoreError {
        match (error, self.cut.get()) {
            (StoreError::Unreachable(_), Some(Cut::Late(time))) => StoreError::Busy(format!(
                "it gave no answer within {} s, and whether it did what it was asked is not known",
                time.as_secs()
            )),
            (StoreError::Unreachable(_), Some(Cut::Silent)) => StoreError::Unreachable("it has fallen silent".to_owned()),
            (StoreError::Unreachable(_), Some(Cut::Alone)) => {
                StoreError::Busy("a commit is not on the standbys that it has to be on".to_owned())
            }
            (error, _) => error,
        }
    }

    /// One tick less; the reason, once the time is over.
    fn tick(&self) -> Option<Cut> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, time) = given.as_mut()?;
        *left = left.saturating_sub(1);
        (*left == 0).then_some(Cut::Late(*time))
    }
}

/// A connection; dropping it closes it at once.
pub(super) struct Link {
    client: ClientWrapper,
    leash: Arc<Leash>,
    stop: Stop,
}

impl Link {
    /// Connects; `hear` gets what the server tells unasked.
    pub(super) async fn open(
        route: &Route,
        silenced: &Silenced,
        hear: impl FnMut(Notification) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (client, connection, stop) = route.connect().await?;
        let (leash, silenced, made) = (Arc::<Leash>::default(), silenced.clone(), (stop.clone(), Instant::now()));
        let is_silenced = move || {
            let silenced = silenced.lock().unwrap_or_else(PoisonError::into_inner);
            silenced.as_ref().is_some_and(|(stop, at)| *stop == made.0 && *at > made.1)
        };
        let carried = tokio::spawn(carry(connection, leash.clone(), is_silenced, hear));
        Ok(Self { client: ClientWrapper::new(client, carried), leash, stop })
    }

    /// Where it leads.
    pub(super) fn stop(&self) -> &Stop {
        &self.stop
    }

    pub(super) fn leash(&self) -> &Arc<Leash> {
        &self.leash
    }
}

impl Deref for Link {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.client
    }
}

impl DerefMut for Link {
    fn deref_mut(&mut self) -> &mut ClientWrapper {
        &mut self.client
    }
}

/// Carries what is said on a connection until it is closed, by whomever.
async fn carry<S, T>(
    mut connection: Connection<S, T>,
    leash: Arc<Leash>,
    is_silenced: impl Fn() -> bool + Send + 'static,
    mut hear: impl FnMut(Notification) + Send + 'static,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    T: AsyncRead + AsyncWrite + Unpin + Send,
{
    let _gone = leash.gone.clone().drop_guard();
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let cut = tokio::select! {
            // An answer that is there counts, however late it is.
            biased;
            message = poll_fn(|context| connection.poll_message(context)) => match message {
                Some(Ok(AsyncMessage::Notification(said))) => {
                    hear(said);
                    continue;
                }
                // The answer to the commit would be that all is well.
                Some(Ok(AsyncMessage::Notice(notice))) if notice.routine() == Some(WAITS_FOR_STANDBY) => Cut::Alone,
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return,
            },
            _ = ticks.tick() => match leash.tick() {
                _ if is_silenced() => Cut::Silent,
                Some(late) => late,
                None => continue,
            },
        };
        let _ = leash.cut.set(cut);
        return;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leash_counts_what_is_left_and_says_what_was_given() {
        let leash = Leash::default();
        assert!(leash.tick().is_none(), "nothing is waited for");
        leash.within(TICK * 2);
        assert!(leash.tick().is_none() && leash.tick().is_none());
        assert!(matches!(leash.tick(), Some(Cut::Late(time)) if time == TICK * 2));
        leash.within(TICK);
        assert!(leash.tick().is_none(), "anew");
        leash.rest();
        assert!((0..9).all(|_| leash.tick().is_none()));
    }
}
