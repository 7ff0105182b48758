//! Brings the schema to this version.

use super::error::failed;
use crate::store::StoreError;
use crate::store::schema::Dialect;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, GenericClient};

/// The oldest PostgreSQL that will do.
const OLDEST: i32 = 15;

/// Runs what is missing, in one transaction. Processes that start at once wait for each other.
pub(super) async fn migrate(client: &mut Client, database: &str) -> Result<(), StoreError> {
    check_server(client).await?;
    let migrations = Dialect::Postgres.migrations();
    let transaction = client.transaction().await.map_err(failed)?;
    transaction.batch_execute(&format!("SET LOCAL statement_timeout = 0; {}", super::lock::SCHEMA)).await.map_err(failed)?;
    let ours: bool = one(&transaction, "SELECT to_regclass('vigia_schema') IS NOT NULL").await?;
    if !ours {
        let others: i64 = one(&transaction, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").await?;
        if others > 0 {
            return Err(StoreError::Unusable(format!(
                "The database {database:?} has tables of another program. Give Vigia a database of its own."
            )));
        }
        transaction
            .batch_execute("CREATE TABLE vigia_schema (version integer NOT NULL); INSERT INTO vigia_schema VALUES (0)")
            .await
            .map_err(failed)?;
    }
    let version: i32 = one(&transaction, "SELECT version FROM vigia_schema").await?;
    let done = usize::try_from(version).unwrap_or(0);
    if done > migrations.len() {
        return Err(StoreError::Unusable(format!(
            "The database {database:?} was written by a newer Vigia (schema {done}, this one knows up to {}). Start the newer one, or \
             name another database.",
            migrations.len()
        )));
    }
    if done == migrations.len() {
        return Ok(());
    }
    for migration in &migrations[done..] {
        transaction.batch_execute(migration).await.map_err(explain)?;
    }
    transaction.execute("UPDATE vigia_schema SET version = $1", &[&(migrations.len() as i32)]).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

async fn check_server(client: &Client) -> Result<(), StoreError> {
    let version: String = one(client, "SHOW server_version").await?;
    let major: i32 = one::<String>(client, "SHOW server_version_num").await?.parse().unwrap_or(0) / 10_000;
    if major < OLDEST {
        return Err(StoreError::Unusable(format!("This server is PostgreSQL {version}; Vigia needs {OLDEST} or newer.")));
    }
    let encoding: String = one(client, "SHOW server_encoding").await?;
    if encoding != "UTF8" {
        return Err(StoreError::Unusable(format!(
            "The database's encoding is {encoding}; Vigia needs UTF8: CREATE DATABASE vigia ENCODING 'UTF8' TEMPLATE template0."
        )));
    }
    Ok(())
}

async fn one<T: for<'a> tokio_postgres::types::FromSql<'a>>(client: &impl GenericClient, sql: &str) -> Result<T, StoreError> {
    client.query_one(sql, &[]).await.and_then(|row| row.try_get(0)).map_err(failed)
}

/// [`failed`], with what to do about the extension.
fn explain(error: tokio_postgres::Error) -> StoreError {
    let extension = error.as_db_error().is_some_and(|said| {
        said.message().contains("pg_trgm") || said.code() == &SqlState::UNDEFINED_FILE || said.code() == &SqlState::FEATURE_NOT_SUPPORTED
    });
    if extension {
        let said = error.as_db_error().map_or("", |said| said.message());
        return StoreError::Unusable(format!(
            "The extension pg_trgm cannot be made ({said}). Install it on the server (Debian: it comes with `postgresql`), and let an \
             administrator run CREATE EXTENSION pg_trgm in this database."
        ));
    }
    failed(error)
}
