//! What readers of streams remember, as the trait wants it.

use super::PostgresStore;
use super::error::failed;
use crate::store::StoreError;
use crate::store::kept::Kept;
use crate::store::value::clean;
use async_trait::async_trait;
use std::collections::HashMap;

#[async_trait]
impl Kept for PostgresStore {
    async fn all(&self, space: &str) -> Result<Vec<(String, String)>, StoreError> {
        let rows = self.rows("SELECT key, value FROM kept WHERE space = $1 ORDER BY key", &[&space]).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map_err(failed)
    }

    async fn get(&self, space: &str, key: &str) -> Result<Option<String>, StoreError> {
        let rows = self.rows("SELECT value FROM kept WHERE space = $1 AND key = $2", &[&space, &clean(key)]).await?;
        rows.first().map(|row| row.try_get(0)).transpose().map_err(failed)
    }

    async fn some(&self, space: &str, keys: Vec<String>) -> Result<HashMap<String, String>, StoreError> {
        let keys: Vec<_> = keys.iter().map(|key| clean(key)).collect();
        let rows = self.rows("SELECT key, value FROM kept WHERE space = $1 AND key = ANY($2)", &[&space, &keys]).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map_err(failed)
    }

    async fn behind(&self, space: &str, key: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = "SELECT key, value FROM kept WHERE space = $1 AND key > $2 ORDER BY key LIMIT $3";
        let rows = self.rows(sql, &[&space, &clean(key), &limit]).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map_err(failed)
    }

    async fn replace(&self, space: &str, key: &str, was: Option<&str>, value: &str) -> Result<bool, StoreError> {
        let (key, value) = (clean(key), clean(value));
        let rows = match was {
            Some(was) => {
                let sql = "UPDATE kept SET value = $3 WHERE space = $1 AND key = $2 AND value = $4 RETURNING 1";
                self.changed(sql, &[&space, &key, &value, &clean(was)]).await?
            }
            None => {
                let sql = "INSERT INTO kept (space, key, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1";
                self.changed(sql, &[&space, &key, &value]).await?
            }
        };
        Ok(rows.len() == 1)
    }

    async fn set(&self, space: &str, changes: Vec<(String, Option<String>)>) -> Result<(), StoreError> {
        // The last change of a key is the one that counts; processes that change the same ones do it in one order.
        let changes: std::collections::BTreeMap<String, Option<String>> =
            changes.into_iter().map(|(key, value)| (clean(&key).into_owned(), value.map(|value| clean(&value).into_owned()))).collect();
        let (set, gone): (Vec<_>, Vec<_>) = changes.into_iter().partition(|(_, value)| value.is_some());
        let (keys, values): (Vec<String>, Vec<Option<String>>) = set.into_iter().unzip();
        let gone: Vec<String> = gone.into_iter().map(|(key, _)| key).collect();
        let mut client = self.changing().await?;
        let work = async {
            let transaction = client.transaction().await?;
            let keep = transaction
                .prepare_cached(
                    "INSERT INTO kept (space, key, value) SELECT $1, * FROM unnest($2::text[], $3::text[])
                     ON CONFLICT (space, key) DO UPDATE SET value = excluded.value",
                )
                .await?;
            transaction.execute(&keep, &[&space, &keys, &values]).await?;
            let forget = transaction.prepare_cached("DELETE FROM kept WHERE space = $1 AND key = ANY($2)").await?;
            transaction.execute(&forget, &[&space, &gone]).await?;
            transaction.commit().await
        };
        let done = work.await.map_err(failed);
        client.ended(done)
    }
}
