//! Telling whoever looks what has moved.

use std::sync::Arc;
use tokio::sync::broadcast;
use vigia_app::model::{EventId, Live, Report};

/// Messages that a slow receiver may be behind.
const CAPACITY: usize = 1_024;
/// Most operations that one message names; of more, it names none.
const MOST: usize = 200;

/// Tells of what is durable.
#[derive(Clone)]
pub(super) struct Teller(broadcast::Sender<Arc<Live>>);

impl Default for Teller {
    fn default() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl Teller {
    pub fn listen(&self) -> broadcast::Receiver<Arc<Live>> {
        self.0.subscribe()
    }

    pub fn moved(&self, ids: Vec<EventId>) {
        moved(ids).into_iter().for_each(|message| self.tell(message));
    }

    pub fn stored(&self, reports: &[&'static Report]) {
        reports.iter().for_each(|report| self.tell(Live::Stored { report: report.key.to_owned() }));
    }

    pub fn tell(&self, message: Live) {
        // Nobody may be listening.
        let _ = self.0.send(Arc::new(message));
    }
}

/// What says that these have moved; `None` for none of them.
pub fn moved(mut ids: Vec<EventId>) -> Option<Live> {
    if ids.is_empty() {
        return None;
    }
    if ids.len() > MOST {
        ids.clear();
    }
    Some(Live::Moved { ids })
}
