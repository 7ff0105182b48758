//! Tests of the order of arrival for what only a file can do.

use super::{event, follower};
use std::sync::Arc;
use vigia::store::Store;
use vigia::store::journal::JournalError;

/// A back-up of the file is put back; what is written then gets the numbers that other entries had.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_notices_that_an_older_file_was_put_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, backup) = (folder.path().join("vigia.db"), folder.path().join("backup.db"));
    let store = crate::sqlite(folder.path()).await;
    store.append(vec![event("a", "1", 1)]).await.expect("stored");
    let early = follower(&store).await;
    close(store);
    std::fs::copy(&file, &backup).expect("copied");
    let store = crate::sqlite(folder.path()).await;
    let mut late = early.clone();
    for id in ["2", "3"] {
        store.append(vec![event("a", id, 2)]).await.expect("stored");
    }
    late.catch_up(&store, "before").await;
    close(store);
    std::fs::copy(&backup, &file).expect("put back");

    let store = crate::sqlite(folder.path()).await;
    for id in ["4", "5", "6"] {
        assert!(matches!(store.journal().read(late.at, 10).await, Err(JournalError::OtherJournal)), "event 3 was never here");
        store.append(vec![event("a", id, 3)]).await.expect("stored");
    }
    let mut early = early;
    assert_eq!(early.catch_up(&store, "who had not read on goes on").await, 3);
}

/// The last one that has a store closes the file.
fn close(store: Arc<dyn Store>) {
    assert_eq!(Arc::strong_count(&store), 1);
    drop(store);
}

/// A second process on the file, which this one does not hear of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_writes_into_the_file_is_followed_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, other) = (crate::sqlite(folder.path()).await, crate::sqlite(folder.path()).await);
    let mut follower = follower(&one).await;
    for number in 0..20 {
        let store = if number % 2 == 0 { &one } else { &other };
        store.append(vec![event("a", &number.to_string(), number)]).await.expect("stored");
    }
    assert_eq!(follower.catch_up(&one, "both").await, 20);
}
