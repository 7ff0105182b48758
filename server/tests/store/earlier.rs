//! Databases as earlier versions have left them.

use crate::server::Server;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use vigia::store::{self, Store};

/// The first migrations of a kind of database.
macro_rules! migrations {
    ($kind:literal) => {
        [
            include_str!(concat!("../../migrations/", $kind, "/0001_events.sql")),
            include_str!(concat!("../../migrations/", $kind, "/0002_identity.sql")),
            include_str!(concat!("../../migrations/", $kind, "/0003_ingest.sql")),
            include_str!(concat!("../../migrations/", $kind, "/0004_operations.sql")),
            include_str!(concat!("../../migrations/", $kind, "/0005_journal.sql")),
            include_str!(concat!("../../migrations/", $kind, "/0006_attempts.sql")),
            include_str!(concat!("../../migrations/", $kind, "/0007_index.sql")),
            include_str!(concat!("../../migrations/", $kind, "/0008_risk.sql")),
            include_str!(concat!("../../migrations/", $kind, "/0009_first_access.sql")),
        ]
    };
}

/// Opens what was an SQLite database of this version of the schema, after these statements.
pub async fn sqlite(folder: &Path, version: usize, sql: &str) -> Arc<dyn Store> {
    sqlite_file(folder, version, sql);
    crate::sqlite(folder).await
}

/// Makes one, and says its URL.
pub fn sqlite_file(folder: &Path, version: usize, sql: &str) -> String {
    let old = rusqlite::Connection::open(folder.join("vigia.db")).expect("made");
    old.execute_batch(&migrations!("sqlite")[..version].concat()).expect("migrated");
    old.execute_batch(&format!("PRAGMA application_id = {}; PRAGMA user_version = {version}", 0x5669_6769)).expect("marked");
    old.execute_batch(sql).expect("stored");
    format!("sqlite://{}", folder.join("vigia.db").display())
}

/// Opens what was a PostgreSQL database of this version of the schema, after these statements.
pub async fn postgres(name: &str, version: usize, sql: &str) -> Arc<dyn Store> {
    let url = postgres_database(name, version, sql).await;
    store::open(&url, Duration::from_secs(60)).await.expect("upgraded")
}

/// Makes one, and says its URL.
pub async fn postgres_database(name: &str, version: usize, sql: &str) -> String {
    let server = Server::shared();
    server.run(&format!("CREATE DATABASE {name}")).await;
    let made = format!("CREATE TABLE vigia_schema (version integer NOT NULL); INSERT INTO vigia_schema VALUES ({version});");
    server.run_in(name, &format!("{made}{}{sql}", migrations!("postgres")[..version].concat())).await;
    server.url(name)
}
