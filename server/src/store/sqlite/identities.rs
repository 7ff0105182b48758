//! Users, sessions and failed sign-ins, as the trait wants them.

use super::SqliteStore;
use crate::store::limits::FAILURES_KEPT;
use crate::store::{Failures, Identities, SessionRow, StoreError, User};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use vigia_app::model::Timestamp;

const USER: &str = "u.username, u.name, u.role, u.password_hash, u.disabled";

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    let role: String = row.get("role")?;
    let role =
        role.parse().map_err(|error: String| rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, error.into()))?;
    Ok(User {
        username: row.get("username")?,
        name: row.get("name")?,
        role,
        password_hash: row.get("password_hash")?,
        disabled: row.get("disabled")?,
    })
}

/// See [`Identities::users`].
pub(super) fn users(connection: &Connection) -> rusqlite::Result<Vec<User>> {
    connection.prepare_cached(&format!("SELECT {USER} FROM user u ORDER BY username"))?.query_map([], user)?.collect()
}

fn find_failures(connection: &Connection, key: &str) -> rusqlite::Result<Option<Failures>> {
    connection
        .prepare_cached("SELECT count, last FROM failure WHERE key = ?")?
        .query_row([key], |row| Ok(Failures { count: row.get(0)?, last: Timestamp::saturating(row.get(1)?) }))
        .optional()
}

#[async_trait]
impl Identities for SqliteStore {
    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.read(users).await
    }

    async fn user(&self, username: &str) -> Result<Option<User>, StoreError> {
        let username = username.to_owned();
        self.read(move |connection| {
            connection.prepare_cached(&format!("SELECT {USER} FROM user u WHERE username = ?"))?.query_row([username], user).optional()
        })
        .await
    }

    async fn add_user(&self, user: User) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let added = connection.execute(
                "INSERT INTO user (username, name, role, password_hash, disabled) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                params![user.username, user.name, user.role.name(), user.password_hash, user.disabled],
            )?;
            Ok(added == 1)
        })
        .await
    }

    async fn set_password(&self, username: &str, hash: &str, keep: Option<[u8; 32]>) -> Result<bool, StoreError> {
        let (username, hash) = (username.to_owned(), hash.to_owned());
        self.write(move |connection| {
            let changed = connection.execute("UPDATE user SET password_hash = ? WHERE username = ?", [&hash, &username])?;
            let keep = keep.map_or_else(Vec::new, Vec::from);
            connection.execute("DELETE FROM session WHERE username = ? AND token_hash <> ?", params![username, keep])?;
            Ok(changed == 1)
        })
        .await
    }

    async fn set_disabled(&self, username: &str, disabled: bool) -> Result<bool, StoreError> {
        let username = username.to_owned();
        self.write(move |connection| {
            let changed = connection.execute("UPDATE user SET disabled = ? WHERE username = ?", params![disabled, username])?;
            if disabled {
                connection.execute("DELETE FROM session WHERE username = ?", [&username])?;
            }
            Ok(changed == 1)
        })
        .await
    }

    async fn add_session(&self, session: SessionRow) -> Result<(), StoreError> {
        self.write(move |connection| {
            connection.execute(
                "INSERT INTO session (token_hash, username, created, expires) VALUES (?, ?, ?, ?)",
                params![&session.token_hash[..], session.username, session.created.millis(), session.expires.millis()],
            )?;
            Ok(())
        })
        .await
    }

    async fn session(&self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<(SessionRow, User)>, StoreError> {
        self.read(move |connection| {
            let sql = format!(
                "SELECT s.created, s.expires, {USER} FROM session s JOIN user u USING (username)
                 WHERE s.token_hash = ? AND s.expires > ? AND NOT u.disabled"
            );
            connection
                .prepare_cached(&sql)?
                .query_row(params![&token_hash[..], now.millis()], |row| {
                    let user = user(row)?;
                    let time = |name| row.get(name).map(Timestamp::saturating);
                    Ok((
                        SessionRow { token_hash, username: user.username.clone(), created: time("created")?, expires: time("expires")? },
                        user,
                    ))
                })
                .optional()
        })
        .await
    }

    async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        self.write(move |connection| connection.execute("DELETE FROM session WHERE token_hash = ?", [&token_hash[..]]).map(drop)).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            connection.execute("DELETE FROM session WHERE expires <= ?", [now.millis()])?;
            connection.execute("DELETE FROM failure WHERE last <= ?", [now.millis() - FAILURES_KEPT]).map(drop)
        })
        .await
    }

    async fn failures(&self, key: &str) -> Result<Option<Failures>, StoreError> {
        let key = key.to_owned();
        self.read(move |connection| find_failures(connection, &key)).await
    }

    async fn add_failure(&self, key: &str, now: Timestamp) -> Result<Failures, StoreError> {
        let key = key.to_owned();
        self.write(move |connection| {
            connection.execute(
                "INSERT INTO failure (key, count, last) VALUES (?1, 1, ?2) ON CONFLICT (key) DO UPDATE SET count = count + 1, last = ?2",
                params![key, now.millis()],
            )?;
            Ok(find_failures(connection, &key)?.unwrap_or(Failures { count: 1, last: now }))
        })
        .await
    }

    async fn clear_failures(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.write(move |connection| connection.execute("DELETE FROM failure WHERE key = ?", [key]).map(drop)).await
    }
}
