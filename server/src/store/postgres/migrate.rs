//! Brings the schema to this version.

use super::error::failed;
use crate::store::StoreError;
use crate::store::migrations::long_steps;
use crate::store::schema::Dialect;
use std::borrow::Cow;
use tokio_postgres::{Client, GenericClient};

/// The oldest PostgreSQL that will do.
const OLDEST: i32 = 15;

/// Runs what is missing, in one transaction but for long steps, which have one each. Processes that start at once wait for each other.
pub(super) async fn migrate(client: &mut Client, database: &str) -> Result<(), StoreError> {
    check_server(client).await?;
    let migrations = Dialect::Postgres.migrations();
    take_long_steps(client, &migrations).await?;
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
        transaction.batch_execute(migration).await.map_err(failed)?;
    }
    transaction.execute("UPDATE vigia_schema SET version = $1", &[&(migrations.len() as i32)]).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

/// Nothing for a database that is new.
async fn take_long_steps(client: &mut Client, migrations: &[Cow<'static, str>]) -> Result<(), StoreError> {
    if !one(client, "SELECT to_regclass('vigia_schema') IS NOT NULL").await? {
        return Ok(());
    }
    let version: i32 = one(client, "SELECT version FROM vigia_schema").await?;
    let missing = migrations.iter().skip(usize::try_from(version).unwrap_or(0));
    for step in missing.flat_map(|migration| long_steps(migration)) {
        let transaction = client.transaction().await.map_err(failed)?;
        transaction.batch_execute(&format!("SET LOCAL statement_timeout = 0; {}", super::lock::SCHEMA)).await.map_err(failed)?;
        transaction.batch_execute(step).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
    }
    Ok(())
}

pub(super) async fn check_server(client: &Client) -> Result<(), StoreError> {
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
