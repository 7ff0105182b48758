//! What readers of streams remember, as the trait wants it.

use super::SqliteStore;
use crate::store::StoreError;
use crate::store::kept::Kept;
use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};
use std::collections::HashMap;

#[async_trait]
impl Kept for SqliteStore {
    async fn all(&self, space: &str) -> Result<Vec<(String, String)>, StoreError> {
        let space = space.to_owned();
        self.read(move |connection| {
            let mut find = connection.prepare_cached("SELECT key, value FROM kept WHERE space = ? ORDER BY key")?;
            find.query_map([space], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
        .await
    }

    async fn get(&self, space: &str, key: &str) -> Result<Option<String>, StoreError> {
        let (space, key) = (space.to_owned(), key.to_owned());
        self.read(move |connection| {
            let mut find = connection.prepare_cached("SELECT value FROM kept WHERE space = ? AND key = ?")?;
            find.query_row([space, key], |row| row.get(0)).optional()
        })
        .await
    }

    async fn some(&self, space: &str, keys: Vec<String>) -> Result<HashMap<String, String>, StoreError> {
        let space = space.to_owned();
        self.read(move |connection| {
            let mut find = connection.prepare_cached("SELECT value FROM kept WHERE space = ? AND key = ?")?;
            let mut found = HashMap::new();
            for key in keys {
                if let Some(value) = find.query_row([&space, &key], |row| row.get(0)).optional()? {
                    found.insert(key, value);
                }
            }
            Ok(found)
        })
        .await
    }

    async fn behind(&self, space: &str, key: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        let (space, key) = (space.to_owned(), key.to_owned());
        self.read(move |connection| {
            let mut find = connection.prepare_cached("SELECT key, value FROM kept WHERE space = ? AND key > ? ORDER BY key LIMIT ?")?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            find.query_map(params![space, key, limit], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
        .await
    }

    async fn replace(&self, space: &str, key: &str, was: Option<&str>, value: &str) -> Result<bool, StoreError> {
        let (space, key, was, value) = (space.to_owned(), key.to_owned(), was.map(str::to_owned), value.to_owned());
        self.write(move |connection| {
            let changed = match was {
                Some(was) => connection
                    .prepare_cached("UPDATE kept SET value = ? WHERE space = ? AND key = ? AND value = ?")?
                    .execute(params![value, space, key, was])?,
                None => connection
                    .prepare_cached("INSERT INTO kept (space, key, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")?
                    .execute(params![space, key, value])?,
            };
            Ok(changed == 1)
        })
        .await
    }

    async fn set(&self, space: &str, changes: Vec<(String, Option<String>)>) -> Result<(), StoreError> {
        let space = space.to_owned();
        self.write(move |connection| {
            let mut keep = connection.prepare_cached(
                "INSERT INTO kept (space, key, value) VALUES (?, ?, ?) ON CONFLICT (space, key) DO UPDATE SET value = excluded.value",
            )?;
            let mut forget = connection.prepare_cached("DELETE FROM kept WHERE space = ? AND key = ?")?;
            for (key, value) in changes {
                match value {
                    Some(value) => keep.execute(params![space, key, value])?,
                    None => forget.execute(params![space, key])?,
                };
            }
            Ok(())
        })
        .await
    }
}
