//! Tokens of the API, as the trait wants them.

use super::{SqliteStore, identities};
use crate::store::tokens::{ApiToken, Scope, Tokens};
use crate::store::value::MISSING;
use crate::store::{StoreError, User};
use async_trait::async_trait;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use vigia_app::model::Timestamp;

const TOKEN: &str = "name, hash, scope, sources, created, created_by, owner, expires, revoked, last_used";

fn token(row: &Row<'_>) -> rusqlite::Result<ApiToken> {
    let unreadable = |at: usize, what: &str| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, what.into());
    let (scope, sources): (String, String) = (row.get("scope")?, row.get("sources")?);
    let time = |name| row.get(name).map(Timestamp::from_millis);
    Ok(ApiToken {
        name: row.get("name")?,
        hash: row.get("hash")?,
        scope: Scope::ALL.into_iter().find(|known| known.name() == scope).ok_or_else(|| unreadable(2, "an unknown scope"))?,
        sources: serde_json::from_str(&sources).map_err(|_| unreadable(3, "sources that are no list"))?,
        created: row.get("created").map(Timestamp::saturating)?,
        created_by: row.get("created_by")?,
        owner: row.get("owner")?,
        expires: time("expires")?,
        revoked: time("revoked")?,
        last_used: time("last_used")?,
    })
}

fn millis(time: Option<Timestamp>) -> i64 {
    time.map_or(MISSING, Timestamp::millis)
}

/// See [`Tokens::all`].
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<ApiToken>> {
    connection.prepare_cached(&format!("SELECT {TOKEN} FROM token ORDER BY name"))?.query_map([], token)?.collect()
}

#[async_trait]
impl Tokens for SqliteStore {
    async fn all(&self) -> Result<Vec<ApiToken>, StoreError> {
        self.read(all).await
    }

    async fn add(&self, token: ApiToken) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let added = connection.execute(
                &format!("INSERT INTO token ({TOKEN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"),
                params![
                    token.name,
                    &token.hash[..],
                    token.scope.name(),
                    serde_json::to_string(&token.sources).unwrap_or_default(),
                    token.created.millis(),
                    token.created_by,
                    token.owner,
                    millis(token.expires),
                    millis(token.revoked),
                    millis(token.last_used),
                ],
            )?;
            Ok(added == 1)
        })
        .await
    }

    async fn by_hash(&self, hash: [u8; 32]) -> Result<Option<(ApiToken, Option<User>)>, StoreError> {
        self.read(move |connection| {
            let mut find = connection.prepare_cached(&format!("SELECT {TOKEN} FROM token WHERE hash = ?"))?;
            let Some(token) = find.query_row([&hash[..]], token).optional()? else { return Ok(None) };
            let owner = identities::find(connection, &token.owner)?;
            Ok(Some((token, owner)))
        })
        .await
    }

    async fn revoke(&self, name: &str, at: Timestamp) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.write(move |connection| {
            let revoked =
                connection.execute("UPDATE token SET revoked = ? WHERE name = ? AND revoked = ?", params![at.millis(), name, MISSING])?;
            Ok(revoked == 1)
        })
        .await
    }

    async fn used(&self, hash: [u8; 32], at: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut note = connection.prepare_cached("UPDATE token SET last_used = max(last_used, ?) WHERE hash = ?")?;
            note.execute(params![at.millis(), &hash[..]]).map(drop)
        })
        .await
    }
}
