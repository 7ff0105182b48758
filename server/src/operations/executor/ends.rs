//! Storing how attempts ended, many in one transaction.

use super::Shared;
use super::backoff::retry_at;
use crate::causes;
use crate::operations::outcome::Outcome;
use crate::operations::turn::Log;
use crate::store::operations::{Finish, Finished, Hold};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;
use vigia_app::model::Timestamp;

/// Most ends in one transaction.
const BATCH: usize = 256;
/// How long others may join the first of a batch: a commit for each would hold up the next.
const GATHER: Duration = Duration::from_millis(2);
/// Waits between tries while the store fails: the first, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How an attempt ended.
pub struct End {
    pub hold: Hold,
    pub connector: String,
    pub tries: u32,
    pub at: Timestamp,
    pub outcome: Outcome,
    pub log: Arc<Log>,
}

/// Stores ends as they come. An operation is held until its end is stored.
pub(super) struct Ends {
    shared: Arc<Shared>,
    ended: UnboundedReceiver<End>,
}

impl Ends {
    pub(super) fn new(shared: Arc<Shared>, ended: UnboundedReceiver<End>) -> Self {
        Self { shared, ended }
    }

    /// Until nobody can end an attempt any more.
    pub(super) async fn run(mut self) {
        let mut ends = Vec::new();
        while self.ended.recv_many(&mut ends, BATCH).await > 0 {
            sleep(GATHER).await;
            while ends.len() < BATCH
                && let Ok(end) = self.ended.try_recv()
            {
                ends.push(end);
            }
            let mut finishes = Vec::new();
            for end in ends.drain(..) {
                let retry = retry_at(&self.shared.pace, end.tries, end.at);
                if let Outcome::Later { until } = end.outcome {
                    self.count(&end.connector, "later");
                    self.hand_over(end.hold, until).await;
                } else if let Some(finish) = end.outcome.finish(end.hold, end.at, &end.log, Some(retry)) {
                    finishes.push((end.connector, finish));
                }
            }
            self.store(finishes).await;
        }
    }

    /// Stores ends together; where that fails, again and again and each alone, so that none keeps the others.
    async fn store(&self, mut ends: Vec<(String, Finish)>) {
        let mut wait = FIRST_WAIT;
        let mut together = true;
        while !ends.is_empty() {
            let size = if together { ends.len() } else { 1 };
            let mut left = Vec::new();
            for batch in ends.chunks(size) {
                match self.shared.store.operations().finish(batch.iter().map(|(_, finish)| finish.clone()).collect()).await {
                    Ok(finished) => {
                        for ((connector, finish), finished) in batch.iter().zip(finished) {
                            self.stored(connector, finish, finished);
                        }
                    }
                    Err(error) => {
                        if !error.is_told() {
                            let cause = causes::chain(&error);
                            tracing::warn!(attempts = batch.len(), cause, "the ends of attempts could not be stored yet");
                        }
                        left.extend_from_slice(batch);
                    }
                }
            }
            self.shared.wake.notify_one();
            ends = left;
            if !ends.is_empty() {
                sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
                together = false;
            }
        }
    }

    fn stored(&self, connector: &str, finish: &Finish, finished: Finished) {
        self.shared.hands.put(finish.hold);
        match finished {
            Finished::Done(status) => self.count(connector, status.name()),
            Finished::Late => {
                tracing::warn!(operation = %finish.hold.id, "a result came too late: somebody else has moved the operation since");
                self.count(connector, "late");
            }
        }
    }

    /// Leaves an operation to whoever was asked to carry it out, until then.
    async fn hand_over(&self, hold: Hold, until: Timestamp) {
        let _renewing = self.shared.hands.renewing.lock().await;
        let mut wait = FIRST_WAIT;
        while let Err(error) = self.shared.store.operations().heartbeat(vec![hold], until).await {
            if !error.is_told() {
                tracing::warn!(cause = causes::chain(&error), "the lease of an operation that is answered later could not be set yet");
            }
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        self.shared.hands.put(hold);
        self.shared.wake.notify_one();
    }

    fn count(&self, connector: &str, result: &'static str) {
        metrics::counter!("vigia_attempts_total", "connector" => connector.to_owned(), "result" => result).increment(1);
    }
}
