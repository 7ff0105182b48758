//! Tests of the `Store` trait, told as stories, each run against every database.
//!
//! [`on_every_store`] turns a story into one test per database.

mod absence;
#[path = "../support/agrees.rs"]
mod agrees;
mod amend;
mod backups;
mod backups_offline;
mod backups_parts;
mod behavior;
mod beside;
mod changes;
mod copies;
mod copy;
mod earlier;
mod events;
mod exposure;
mod frozen;
#[path = "../support/http.rs"]
mod http;
mod identities;
mod index;
mod journal;
#[path = "../support/line.rs"]
mod line;
mod naive;
mod operations;
mod operations_pg;
mod postgres;
mod pseudonyms;
mod queries;
mod reviews;
mod risk;
#[path = "../support/s3.rs"]
mod s3;
mod samples;
mod scores;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/postgres.rs"]
mod server;
mod sqlite;
mod standing;
mod statements;
mod still;
mod story;
mod texts;
mod troubles;
mod upgrade;
mod views;

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

/// A test of each story for each database, all told by `$told`.
macro_rules! on_both {
    ($told:path, $sqlite:ident, $postgres:ident, $($story:ident),+) => {
        mod $sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                let folder = tempfile::tempdir().expect("a folder");
                $told(crate::sqlite(folder.path()).await, super::$story).await;
            })+
        }
        mod $postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                $told(crate::postgres().await, super::$story).await;
            })+
        }
    };
}
pub(crate) use on_both;

/// `on_every_store!(story)` for each `async fn story(store: Arc<dyn Store>)`. In the end, the journal has told of everything that the
/// story has done, and an index that has followed knows it.
macro_rules! on_every_store {
    ($($story:ident),+ $(,)?) => { $crate::on_both!(crate::journal::followed, sqlite_store, postgres_store, $($story),+); };
}
pub(crate) use on_every_store;

/// The same where nobody else follows the journal.
macro_rules! on_every_store_unfollowed {
    ($($story:ident),+ $(,)?) => { $crate::on_both!(crate::unfollowed, sqlite_alone, postgres_alone, $($story),+); };
}
pub(crate) use on_every_store_unfollowed;

async fn unfollowed<F: Future<Output = ()>>(store: Arc<dyn Store>, story: impl FnOnce(Arc<dyn Store>) -> F) {
    story(store).await;
}
