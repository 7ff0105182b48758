//! A store of its own for each test, and what a test wants to know of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use vigia::clock::Clock;
use vigia::index::Index;
use vigia::ingest::{Context, Formats, Intake};
use vigia::store::quarantine::QuarantineFilter;
use vigia::store::{ResolvedQuery, Store};
use vigia_app::model::{Query, Timestamp};
use vigia_app::reports::PASSWORD_VIEW;

pub struct House {
    pub folder: TempDir,
    pub intake: Intake,
}

impl House {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
        let store = vigia::store::open(&url, Duration::from_secs(5)).await.expect("a store");
        let clock: Clock = Arc::new(|| Timestamp::saturating(1_795_356_207_000));
        let intake = Intake::new(store, Formats::built_in(), Context::new(clock, chrono_tz::Tz::UTC));
        Self { folder, intake }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.intake.store
    }

    /// The devices of the password views, in order.
    pub async fn devices(&self) -> Vec<String> {
        self.values("device").await
    }

    /// What the password views have in a column, in order.
    pub async fn values(&self, key: &str) -> Vec<String> {
        let query = Query { limit: 500, ..Query::all(&PASSWORD_VIEW) };
        let at = query.columns.iter().position(|column| column.key == key).expect("a column");
        let query = ResolvedQuery::new(query, Timestamp::saturating(1_795_356_207_000)).expect("a query");
        let page = Index::default().page(&**self.store(), &query).await.expect("an answer").expect("rows");
        let mut values: Vec<_> = page.rows.iter().map(|row| row.cells[at].plain()).collect();
        values.sort();
        values
    }

    /// The lines in the quarantine, oldest first.
    pub async fn quarantined(&self) -> Vec<(String, String)> {
        let lines = self.store().quarantine().list(&QuarantineFilter::default(), None, 100).await.expect("lines");
        lines.into_iter().rev().map(|line| (line.line.reason, line.line.original)).collect()
    }

    /// Waits until these are the devices of the views; what is stored comes when it comes.
    pub async fn until(&self, devices: &[&str]) {
        let start = Instant::now();
        loop {
            let there = self.devices().await;
            if there == devices {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "waiting for {devices:?}, there are {there:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A line of Vigia's own format: somebody saw the password of this device.
pub fn view(device: &str) -> String {
    format!(r#"{{"report":"password-view","source_id":"{device}","time":"2026-11-22T14:00:00Z","device":"{device}"}}"#)
}
