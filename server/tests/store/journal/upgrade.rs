//! Databases from before there was a journal come to have one.

use super::replica::Replica;
use super::{event, settled};
use crate::earlier;
use std::sync::Arc;
use vigia::store::Store;
use vigia_app::reports::AUDIT_TRACKING;

const BACKUP: &str =
    "INSERT INTO performed_backups (id, {key} type, reason, \"end\", requested_by, status, size, checksum, encrypted, source)
    VALUES (1048576, {value} 'Full', '', -1, '', '', -1, '', -1, 'old');
    INSERT INTO performed_backups_detail (id, {key} source_id, received, extra, original) VALUES (1048576, {value} '1', 0, '[]', '')";

/// The events that are there are built on; those that come are told of.
async fn is_followed(store: &Arc<dyn Store>) {
    let position = store.journal().position().await.expect("a position");
    let mut follower = Replica::build(store, position).await;
    assert_eq!(store.transfer().events(&vigia_app::reports::PERFORMED_BACKUPS).await.expect("counted"), 1);
    store.append(vec![event("a", "1", 0)]).await.expect("stored");
    settled(store).await;
    assert_eq!(follower.catch_up(store, "after the upgrade").await, 2);
    assert_eq!(store.transfer().events(&AUDIT_TRACKING).await.expect("counted"), 1);
    assert_eq!(store.remove_source("old").await.expect("removed"), 1);
    follower.catch_up(store, "what was there before goes").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_a_database_from_before_the_journal_is_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (row, detail) = BACKUP.split_once(';').expect("two statements");
    let row = row.replace("{key}", "key,").replace("{value}", "zeroblob(16),");
    let detail = detail.replace("{key}", "").replace("{value}", "");
    is_followed(&earlier::sqlite(folder.path(), 4, &format!("{row};{detail}")).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_a_database_from_before_the_journal_is_followed() {
    let partition = "CREATE TABLE performed_backups_old PARTITION OF performed_backups FOR VALUES FROM (0) TO (330860121292800000);
        CREATE TABLE performed_backups_detail_old PARTITION OF performed_backups_detail FOR VALUES FROM (0) TO (330860121292800000);
        INSERT INTO event_partition (report, first, last, name) VALUES ('performed-backups', 0, 330860121292799999, 'old');
        INSERT INTO performed_backups_key (key) VALUES ('00000000-0000-0000-0000-000000000001');";
    let (row, detail) = BACKUP.split_once(';').expect("two statements");
    let row = row.replace("{key}", "").replace("{value}", "");
    let detail = detail.replace("{key}", "key,").replace("{value}", "'00000000-0000-0000-0000-000000000001',");
    is_followed(&earlier::postgres("before_the_journal", 4, &format!("{partition}{row};{detail}")).await).await;
}
