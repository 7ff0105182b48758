//! Users, sessions and failed sign-ins, as the trait wants them.

use super::SqliteStore;
use crate::store::limits::FAILURES_KEPT;
use crate::store::value::MISSING;
use crate::store::{Failures, Identities, SessionRow, StoreError, User};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use vigia_app::model::Timestamp;

const USER: &str = "u.username, u.name, u.role, u.password_hash, u.disabled, u.one_time";

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
        one_time: row.get("one_time").map(Timestamp::from_millis)?,
    })
}

/// See [`Identities::users`].
pub(super) fn users(connection: &Connection) -> rusqlite::Result<Vec<User>> {
    connection.prepare_cached(&format!("SELECT {USER} FROM user u ORDER BY username"))?.query_map([], user)?.collect()
}

/// See [`Identities::user`].
pub(super) fn find(connection: &Connection, username: &str) -> rusqlite::Result<Option<User>> {
    connection.prepare_cached(&format!("SELECT {USER} FROM user u WHERE username = ?"))?.query_row([username], user).optional()
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
        self.read(move |connection| find(connection, &username)).await
    }

    async fn add_user(&self, user: User) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let added = connection.execute(
                "INSERT INTO user (username, name, role, password_hash, disabled, one_time) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                params![user.username, user.name, user.role.name(), user.password_hash, user.disabled, millis(user.one_time)],
            )?;
            Ok(added == 1)
        })
        .await
    }

    async fn set_password(&self, username: &str, hash: &str, one_time: Option<Timestamp>) -> Result<bool, StoreError> {
        let (username, hash) = (username.to_owned(), hash.to_owned());
        self.write(move |connection| {
            let sql = "UPDATE user SET password_hash = ?, one_time = ? WHERE username = ?";
            let changed = connection.execute(sql, params![hash, millis(one_time), username])?;
            connection.execute("DELETE FROM session WHERE username = ?", [&username])?;
            Ok(changed == 1)
        })
        .await
    }

    async fn replace_password(&self, was: &str, hash: &str, session: SessionRow) -> Result<bool, StoreError> {
        let (was, hash) = (was.to_owned(), hash.to_owned());
        self.write(move |connection| {
            let sql = "UPDATE user SET password_hash = ?, one_time = ? WHERE username = ? AND password_hash = ? AND NOT disabled";
            if connection.execute(sql, params![hash, MISSING, session.username, was])? != 1 {
                return Ok(false);
            }
            connection.execute("DELETE FROM session WHERE username = ?", [&session.username])?;
            insert(connection, &session, &hash)
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

    async fn add_session(&self, session: SessionRow, hash: &str) -> Result<bool, StoreError> {
        let hash = hash.to_owned();
        self.write(move |connection| {
            let opened = insert(connection, &session, &hash)?;
            if opened {
                connection.execute("UPDATE user SET one_time = 0 WHERE username = ? AND one_time > 0", [&session.username])?;
            }
            Ok(opened)
        })
        .await
    }

    async fn session(&self, token_hash: [u8; 32], now: Timestamp, idle_since: Timestamp) -> Result<Option<(SessionRow, User)>, StoreError> {
        self.read(move |connection| {
            let sql = format!(
                "SELECT s.created, s.expires, s.used, {USER} FROM session s JOIN user u USING (username)
                 WHERE s.token_hash = ? AND s.expires > ? AND s.used > ? AND NOT u.disabled"
            );
            connection
                .prepare_cached(&sql)?
                .query_row(params![&token_hash[..], now.millis(), idle_since.millis()], |row| {
                    let user = user(row)?;
                    let time = |name| row.get(name).map(Timestamp::saturating);
                    let (created, expires, used) = (time("created")?, time("expires")?, time("used")?);
                    Ok((SessionRow { token_hash, username: user.username.clone(), created, expires, used }, user))
                })
                .optional()
        })
        .await
    }

    async fn use_session(&self, token_hash: [u8; 32], at: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut note = connection.prepare_cached("UPDATE session SET used = max(used, ?) WHERE token_hash = ?")?;
            note.execute(params![at.millis(), &token_hash[..]]).map(drop)
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

    async fn take_failure_back(&self, key: &str, counted: Timestamp, last: Timestamp) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.write(move |connection| {
            connection.execute("DELETE FROM failure WHERE key = ? AND count <= 1", [&key])?;
            let sql = "UPDATE failure SET count = count - 1, last = CASE WHEN last = ? THEN ? ELSE last END WHERE key = ?";
            connection.execute(sql, params![counted.millis(), last.millis(), key]).map(drop)
        })
        .await
    }

    async fn clear_failures(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.write(move |connection| {
            // `}` is the character after `|`.
            let sql = "DELETE FROM failure WHERE key = ?1 OR (key >= ?1 || '|' AND key < ?1 || '}')";
            connection.execute(sql, [key]).map(drop)
        })
        .await
    }
}

/// Opens a session, if its user has this hash, is not disabled, and the password is not one for a sign-in that was; false where it does not.
fn insert(connection: &Connection, session: &SessionRow, hash: &str) -> rusqlite::Result<bool> {
    let opened = connection.execute(
        "INSERT INTO session (token_hash, username, created, expires, used) SELECT ?1, username, ?3, ?4, ?5 FROM user
         WHERE username = ?2 AND password_hash = ?6 AND NOT disabled AND (one_time = -1 OR one_time > ?3)",
        params![&session.token_hash[..], session.username, session.created.millis(), session.expires.millis(), session.used.millis(), hash],
    )?;
    Ok(opened == 1)
}

fn millis(time: Option<Timestamp>) -> i64 {
    time.map_or(MISSING, Timestamp::millis)
}
