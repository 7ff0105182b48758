//! Time as a parameter, so that a test can choose it.

use std::sync::Arc;
use vigia_app::model::Timestamp;

/// Tells what time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The clock of the machine.
pub fn system() -> Clock {
    Arc::new(|| chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).into())
}
