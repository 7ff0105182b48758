//! Users, sessions and failed sign-ins, as the trait wants them.

use super::error::failed;
use super::{PostgresStore, query};
use crate::store::limits::FAILURES_KEPT;
use crate::store::value::{MISSING, clean};
use crate::store::{Failures, Identities, SessionRow, StoreError, User};
use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use vigia_app::model::Timestamp;

pub(super) const USER: &str = "u.username, u.name, u.role, u.password_hash, u.disabled, u.one_time";

/// A user of the columns [`USER`], the first of them at `from`.
pub(super) fn user(row: &Row, from: usize) -> Result<User, StoreError> {
    let text = |at: usize| row.try_get::<_, String>(from + at).map_err(failed);
    Ok(User {
        username: text(0)?,
        name: text(1)?,
        role: text(2)?.parse().map_err(|error: String| StoreError::Failed(anyhow::anyhow!(error)))?,
        password_hash: text(3)?,
        disabled: row.try_get(from + 4).map_err(failed)?,
        one_time: row.try_get(from + 5).map(Timestamp::from_millis).map_err(failed)?,
    })
}

/// See [`Identities::users`].
pub(super) async fn users(client: &ClientWrapper) -> Result<Vec<User>, StoreError> {
    query(client, &format!("SELECT {USER} FROM \"user\" u ORDER BY lower(username)"), &[]).await?.iter().map(|row| user(row, 0)).collect()
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
        rows.first().map(|row| user(row, 0)).transpose()
    }

    async fn add_user(&self, user: User) -> Result<bool, StoreError> {
        let added = self
            .execute(
                "INSERT INTO \"user\" (username, name, role, password_hash, disabled, one_time) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
                &[
                    &clean(&user.username),
                    &clean(&user.name),
                    &user.role.name(),
                    &user.password_hash,
                    &user.disabled,
                    &millis(user.one_time),
                ],
            )
            .await?;
        Ok(added == 1)
    }

    async fn set_password(&self, username: &str, hash: &str, one_time: Option<Timestamp>) -> Result<bool, StoreError> {
        let sql = "UPDATE \"user\" SET password_hash = $2, one_time = $3 WHERE lower(username) = $1";
        self.change_user(username, sql, &[&lower(username), &hash, &millis(one_time)], true, None).await
    }

    async fn replace_password(&self, was: &str, hash: &str, session: SessionRow) -> Result<bool, StoreError> {
        let sql =
            "UPDATE \"user\" SET password_hash = $2, one_time = -1 WHERE lower(username) = $1 AND password_hash = $3 AND NOT disabled";
        self.change_user(&session.username, sql, &[&lower(&session.username), &hash, &was], true, Some(&session)).await
    }

    async fn set_disabled(&self, username: &str, disabled: bool) -> Result<bool, StoreError> {
        let sql = "UPDATE \"user\" SET disabled = $2 WHERE lower(username) = $1";
        self.change_user(username, sql, &[&lower(username), &disabled], disabled, None).await
    }

    async fn add_session(&self, session: SessionRow, hash: &str) -> Result<bool, StoreError> {
        // To change the row waits for whoever is changing it, and looks at what became of it.
        let sql = "WITH known AS (
                 UPDATE \"user\" SET one_time = least(one_time, 0)
                 WHERE lower(username) = $2 AND password_hash = $6 AND NOT disabled AND (one_time = -1 OR one_time > $3) RETURNING username)
             INSERT INTO session (token_hash, username, created, expires, used) SELECT $1, username, $3, $4, $5 FROM known";
        let SessionRow { token_hash, username, created, expires, used } = session;
        let parameters: [&(dyn ToSql + Sync); 6] =
            [&&token_hash[..], &lower(&username), &created.millis(), &expires.millis(), &used.millis(), &hash];
        Ok(self.execute(sql, &parameters).await? == 1)
    }

    async fn session(&self, token_hash: [u8; 32], now: Timestamp, idle_since: Timestamp) -> Result<Option<(SessionRow, User)>, StoreError> {
        let sql = format!(
            "SELECT s.created, s.expires, s.used, {USER} FROM session s JOIN \"user\" u ON lower(u.username) = lower(s.username)
             WHERE s.token_hash = $1 AND s.expires > $2 AND s.used > $3 AND NOT u.disabled"
        );
        let rows = self.rows(&sql, &[&&token_hash[..], &now.millis(), &idle_since.millis()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let user = user(row, 3)?;
        let time = |at: usize| row.try_get(at).map(Timestamp::saturating).map_err(failed);
        let (created, expires, used) = (time(0)?, time(1)?, time(2)?);
        Ok(Some((SessionRow { token_hash, username: user.username.clone(), created, expires, used }, user)))
    }

    async fn use_session(&self, token_hash: [u8; 32], at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE session SET used = $1 WHERE token_hash = $2 AND used < $1";
        self.execute(sql, &[&at.millis(), &&token_hash[..]]).await.map(drop)
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

    async fn take_failure_back(&self, key: &str, counted: Timestamp, last: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE failure SET count = greatest(count - 1, 0), last = CASE WHEN last = $2 THEN $3 ELSE last END WHERE key = $1";
        self.execute(sql, &[&lower(key), &counted.millis(), &last.millis()]).await?;
        self.execute("DELETE FROM failure WHERE key = $1 AND count = 0", &[&lower(key)]).await.map(drop)
    }

    async fn clear_failures(&self, key: &str) -> Result<(), StoreError> {
        // `}` is the character after `|`.
        let sql = "DELETE FROM failure WHERE key = $1 OR (key >= $1 || '|' AND key < $1 || '}')";
        self.execute(sql, &[&lower(key)]).await.map(drop)
    }
}

impl PostgresStore {
    /// Changes a user's row by this statement, and ends their sessions and opens another where that is said. The row comes first: whoever is
    /// opening a session holds it, and who waits for it sees what was changed.
    async fn change_user(
        &self,
        username: &str,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
        ends: bool,
        opens: Option<&SessionRow>,
    ) -> Result<bool, StoreError> {
        let mut client = self.changing().await?;
        let answer = async {
            let transaction = client.transaction().await.map_err(failed)?;
            if transaction.execute(sql, parameters).await.map_err(failed)? != 1 {
                return Ok(false);
            }
            if ends {
                transaction.execute("DELETE FROM session WHERE lower(username) = $1", &[&lower(username)]).await.map_err(failed)?;
            }
            if let Some(SessionRow { token_hash, username, created, expires, used }) = opens {
                let sql = "INSERT INTO session (token_hash, username, created, expires, used) VALUES ($1, $2, $3, $4, $5)";
                let parameters: [&(dyn ToSql + Sync); 5] =
                    [&&token_hash[..], username, &created.millis(), &expires.millis(), &used.millis()];
                transaction.execute(sql, &parameters).await.map_err(failed)?;
            }
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        }
        .await;
        client.ended(answer)
    }
}

fn millis(time: Option<Timestamp>) -> i64 {
    time.map_or(MISSING, Timestamp::millis)
}
