//! Answers that go on for long end with the rights of whoever gets them: within seconds, and not only with the next request.

use std::time::Duration;
use tokio::time::sleep;
use vigia_app::model::ApiError;

/// How often it is looked whether whoever gets an answer still may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recheck(pub Duration);

impl Default for Recheck {
    fn default() -> Self {
        Self(Duration::from_secs(3))
    }
}

/// Returns when `may` says no. A database that does not answer takes nobody's rights away: it is asked again.
pub(super) async fn lost<F: Future<Output = Result<bool, ApiError>>>(recheck: Recheck, may: impl Fn() -> F) {
    loop {
        sleep(recheck.0).await;
        if matches!(may().await, Ok(false)) {
            return;
        }
    }
}
