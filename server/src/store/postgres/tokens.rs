//! Tokens of the API, as the trait wants them.

use super::error::failed;
use super::identities::{USER, user};
use super::{PostgresStore, query};
use crate::store::tokens::{ApiToken, Scope, Tokens};
use crate::store::value::{MISSING, clean};
use crate::store::{StoreError, User};
use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;
use vigia_app::model::Timestamp;

const TOKEN: &str = "t.name, t.hash, t.scope, t.sources, t.created, t.created_by, t.expires, t.revoked, t.last_used, t.owner";

/// Where the columns of the owner begin behind those of a token.
const OWNER: usize = 10;

fn token(row: &Row) -> Result<ApiToken, StoreError> {
    let unreadable = |what: &'static str| StoreError::Failed(anyhow::anyhow!("a token has {what}"));
    let text = |at: usize| row.try_get::<_, String>(at).map_err(failed);
    let number = |at: usize| row.try_get::<_, i64>(at).map_err(failed);
    let (scope, sources) = (text(2)?, text(3)?);
    Ok(ApiToken {
        name: text(0)?,
        hash: row.try_get::<_, &[u8]>(1).map_err(failed)?.try_into().map_err(|_| unreadable("a hash of another length"))?,
        scope: Scope::ALL.into_iter().find(|known| known.name() == scope).ok_or_else(|| unreadable("an unknown scope"))?,
        sources: serde_json::from_str(&sources).map_err(|_| unreadable("sources that are no list"))?,
        created: Timestamp::saturating(number(4)?),
        created_by: text(5)?,
        expires: Timestamp::from_millis(number(6)?),
        revoked: Timestamp::from_millis(number(7)?),
        last_used: Timestamp::from_millis(number(8)?),
        owner: text(9)?,
    })
}

fn millis(time: Option<Timestamp>) -> i64 {
    time.map_or(MISSING, Timestamp::millis)
}

/// See [`Tokens::all`].
pub(super) async fn all(client: &ClientWrapper) -> Result<Vec<ApiToken>, StoreError> {
    query(client, &format!("SELECT {TOKEN} FROM token t ORDER BY lower(t.name)"), &[]).await?.iter().map(token).collect()
}

#[async_trait]
impl Tokens for PostgresStore {
    async fn all(&self) -> Result<Vec<ApiToken>, StoreError> {
        self.read(|client| async move { all(&client).await }).await
    }

    async fn add(&self, token: ApiToken) -> Result<bool, StoreError> {
        let added = self
            .execute(
                "INSERT INTO token (name, hash, scope, sources, created, created_by, expires, revoked, last_used, owner)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
                &[
                    &clean(&token.name),
                    &&token.hash[..],
                    &token.scope.name(),
                    &serde_json::to_string(&token.sources).unwrap_or_default(),
                    &token.created.millis(),
                    &token.created_by,
                    &millis(token.expires),
                    &millis(token.revoked),
                    &millis(token.last_used),
                    &clean(&token.owner),
                ],
            )
            .await?;
        Ok(added == 1)
    }

    async fn by_hash(&self, hash: [u8; 32]) -> Result<Option<(ApiToken, Option<User>)>, StoreError> {
        let sql =
            format!("SELECT {TOKEN}, {USER} FROM token t LEFT JOIN \"user\" u ON lower(u.username) = lower(t.owner) WHERE t.hash = $1");
        let rows = self.rows(&sql, &[&&hash[..]]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let owned = row.try_get::<_, Option<&str>>(OWNER).map_err(failed)?.is_some();
        Ok(Some((token(row)?, owned.then(|| user(row, OWNER)).transpose()?)))
    }

    async fn revoke(&self, name: &str, at: Timestamp) -> Result<bool, StoreError> {
        let name = clean(name).to_ascii_lowercase();
        let revoked =
            self.execute("UPDATE token SET revoked = $1 WHERE lower(name) = $2 AND revoked = $3", &[&at.millis(), &name, &MISSING]).await?;
        Ok(revoked == 1)
    }

    async fn used(&self, hash: [u8; 32], at: Timestamp) -> Result<(), StoreError> {
        // Nobody was told that it is noted: it waits for no disk and no standby.
        let sql = "UPDATE token SET last_used = $1 FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
                   WHERE hash = $2 AND last_used < $1";
        self.execute(sql, &[&at.millis(), &&hash[..]]).await.map(drop)
    }
}
