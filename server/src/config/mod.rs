//! What can be set, and from where: defaults, then a TOML file, then the environment, then flags; the last one that says
//! something wins.
//!
//! Each setting is declared once, in [`keys`]; file, environment, flags, `vigia config show` and the README's table
//! follow from it. What is not a setting is an error wherever it is written: a misspelt name that is quietly ignored
//! is a setting its author believes in.

mod backups;
mod copies;
mod database;
pub mod keys;
mod load;
mod proxies;
mod public_url;
mod rate;
mod retention;
mod serving;
pub mod syslog;
#[cfg(test)]
mod tests;

pub use backups::{BackupPolicy, Keep, Recipient, Schedule};
pub use copies::CopyPlace;
pub use database::DatabaseUrl;
pub use keys::{KEYS, Key};
pub use load::{Loaded, Origin, Sources};
pub use proxies::{Proxies, ProxyHeader};
pub use public_url::PublicUrl;
pub use rate::Rate;
pub use retention::{KeepFor, Retention};
pub use syslog::SyslogListener;

use crate::outgoing::Allowed;
use crate::secret::Secret;
use chrono_tz::Tz;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// The settings of one process. `Debug` and `vigia config show` hide secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    pub database: DatabaseUrl,
    /// Folder of the page's built files.
    pub assets: PathBuf,
    /// Where people reach the server, when that is not `listen`: behind a proxy that speaks TLS, for example.
    pub public_url: Option<PublicUrl>,
    /// The proxies in front.
    pub proxies: Proxies,
    /// Whether other machines may be answered without TLS.
    pub allow_plain_http: bool,
    /// Which log lines are written, as `tracing-subscriber`'s `EnvFilter` reads it.
    pub log: String,
    pub log_format: LogFormat,
    /// Time limit of one report query, in seconds.
    pub query_seconds: u64,
    /// Exports that are made at a time, of all persons and of one.
    pub exports_at_once: usize,
    pub exports_each: usize,
    /// How long further ones wait, in seconds.
    pub export_wait_seconds: u64,
    /// Where the index is kept; `None` for a folder that follows from the database.
    pub index_folder: Option<PathBuf>,
    /// What the index may keep in memory of its files, in MiB.
    pub index_cache_mib: u64,
    /// How long events are kept.
    pub retention: Retention,
    /// Mapping files, read as further formats of logs.
    pub mappings: Vec<PathBuf>,
    /// Zone of logged times that are written without one.
    pub log_zone: Tz,
    /// Where syslog messages are taken.
    pub syslog: Vec<SyslogListener>,
    /// The file that says how operations are carried out.
    pub connectors: Option<PathBuf>,
    /// Mail server for notifications.
    pub smtp: Option<Secret>,
    /// Address that e-mails come from.
    pub mail_from: Option<String>,
    /// Where webhooks of notifications may go.
    pub notify_hosts: Vec<Allowed>,
    /// Backups of Vigia itself.
    pub backups: BackupPolicy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            database: DatabaseUrl::default(),
            assets: PathBuf::from("dist"),
            public_url: None,
            proxies: Proxies::default(),
            allow_plain_http: false,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            query_seconds: 5,
            exports_at_once: 4,
            exports_each: 2,
            export_wait_seconds: 30,
            index_folder: None,
            index_cache_mib: 128,
            retention: Retention::default(),
            mappings: Vec::new(),
            log_zone: Tz::UTC,
            syslog: Vec::new(),
            connectors: None,
            smtp: None,
            mail_from: None,
            notify_hosts: Vec::new(),
            backups: BackupPolicy::default(),
        }
    }
}

impl Config {
    /// Time limit of one report query.
    pub fn query_limit(&self) -> Duration {
        Duration::from_secs(self.query_seconds)
    }

    /// Where the index is kept.
    pub fn index_folder(&self) -> PathBuf {
        self.index_folder.clone().unwrap_or_else(|| self.database.index_folder())
    }

    /// Where backups are kept.
    pub fn backup_folder(&self) -> PathBuf {
        self.backups.folder.clone().unwrap_or_else(|| self.database.backup_folder())
    }

    /// Where people are told to go.
    pub fn address(&self) -> String {
        self.public_url.as_ref().map_or_else(|| format!("http://{}", self.listen), ToString::to_string)
    }
}

/// Why the settings cannot be used: which one, where it was written, what is wrong with it, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);
