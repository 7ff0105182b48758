//! Whether whoever downloads still may.

use futures_util::future::BoxFuture;
use std::io;
use std::time::Duration;
use tokio::time::Instant;

/// Says whether whoever downloads still may; an error where that cannot be told just now.
pub type May = Box<dyn Fn() -> BoxFuture<'static, Result<bool, ()>> + Send + Sync>;

/// Asks now and then while bytes go.
pub struct Guard {
    every: Duration,
    asked: Instant,
    may: May,
}

impl Guard {
    /// For somebody who may now.
    pub fn new(every: Duration, may: May) -> Self {
        Self { every, asked: Instant::now(), may }
    }

    /// Asks, if it is time to. Where it cannot be told, the download goes on: one of hours does not end because a database restarts.
    ///
    /// # Errors
    /// When they may not any more.
    pub(super) async fn check(&mut self) -> io::Result<()> {
        if self.asked.elapsed() < self.every {
            return Ok(());
        }
        let may = (self.may)().await;
        self.asked = Instant::now();
        if may == Ok(false) {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "whoever asked for the file may not have it any more"));
        }
        Ok(())
    }
}
