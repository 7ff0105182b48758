//! An attempt, as the connector that makes it sees it.

use super::ticket::new_ticket;
use crate::mask;
use crate::store::StoreError;
use crate::store::operations::{Hold, Job, Operations};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use vigia_app::model::{Attempt, Timestamp};

/// An attempt: what is to be done, and what the connector may use meanwhile.
pub struct Turn<'a> {
    pub job: &'a Job,
    pub log: &'a Log,
    /// When it began, by the database's clock.
    pub start: Timestamp,
    pub operations: &'a dyn Operations,
}

/// Why there is no ticket.
#[derive(Debug)]
pub enum NoTicket {
    /// Somebody else has the operation now.
    Lost,
    Store(StoreError),
    /// The system gave no random bytes.
    Random,
}

impl Turn<'_> {
    pub fn hold(&self) -> Hold {
        Hold { id: self.job.id, fence: self.job.fence }
    }

    /// A value that whoever carries the attempt out reports its end with; the database knows only its hash, until the attempt ends.
    pub async fn ticket(&self) -> Result<String, NoTicket> {
        let (ticket, hash) = new_ticket().map_err(|_| NoTicket::Random)?;
        match self.operations.ticket(self.hold(), hash).await {
            Ok(true) => Ok(ticket),
            Ok(false) => Err(NoTicket::Lost),
            Err(error) => Err(NoTicket::Store(error)),
        }
    }
}

/// The log of an attempt: its last [`Attempt::MAX_LOG`] lines, masked.
#[derive(Debug, Default)]
pub struct Log(Mutex<VecDeque<String>>);

impl Log {
    pub fn line(&self, line: &str) {
        let masked = mask::secrets(line.trim_end());
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == Attempt::MAX_LOG {
            lines.pop_front();
        }
        lines.push_back(masked[..masked.floor_char_boundary(Attempt::MAX_LOG_LINE)].to_owned());
    }

    pub fn take(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }
}
