//! What administrators see of the jobs, and ask of them.

use super::run::{LastRun, Now, RUNS, WANTED};
use super::{Jobs, On, Rhythm};
use crate::identity::{Actor, Identity, Trail};
use std::collections::HashMap;
use vigia_app::model::{ApiError, ErrorKind, JobState};
use vigia_app::sentence;

/// Where administrators look at jobs.
pub struct JobDesk<'a> {
    pub jobs: &'a Jobs,
    pub identity: &'a Identity,
}

impl JobDesk<'_> {
    /// How each job stands, in the order of their declaration: on this server what each server does, on whichever does it what one does.
    pub async fn states(&self) -> Result<Vec<JobState>, ApiError> {
        let shared = &self.jobs.0;
        let kept: HashMap<String, String> = shared.store.kept().all(RUNS).await?.into_iter().collect();
        let states = shared.jobs.iter().map(|(job, standing)| {
            let mut now = standing.now().clone();
            if job.on == On::One && !shared.lead.is_held() {
                let last = kept.get(job.name).and_then(|kept| serde_json::from_str::<LastRun>(kept).ok());
                now = Now { last, ..Now::default() };
            }
            let every = match job.rhythm {
                Rhythm::Every(every) => Some(every.as_secs()),
                Rhythm::Always => None,
            };
            JobState {
                name: job.name.to_owned(),
                purpose: job.purpose.clone(),
                every,
                one: job.on == On::One,
                running: now.running,
                failures: now.last.as_ref().map_or(0, |last| last.failures),
                last: now.last.map(|last| last.run),
                next: now.next,
            }
        });
        Ok(states.collect())
    }

    /// Has a job done as soon as possible, and returns before it is; one that is being done is done once more.
    pub async fn run_now(&self, name: &str, actor: &Actor) -> Result<(), ApiError> {
        let shared = &self.jobs.0;
        let Some((job, standing)) = shared.jobs.iter().find(|(job, _)| job.name == name) else {
            let error = ApiError::new(ErrorKind::NotFound, sentence!("job.unknown", job = format!("{name:?}")));
            return Err(ApiError { field: Some("name".to_owned()), ..error });
        };
        if job.rhythm == Rhythm::Always {
            return Err(ApiError::invalid("name", sentence!("job.always", job = name)));
        }
        self.identity.record(Trail::new("Execution", "Job").on(name), actor).await?;
        if job.on == On::Each || shared.lead.is_held() {
            standing.wanted.notify_one();
            return Ok(());
        }
        // The server that has the lead looks every few seconds.
        let now = (shared.clock)().millis().to_string();
        shared.store.kept().set(WANTED, vec![(name.to_owned(), Some(now))]).await.map_err(ApiError::from)
    }
}
