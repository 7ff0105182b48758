//! From a URL to a pool of connections.

use super::error::failed;
use super::tls::{self, Mode};
use crate::store::StoreError;
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::net::IpAddr;
use std::time::Duration;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{Client, Config, Connection, Socket};

/// Connections of one process beside the one that stores events: questions answered at once; more would only fight for processors.
const CONNECTIONS: usize = 8;
/// How long to wait for the server to answer at all, where the URL does not say.
const CONNECT: Duration = Duration::from_secs(10);

/// How long the network may be silent before the other end counts as gone.
const SILENCE: Duration = Duration::from_secs(30);

/// Where the database is, and how to get there.
pub(super) struct Address {
    config: Config,
    mode: Mode,
    root: Option<String>,
}

impl Address {
    /// Reads a URL; its `sslmode` and `sslrootcert` mean what they mean to libpq, but the default of another machine is `verify-full`.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut root, mut others) = (None, None, Vec::new());
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = percent_decode_str(value).decode_utf8_lossy();
            match name {
                "sslmode" => mode = Some(Mode::parse(&value)?),
                "sslrootcert" => root = Some(value.into_owned()),
                _ => others.push(parameter),
            }
        }
        // The error names what is wrong, never what stands there.
        let mut config: Config = format!("{address}?{}", others.join("&")).parse().map_err(|error: tokio_postgres::Error| {
            let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            StoreError::Unusable(format!("The database URL cannot be read: {cause}. Write postgres://USER:PASSWORD@HOST/DATABASE."))
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host("localhost");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        // A peer that vanished without a word is noticed, instead of waited for.
        config.keepalives_idle(SILENCE);
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("vigia");
        }
        let mode = mode.unwrap_or(if is_local(&config) { Mode::Disable } else { Mode::VerifyFull });
        config.ssl_mode(if mode == Mode::Disable { SslMode::Disable } else { SslMode::Require });
        Ok(Self { config, mode, root })
    }

    /// The connections open as they are needed. `limit` is how long a statement may take.
    pub(super) fn pool(&self, limit: Duration) -> Result<Pool, StoreError> {
        let connector = tls::connector(self.mode, self.root.as_deref())?;
        let manager = Manager::from_config(self.config.clone(), connector, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        // Questions differ too much for plans made without their values, and are too short for the compiler. Rows in an order come
        // from an index that has it: the planner knows too little of where a page starts to choose between that and sorting.
        let setup = format!(
            "SET statement_timeout = {}; SET plan_cache_mode = force_custom_plan; SET jit = off; SET enable_sort = off;
             SET enable_incremental_sort = off; SET synchronous_commit = on;
             SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning",
            limit.as_millis().max(1)
        );
        let prepare = Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
            let setup = setup.clone();
            Box::pin(async move { client.batch_execute(&setup).await.map_err(HookError::Backend) })
        });
        Pool::builder(manager).max_size(CONNECTIONS).post_create(prepare).build().map_err(|error| StoreError::Failed(error.into()))
    }

    /// A connection that is of no pool; it does nothing until it is polled.
    pub(super) async fn connect(&self) -> Result<(Client, Connection<Socket, impl TlsStream + Unpin + Send + 'static>), StoreError> {
        self.config.connect(tls::connector(self.mode, self.root.as_deref())?).await.map_err(failed)
    }

    /// Another database of the same server.
    pub(super) fn of(&self, database: &str) -> Self {
        let mut config = self.config.clone();
        config.dbname(database);
        Self { config, mode: self.mode, root: self.root.clone() }
    }

    /// The URL that this was read from, with another database in it.
    pub(super) fn url_of(url: &str, database: &str) -> String {
        let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
        let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
        // What is before the `@` may have a `/` in it.
        let host = rest.rfind('@').map_or(0, |at| at + 1);
        let end = rest[host..].find('/').map_or(rest.len(), |at| host + at);
        let others: Vec<_> = parameters.split('&').filter(|one| !one.is_empty() && !one.starts_with("dbname=")).collect();
        let mark = if others.is_empty() { "" } else { "?" };
        let database = utf8_percent_encode(database, NON_ALPHANUMERIC);
        format!("{scheme}://{}/{database}{mark}{}", &rest[..end], others.join("&"))
    }

    /// Kind, user, host and database; no password.
    pub(super) fn describe(&self) -> String {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            Some(Host::Unix(path)) => path.display().to_string(),
            None => self.config.get_hostaddrs().first().map_or_else(String::new, ToString::to_string),
        };
        let port = self.config.get_ports().first().map_or_else(String::new, |port| format!(":{port}"));
        format!("PostgreSQL, {}@{host}{port}/{}", self.config.get_user().unwrap_or_default(), self.database())
    }

    pub(super) fn database(&self) -> &str {
        self.config.get_dbname().or(self.config.get_user()).unwrap_or_default()
    }
}

/// Whether every host is this machine: what goes there is seen by no network.
fn is_local(config: &Config) -> bool {
    let host = |host: &Host| match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        Host::Unix(_) => true,
    };
    let addresses = config.get_hostaddrs();
    if addresses.is_empty() { config.get_hosts().iter().all(host) } else { addresses.iter().all(IpAddr::is_loopback) }
}

/// A connection of the pool, or why there is none.
pub(super) async fn connection(pool: &Pool) -> Result<deadpool_postgres::Object, StoreError> {
    use deadpool_postgres::PoolError;
    pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => failed(error),
        other => StoreError::Failed(other.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_machines_are_verified_unless_the_url_says_otherwise() {
        for (url, mode) in [
            ("postgres://u:p@db.example/vigia", Mode::VerifyFull),
            ("postgres://u:p@10.0.0.1:6432/vigia?connect_timeout=3", Mode::VerifyFull),
            ("postgres://u:p@localhost,db.example/vigia", Mode::VerifyFull),
            ("postgres://u:p@db.example/vigia?sslmode=disable", Mode::Disable),
            ("postgresql://u:p@db.example/vigia?sslmode=require", Mode::Require),
            ("postgres://u:p@127.0.0.1/vigia", Mode::Disable),
            ("postgres://u:p@localhost/vigia", Mode::Disable),
            ("postgres://u:p@localhost/vigia?sslmode=verify-ca", Mode::VerifyCa),
            ("postgres:///vigia?host=%2Frun%2Fpostgresql", Mode::Disable),
        ] {
            assert_eq!(Address::parse(url).expect(url).mode, mode, "{url}");
        }
    }

    #[test]
    fn a_url_can_name_another_database_of_the_same_server() {
        for (url, other) in [
            ("postgres://u:p@db.example:6432/vigia?sslmode=require", "postgres://u:p@db.example:6432/o%5Fr?sslmode=require"),
            ("postgresql://u:p/p@localhost,db.example/vigia", "postgresql://u:p/p@localhost,db.example/o%5Fr"),
            ("postgres://u@localhost", "postgres://u@localhost/o%5Fr"),
            ("postgres:///vigia?host=%2Frun&dbname=other", "postgres:///o%5Fr?host=%2Frun"),
        ] {
            assert_eq!(Address::url_of(url, "o_r"), other);
            assert_eq!(Address::parse(other).expect(other).database(), "o_r");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for (url, said) in [
            ("postgres://u:s3cret@h/d?sslmode=perhaps", "verify-full"),
            ("postgres://u:s3cret@h:port/d", "port"),
            ("postgres://u:s3cret@h/d?colour=red", "colour"),
        ] {
            let error = Address::parse(url).err().expect("refused").to_string();
            assert!(error.contains(said) && !error.contains("s3cret"), "{error}");
        }
        let address = Address::parse("postgres://ana:s3cret@db.example:6432/vigia").expect("an address");
        assert_eq!(address.describe(), "PostgreSQL, ana@db.example:6432/vigia");
    }
}
