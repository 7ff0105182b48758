//! Having the trail say how many refusals it leaves out.

use crate::identity::Identity;
use crate::jobs::{Job, On};
use std::sync::Arc;
use std::time::Duration;
use vigia_app::sentence;

/// Refusals are thinned by the minute.
const EVERY: Duration = Duration::from_secs(60);

/// Says in the trail how many refusals this server has left out, where no later one told. `identity` shares what it knows of them with the server.
pub fn job(identity: Identity) -> Job {
    let identity = Arc::new(identity);
    Job::every("refusals", sentence!("job.purpose.refusals"), EVERY, On::Each, move || {
        let identity = identity.clone();
        async move { identity.record_left_out(false).await.map_err(|error| anyhow::anyhow!(error.message.to_string())) }
    })
}
