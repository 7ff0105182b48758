//! Users, sessions and failed sign-ins, as the trait wants them.

use super::error::failed;
use super::{PostgresStore, query};
use crate::store::limits::FAILURES_KEPT;
use crate::store::value::clean;
use crate::store::{Failures, Identities, SessionRow, StoreError, User};
use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;
use vigia_app::model::Timestamp;

const USER: &str = "u.username, u.name, u.role, u.password_hash, u.disabled";

fn user(row: &Row) -> Result<User, StoreError> {
    let text = |at: usize| row.try_get::<_, String>(at).map_err(failed);
    Ok(User {
        username: text(0)?,
        name: text(1)?,
        role: text(2)?.parse().map_err(|error: String| StoreError::Failed(anyhow::anyhow!(error)))?,
        password_hash: text(3)?,
        disabled: row.try_get(4).map_err(failed)?,
    })
}

/// See [`Identities::users`].
pub(super) async fn users(client: &ClientWrapper) -> Result<Vec<User>, StoreError> {
    query(client, &format!("SELECT {USER} FROM \"user\" u ORDER BY lower(username)"), &[]).await?.iter().map(user).collect()
}

fn failures(row: &Row) -> Result<Failures, StoreError> {
    let number = |at: usize| row.try_get::<_, i64>(at).map_err(failed);
    Ok(Failures { count: u32::try_from(number(0)?).unwrap_or(u32::MAX), last: Timestamp::saturating(number(1)?) })
}

/// As names and keys are compared: without the case of A to Z.
fn lower(text: &str) -> String {
    clean(text).to_ascii_lowercase()
}

#[async_trait]
impl Identities for PostgresStore {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.read(|client| async move { users(&client).await }).await
    }

    async fn user(&self, username: &str) -> Result<Option<User>, StoreError> {
        let rows = self.rows(&format!("SELECT {USER} FROM \"user\" u WHERE lower(username) = $1"), &[&lower(username)]).await?;
        rows.first().map(user).transpose()
    }

    async fn add_user(&self, user: User) -> Result<bool, StoreError> {
        let added = self
            .execute(
                "INSERT INTO \"user\" (username, name, role, password_hash, disabled) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                &[&clean(&user.username), &clean(&user.name), &user.role.name(), &user.password_hash, &user.disabled],
            )
            .await?;
        Ok(added == 1)
    }

    async fn set_password(&self, username: &str, hash: &str, keep: Option<[u8; 32]>) -> Result<bool, StoreError> {
        let keep = keep.map_or_else(Vec::new, Vec::from);
        let changed = self
            .changed(
                "WITH ended AS (DELETE FROM session WHERE lower(username) = $1 AND token_hash <> $3)
             UPDATE \"user\" SET password_hash = $2 WHERE lower(username) = $1 RETURNING username",
                &[&lower(username), &hash, &keep],
            )
            .await?;
        Ok(!changed.is_empty())
    }

    async fn set_disabled(&self, username: &str, disabled: bool) -> Result<bool, StoreError> {
        let changed = self
            .changed(
                "WITH ended AS (DELETE FROM session WHERE lower(username) = $1 AND $2)
             UPDATE \"user\" SET disabled = $2 WHERE lower(username) = $1 RETURNING username",
                &[&lower(username), &disabled],
            )
            .await?;
        Ok(!changed.is_empty())
    }

    async fn add_session(&self, session: SessionRow) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO session (token_hash, username, created, expires) VALUES ($1, $2, $3, $4)",
            &[&&session.token_hash[..], &session.username, &session.created.millis(), &session.expires.millis()],
        )
        .await
        .map(drop)
    }

    async fn session(&self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<(SessionRow, User)>, StoreError> {
        let sql = format!(
            "SELECT {USER}, s.created, s.expires FROM session s JOIN \"user\" u ON lower(u.username) = lower(s.username)
             WHERE s.token_hash = $1 AND s.expires > $2 AND NOT u.disabled"
        );
        let rows = self.rows(&sql, &[&&token_hash[..], &now.millis()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let user = user(row)?;
        let time = |at: usize| row.try_get(at).map(Timestamp::saturating).map_err(failed);
        Ok(Some((SessionRow { token_hash, username: user.username.clone(), created: time(5)?, expires: time(6)? }, user)))
    }

    async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        self.execute("DELETE FROM session WHERE token_hash = $1", &[&&token_hash[..]]).await.map(drop)
    }

    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.execute("DELETE FROM session WHERE expires <= $1", &[&now.millis()]).await?;
        self.execute("DELETE FROM failure WHERE last <= $1", &[&(now.millis() - FAILURES_KEPT)]).await.map(drop)
    }

    async fn failures(&self, key: &str) -> Result<Option<Failures>, StoreError> {
        self.rows("SELECT count, last FROM failure WHERE key = $1", &[&lower(key)]).await?.first().map(failures).transpose()
    }

    async fn add_failure(&self, key: &str, now: Timestamp) -> Result<Failures, StoreError> {
        let counted = self
            .changed(
                "INSERT INTO failure AS f (key, count, last) VALUES ($1, 1, $2)
             ON CONFLICT (key) DO UPDATE SET count = f.count + 1, last = $2 RETURNING count, last",
                &[&lower(key), &now.millis()],
            )
            .await?;
        counted.first().map_or(Ok(Failures { count: 1, last: now }), failures)
    }

    async fn clear_failures(&self, key: &str) -> Result<(), StoreError> {
        self.execute("DELETE FROM failure WHERE key = $1", &[&lower(key)]).await.map(drop)
    }
}
