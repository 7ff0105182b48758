//! Tests of the `Store` trait, told as stories, each run against every database.
//!
//! [`on_every_store`] turns a story into one test per database.

mod beside;
mod copy;
mod earlier;
mod events;
mod identities;
mod journal;
mod naive;
mod operations;
mod operations_pg;
mod postgres;
mod queries;
mod samples;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/postgres.rs"]
mod server;
mod sqlite;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use vigia::store::{self, Store};

/// A fresh SQLite store in a folder of its own.
async fn sqlite(folder: &Path) -> Arc<dyn Store> {
    let url = format!("sqlite://{}", folder.join("vigia.db").display());
    store::open(&url, Duration::from_secs(60)).await.expect("a fresh store opens")
}

/// A fresh store in a database of its own.
async fn postgres() -> Arc<dyn Store> {
    let url = server::Server::shared().database().await;
    store::open(&url, Duration::from_secs(60)).await.expect("a fresh store opens")
}

/// `on_every_store!(story)` for each `async fn story(store: Arc<dyn Store>)`. In the end, the journal has told of everything that the
/// story has done.
macro_rules! on_every_store {
    ($($story:ident),+ $(,)?) => {
        mod sqlite_store {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                let folder = tempfile::tempdir().expect("a folder");
                crate::journal::told(crate::sqlite(folder.path()).await, super::$story).await;
            })+
        }
        mod postgres_store {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                crate::journal::told(crate::postgres().await, super::$story).await;
            })+
        }
    };
}
pub(crate) use on_every_store;
