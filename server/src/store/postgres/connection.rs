//! What a URL says of where the database is, and how to get there.

use super::stop::Stop;
use super::tls::Mode;
use crate::store::StoreError;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::net::IpAddr;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

/// How long one host may take to let us in, where the URL does not say.
const CONNECT: Duration = Duration::from_secs(5);
/// Where a server listens that nobody has told otherwise.
const PORT: u16 = 5432;
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
        // Of several, the one that takes what is to be stored.
        if config.get_hosts().len().max(config.get_hostaddrs().len()) > 1
            && !others.iter().any(|one| one.starts_with("target_session_attrs="))
        {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
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

    /// The hosts in the order in which the URL names them.
    pub(super) fn stops(&self) -> Vec<Stop> {
        let (hosts, addresses, ports) = (self.config.get_hosts(), self.config.get_hostaddrs(), self.config.get_ports());
        let stop = |at: usize| Stop {
            host: hosts.get(at).cloned(),
            address: addresses.get(at).copied(),
            port: ports.get(at).or(ports.first()).copied().unwrap_or(PORT),
        };
        (0..hosts.len().max(addresses.len())).map(stop).collect()
    }

    /// How to connect to one of them, and to no other.
    pub(super) fn at(&self, stop: &Stop) -> Config {
        let of = &self.config;
        let mut config = Config::new();
        match &stop.host {
            Some(Host::Tcp(name)) => _ = config.host(name),
            Some(Host::Unix(path)) => _ = config.host_path(path),
            None => {}
        }
        if let Some(address) = stop.address {
            config.hostaddr(address);
        }
        config.port(stop.port);
        if let Some(user) = of.get_user() {
            config.user(user);
        }
        if let Some(password) = of.get_password() {
            config.password(password);
        }
        if let Some(database) = of.get_dbname() {
            config.dbname(database);
        }
        if let Some(options) = of.get_options() {
            config.options(options);
        }
        if let Some(name) = of.get_application_name() {
            config.application_name(name);
        }
        config.connect_timeout(self.patience()).keepalives(of.get_keepalives()).keepalives_idle(of.get_keepalives_idle());
        if let Some(interval) = of.get_keepalives_interval() {
            config.keepalives_interval(interval);
        }
        if let Some(retries) = of.get_keepalives_retries() {
            config.keepalives_retries(retries);
        }
        config.tcp_user_timeout(of.get_tcp_user_timeout().copied().unwrap_or(SILENCE));
        config.ssl_mode(of.get_ssl_mode()).ssl_negotiation(of.get_ssl_negotiation()).channel_binding(of.get_channel_binding());
        config.target_session_attrs(of.get_target_session_attrs());
        config
    }

    /// How long one host may take to let us in.
    pub(super) fn patience(&self) -> Duration {
        self.config.get_connect_timeout().copied().unwrap_or(CONNECT)
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn root(&self) -> Option<&str> {
        self.root.as_deref()
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
    fn each_host_is_a_place_of_its_own_and_of_several_the_one_that_takes_writes_is_wanted() {
        let address = Address::parse("postgres://u:p@one,two:6000/vigia?options=-cwork_mem%3D8MB&connect_timeout=2").expect("an address");
        let stops: Vec<String> = address.stops().iter().map(ToString::to_string).collect();
        assert_eq!(stops, ["one port 5432", "two port 6000"]);
        let config = address.at(&address.stops()[1]);
        assert_eq!((config.get_hosts(), config.get_ports()), (&[Host::Tcp("two".to_owned())][..], &[6000][..]));
        assert_eq!((config.get_user(), config.get_password(), config.get_dbname()), (Some("u"), Some(&b"p"[..]), Some("vigia")));
        assert_eq!((config.get_options(), address.patience()), (Some("-cwork_mem=8MB"), Duration::from_secs(2)));
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        for url in ["postgres://u:p@one/vigia", "postgres://u:p@one,two/vigia?target_session_attrs=any"] {
            let address = Address::parse(url).expect(url);
            assert_eq!(address.at(&address.stops()[0]).get_target_session_attrs(), TargetSessionAttrs::Any, "{url}");
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
