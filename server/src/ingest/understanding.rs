//! Where what arrives is understood: on threads of their own, as many at a time as there are processors. A long line, or many of
//! them, keep nobody waiting who asks for something else; each piece waits for its turn in the order of arrival.

use std::sync::LazyLock;
use std::thread::available_parallelism;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// So much text is understood at once, in bytes: the hop to another thread takes longer.
const SMALL: usize = 4 << 10;

static ROOM: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));

/// Does work with `bytes` of text.
///
/// # Panics
/// When the work does.
pub(crate) async fn understood<T: Send + 'static>(bytes: usize, work: impl FnOnce() -> T + Send + 'static) -> T {
    if bytes <= SMALL {
        return work();
    }
    let _room = ROOM.acquire().await;
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The process ends: what is not understood is not acknowledged either.
            Err(_) => std::future::pending().await,
        },
    }
}
