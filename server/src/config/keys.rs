//! The settings, one entry each.

use super::copies::places;
use super::proxies::networks;
use super::{Config, LogFormat, Schedule};
use crate::outgoing::Allowed;
use crate::secret::Secret;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use vigia_app::reports;

/// What the TOML file must hold for a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Text,
    Number,
    Flag,
    /// Texts; outside the file one text with commas between them.
    List,
}

/// A setting.
pub struct Key {
    /// Its name in the file; `VIGIA_` and capitals in the environment, `--` and `-` for `_` as a flag.
    pub name: &'static str,
    pub shape: Shape,
    /// A sentence for `--help` and the README.
    pub help: &'static str,
    /// Whether only `vigia serve` has a use for it.
    pub serving: bool,
    /// Whether its value may hold a secret, so that a message about it must not repeat it.
    pub secret: bool,
    /// Reads a value; the error says what is wrong with it and what would be right, to follow the value itself.
    pub(super) set: fn(&mut Config, &str) -> Result<(), String>,
    /// The value as it may be shown; empty when not set.
    pub show: fn(&Config) -> String,
}

impl Key {
    /// Its name in the environment.
    pub fn variable(&self) -> String {
        format!("VIGIA_{}", self.name.to_ascii_uppercase())
    }

    /// Its name as a flag, without the `--`.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }
}

/// Every setting, in the order they are shown.
pub static KEYS: [Key; 39] = [
    Key {
        name: "listen",
        shape: Shape::Text,
        help: "Address and port to listen on. Other machines are answered only over TLS: see public_url and allow_plain_http.",
        serving: true,
        secret: false,
        set: |config, text| listen(text).map(|listen| config.listen = listen),
        show: |config| config.listen.to_string(),
    },
    Key {
        name: "database",
        shape: Shape::Text,
        help: "Where events and users are kept: sqlite:// and the path of a file, or postgres://USER:PASSWORD@HOST/DATABASE. DATABASE_URL says the same.",
        serving: false,
        secret: true,
        set: |config, text| text.parse().map(|url| config.database = url),
        show: |config| config.database.to_string(),
    },
    Key {
        name: "assets",
        shape: Shape::Text,
        help: "Folder of the page's built files.",
        serving: true,
        secret: false,
        set: |config, text| {
            not_empty(text, "is not a folder; write the path of the page's built files").map(|()| config.assets = PathBuf::from(text))
        },
        show: |config| config.assets.display().to_string(),
    },
    Key {
        name: "public_url",
        shape: Shape::Text,
        help: "Where people reach the server, when it stands behind a proxy that speaks TLS: https:// and the host name.",
        serving: true,
        secret: false,
        set: |config, text| text.parse().map(|url| config.public_url = Some(url)),
        show: |config| config.public_url.as_ref().map(ToString::to_string).unwrap_or_default(),
    },
    Key {
        name: "trusted_proxies",
        shape: Shape::List,
        help: "Addresses and networks of the proxies in front, as in 127.0.0.1,10.0.0.0/8: of them alone it is believed for whom a request is.",
        serving: true,
        secret: false,
        set: |config, text| networks(text).map(|trusted| config.proxies.trusted = trusted),
        show: |config| config.proxies.trusted.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    },
    Key {
        name: "proxy_header",
        shape: Shape::Text,
        help: "The header in which they say so: x-forwarded-for, forwarded or x-real-ip.",
        serving: true,
        secret: false,
        set: |config, text| text.parse().map(|header| config.proxies.header = header),
        show: |config| config.proxies.header.to_string(),
    },
    Key {
        name: "allow_plain_http",
        shape: Shape::Flag,
        help: "Answers other machines without TLS: passwords and cookies then cross the network readable.",
        serving: true,
        secret: false,
        set: |config, text| parse(text, "is neither true nor false").map(|allow| config.allow_plain_http = allow),
        show: |config| config.allow_plain_http.to_string(),
    },
    Key {
        name: "log",
        shape: Shape::Text,
        help: "Least level of log lines: error, warn, info, debug or trace; or per part, as in info,vigia=debug.",
        serving: false,
        secret: false,
        set: |config, text| {
            // A lone word that is not a level would be read as the name of a part, and silence all others.
            let sound = |part: &str| part.contains('=') || part.parse::<LevelFilter>().is_ok();
            if !text.split(',').all(|part| sound(part.trim())) || EnvFilter::builder().parse(text).is_err() {
                return Err(
                    "is not a log filter; write error, warn, info, debug or trace, or levels of parts as in info,vigia=debug".to_owned()
                );
            }
            text.clone_into(&mut config.log);
            Ok(())
        },
        show: |config| config.log.clone(),
    },
    Key {
        name: "log_format",
        shape: Shape::Text,
        help: "How log lines look: text, or json for a collector.",
        serving: false,
        secret: false,
        set: |config, text| {
            config.log_format = match text {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return Err("is not a log format; write text or json".to_owned()),
            };
            Ok(())
        },
        show: |config| match config.log_format {
            LogFormat::Text => "text".to_owned(),
            LogFormat::Json => "json".to_owned(),
        },
    },
    Key {
        name: "query_seconds",
        shape: Shape::Number,
        help: "Time limit of one report query, in seconds: 1 to 300.",
        serving: true,
        secret: false,
        set: |config, text| {
            let wrong = "is not a time limit; write a number of seconds from 1 to 300";
            let seconds = parse(text, wrong)?;
            if !(1..=300).contains(&seconds) {
                return Err(wrong.to_owned());
            }
            config.query_seconds = seconds;
            Ok(())
        },
        show: |config| config.query_seconds.to_string(),
    },
    Key {
        name: "exports_at_once",
        shape: Shape::Number,
        help: "Exports of reports that are made at a time: 1 to 64. Further ones wait their turn.",
        serving: true,
        secret: false,
        set: |config, text| {
            within(text, 1..=64, "is not a number of exports; write one from 1 to 64").map(|number| config.exports_at_once = number)
        },
        show: |config| config.exports_at_once.to_string(),
    },
    Key {
        name: "exports_each",
        shape: Shape::Number,
        help: "Exports of one person, or token, that are made at a time: 1 to 64.",
        serving: true,
        secret: false,
        set: |config, text| {
            within(text, 1..=64, "is not a number of exports; write one from 1 to 64").map(|number| config.exports_each = number)
        },
        show: |config| config.exports_each.to_string(),
    },
    Key {
        name: "export_wait_seconds",
        shape: Shape::Number,
        help: "How long an export waits its turn before it is refused, in seconds: 0 to 300.",
        serving: true,
        secret: false,
        set: |config, text| {
            within(text, 0..=300, "is not a time to wait; write a number of seconds from 0 to 300")
                .map(|seconds| config.export_wait_seconds = seconds)
        },
        show: |config| config.export_wait_seconds.to_string(),
    },
    Key {
        name: "index_folder",
        shape: Shape::Text,
        help: "Folder of the index, which is on this machine and can be deleted: it is built anew from the database. Where nothing is said, beside the database's file, or data/index.",
        serving: true,
        secret: false,
        set: |config, text| {
            config.index_folder = Some(text).filter(|text| !text.is_empty()).map(PathBuf::from);
            Ok(())
        },
        show: |config| config.index_folder.as_ref().map(|folder| folder.display().to_string()).unwrap_or_default(),
    },
    Key {
        name: "index_cache_mib",
        shape: Shape::Number,
        help: "Memory for what the index read lately, in MiB: 16 to 65536.",
        serving: true,
        secret: false,
        set: |config, text| {
            let wrong = "is not a size; write a number of MiB from 16 to 65536";
            let size = parse(text, wrong)?;
            if !(16..=65536).contains(&size) {
                return Err(wrong.to_owned());
            }
            config.index_cache_mib = size;
            Ok(())
        },
        show: |config| config.index_cache_mib.to_string(),
    },
    Key {
        name: "mappings",
        shape: Shape::List,
        help: "Files with mappings of your own, read as further formats; their paths hold no comma.",
        serving: false,
        secret: false,
        set: |config, text| {
            let paths = text.split(',').map(str::trim).filter(|path| !path.is_empty());
            config.mappings = paths.map(PathBuf::from).collect();
            Ok(())
        },
        show: |config| config.mappings.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(","),
    },
    Key {
        name: "log_zone",
        shape: Shape::Text,
        help: "Zone of the times in other systems' logs that are written without one, as in America/Sao_Paulo.",
        serving: false,
        secret: false,
        set: |config, text| {
            let zone = parse(text, "is not a time zone; write a name of the IANA database, as in UTC or America/Sao_Paulo")?;
            config.log_zone = zone;
            Ok(())
        },
        show: |config| config.log_zone.name().to_owned(),
    },
    Key {
        name: "retention",
        shape: Shape::List,
        help: "How long events are kept, by report or report/source, as in audit-tracking=400d; for ever where nothing is said. What Vigia itself writes into Audit tracking goes by audit-tracking/vigia alone, of 365d or more.",
        serving: true,
        secret: false,
        set: |config, text| text.parse().map(|retention| config.retention = retention),
        show: |config| config.retention.to_string(),
    },
    Key {
        name: "syslog",
        shape: Shape::List,
        help: "Where syslog messages are taken, as in tcp://127.0.0.1:1514?format=cef&source=segura; also udp:// and tls://. See docs/ingest.md.",
        serving: true,
        secret: false,
        set: |config, text| {
            let listeners = text.split(',').map(str::trim).filter(|text| !text.is_empty());
            config.syslog = listeners.map(str::parse).collect::<Result<_, _>>()?;
            Ok(())
        },
        show: |config| config.syslog.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    },
    Key {
        name: "connectors",
        shape: Shape::Text,
        help: "File that says how operations are carried out: connectors, routes, limits. See docs/connectors.md.",
        serving: true,
        secret: false,
        set: |config, text| {
            config.connectors = Some(text).filter(|text| !text.is_empty()).map(PathBuf::from);
            Ok(())
        },
        show: |config| config.connectors.as_ref().map(|path| path.display().to_string()).unwrap_or_default(),
    },
    Key {
        name: "smtp",
        shape: Shape::Text,
        help: "Mail server for notifications: smtps://USER:PASSWORD@HOST, or smtp://USER:PASSWORD@HOST?tls=required for STARTTLS; without TLS to this machine alone.",
        serving: true,
        secret: true,
        set: |config, text| {
            if !(text.is_empty() || text.starts_with("smtps://") || text.starts_with("smtp://")) {
                return Err("is not an address of a mail server; write smtps://USER:PASSWORD@HOST".to_owned());
            }
            config.smtp = Some(text).filter(|text| !text.is_empty()).map(|text| Secret::new(text.to_owned()));
            Ok(())
        },
        show: |config| config.smtp.as_ref().map(|_| "***".to_owned()).unwrap_or_default(),
    },
    Key {
        name: "mail_from",
        shape: Shape::Text,
        help: "Address that e-mails come from, as in vigia@example.com.",
        serving: true,
        secret: false,
        set: |config, text| {
            if !(text.is_empty() || text.contains('@')) {
                return Err("is not a mail address; write for example vigia@example.com".to_owned());
            }
            config.mail_from = Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
            Ok(())
        },
        show: |config| config.mail_from.clone().unwrap_or_default(),
    },
    Key {
        name: "notify_hosts",
        shape: Shape::List,
        help: "Hosts, *.domains, addresses and networks that webhooks of notifications may go to; none where nothing is said.",
        serving: true,
        secret: false,
        set: |config, text| {
            let hosts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
            config.notify_hosts = hosts.map(|host| Allowed::try_from(host.to_owned())).collect::<Result<_, _>>()?;
            Ok(())
        },
        show: |config| config.notify_hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    },
    Key {
        name: "backup_folder",
        shape: Shape::Text,
        help: "Folder of the backups that Vigia makes of itself, best on another disk. Where nothing is said, beside the database's file, or data/backups. See docs/backups.md.",
        serving: false,
        secret: false,
        set: |config, text| {
            config.backups.folder = Some(text).filter(|text| !text.is_empty()).map(PathBuf::from);
            Ok(())
        },
        show: |config| config.backups.folder.as_ref().map(|folder| folder.display().to_string()).unwrap_or_default(),
    },
    Key {
        name: "backup_copies",
        shape: Shape::List,
        help: "Further places that have a copy of each backup: folders (/mnt/backups) and S3-compatible stores (s3://BUCKET/PREFIX), whose address and key are in the variables AWS_*. See docs/backups.md.",
        serving: false,
        secret: true,
        set: |config, text| places(text).map(|copies| config.backups.copies = copies),
        show: |config| config.backups.copies.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    },
    Key {
        name: "backup_recipients",
        shape: Shape::List,
        help: "Public keys of age, age1..., that open backups too: with none, whoever loses the database loses its backups.",
        serving: false,
        secret: false,
        set: |config, text| {
            let keys = text.split(',').map(str::trim).filter(|text| !text.is_empty());
            config.backups.recipients = keys.map(str::parse).collect::<Result<_, _>>()?;
            Ok(())
        },
        show: |config| config.backups.recipients.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    },
    Key {
        name: "backup_offline_only",
        shape: Shape::Flag,
        help: "Whether backups are made for backup_recipients alone: true or false. The instance opens none then: it checks their hashes, not their content, and there are no drills by schedule.",
        serving: false,
        secret: false,
        set: |config, text| parse(text, "is neither true nor false").map(|flag| config.backups.offline_only = flag),
        show: |config| config.backups.offline_only.to_string(),
    },
    Key {
        name: "backup_full",
        shape: Shape::Text,
        help: "When everything is backed up, as cron has it: 0 2 * * * is every day at 02:00. Never where nothing is said.",
        serving: true,
        secret: false,
        set: |config, text| schedule(text).map(|schedule| config.backups.full = schedule),
        show: |config| config.backups.full.as_ref().map(ToString::to_string).unwrap_or_default(),
    },
    Key {
        name: "backup_partial",
        shape: Shape::Text,
        help: "When the last days, users and settings are backed up, as cron has it: 0 * * * * is every hour. Never where nothing is said.",
        serving: true,
        secret: false,
        set: |config, text| schedule(text).map(|schedule| config.backups.partial = schedule),
        show: |config| config.backups.partial.as_ref().map(ToString::to_string).unwrap_or_default(),
    },
    Key {
        name: "backup_drill",
        shape: Shape::Text,
        help: "When the newest full backup is restored into a database that nobody uses, as cron has it: 0 4 * * 7 is every Sunday at 04:00. Never where nothing is said.",
        serving: true,
        secret: false,
        set: |config, text| schedule(text).map(|schedule| config.backups.drill = schedule),
        show: |config| config.backups.drill.as_ref().map(ToString::to_string).unwrap_or_default(),
    },
    Key {
        name: "backup_verify",
        shape: Shape::Text,
        help: "When backups are read whose verification is missing or older than backup_verify_days, as cron has it: 0 5 * * * is every day at 05:00. Never where nothing is said.",
        serving: true,
        secret: false,
        set: |config, text| schedule(text).map(|schedule| config.backups.verify = schedule),
        show: |config| config.backups.verify.as_ref().map(ToString::to_string).unwrap_or_default(),
    },
    Key {
        name: "backup_verify_days",
        shape: Shape::Number,
        help: "How many days the verification of a backup is good for, before it is said to be outdated: 1 to 3650.",
        serving: false,
        secret: false,
        set: |config, text| days(text).map(|days| config.backups.verify_days = days),
        show: |config| config.backups.verify_days.to_string(),
    },
    Key {
        name: "backup_partial_days",
        shape: Shape::Number,
        help: "How many days of events a partial backup has: 1 to 3650.",
        serving: false,
        secret: false,
        set: |config, text| days(text).map(|days| config.backups.partial_days = days),
        show: |config| config.backups.partial_days.to_string(),
    },
    Key {
        name: "backup_partial_reports",
        shape: Shape::List,
        help: "Whose events a partial backup has, as in password-view,audit-tracking; those of all reports where nothing is said.",
        serving: false,
        secret: false,
        set: |config, text| known_reports(text).map(|reports| config.backups.partial_reports = reports),
        show: |config| config.backups.partial_reports.join(","),
    },
    Key {
        name: "backup_zone",
        shape: Shape::Text,
        help: "Zone of the schedules of backups, as in America/Sao_Paulo.",
        serving: false,
        secret: false,
        set: |config, text| {
            let zone = parse(text, "is not a time zone; write a name of the IANA database, as in UTC or America/Sao_Paulo")?;
            config.backups.zone = zone;
            Ok(())
        },
        show: |config| config.backups.zone.name().to_owned(),
    },
    Key {
        name: "backup_keep",
        shape: Shape::List,
        help: "Which backups of each type stay, as in last=3,daily=7,weekly=5,monthly=12 or days=30; all where nothing is said.",
        serving: false,
        secret: false,
        set: |config, text| text.parse().map(|keep| config.backups.keep = keep),
        show: |config| config.backups.keep.to_string(),
    },
    Key {
        name: "backup_before_upgrade",
        shape: Shape::Flag,
        help: "Whether a database of an earlier version is backed up before it is brought to this one. Where nothing is said, where backup_full or backup_partial says when.",
        serving: false,
        secret: false,
        set: |config, text| {
            config.backups.before_upgrade = if text.is_empty() { None } else { Some(parse(text, "is neither true nor false")?) };
            Ok(())
        },
        show: |config| config.backups.before_upgrade.map(|wanted| wanted.to_string()).unwrap_or_default(),
    },
    Key {
        name: "backup_link_minutes",
        shape: Shape::Number,
        help: "How long a link that downloads a backup is good for, in minutes: 1 to 1440.",
        serving: true,
        secret: false,
        set: |config, text| {
            let wrong = "is not a number of minutes; write 1 to 1440";
            let minutes = parse(text, wrong)?;
            if !(1..=1_440).contains(&minutes) {
                return Err(wrong.to_owned());
            }
            config.backups.link_minutes = minutes;
            Ok(())
        },
        show: |config| config.backups.link_minutes.to_string(),
    },
    Key {
        name: "backup_download_rate",
        shape: Shape::Text,
        help: "Bytes a second that each download of a backup gets at most, as in 500KiB or 20MiB; as many as there are where nothing is said.",
        serving: true,
        secret: false,
        set: |config, text| {
            config.backups.download_rate = if text.trim().is_empty() { None } else { Some(text.parse()?) };
            Ok(())
        },
        show: |config| config.backups.download_rate.as_ref().map(ToString::to_string).unwrap_or_default(),
    },
];

/// The setting of this name.
pub fn by_name(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

fn parse<T: FromStr>(text: &str, wrong: &str) -> Result<T, String> {
    text.parse().map_err(|_| wrong.to_owned())
}

fn within<T: FromStr + PartialOrd>(text: &str, range: RangeInclusive<T>, wrong: &str) -> Result<T, String> {
    parse(text, wrong).ok().filter(|number| range.contains(number)).ok_or_else(|| wrong.to_owned())
}

fn days(text: &str) -> Result<u32, String> {
    let days = text.parse().ok().filter(|days| (1..=3_650).contains(days));
    days.ok_or_else(|| "is not a number of days; write 1 to 3650".to_owned())
}

/// Keys of reports that there are.
fn known_reports(text: &str) -> Result<Vec<String>, String> {
    let wanted: Vec<_> = text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect();
    if let Some(unknown) = wanted.iter().find(|key| reports::by_key(key).is_none()) {
        let known: Vec<_> = reports::ALL.iter().map(|report| report.key).collect();
        return Err(format!("names no report with {unknown:?}; reports are {}", known.join(", ")));
    }
    Ok(wanted)
}

/// None where nothing is said.
fn schedule(text: &str) -> Result<Option<Schedule>, String> {
    if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some) }
}

fn not_empty(text: &str, wrong: &str) -> Result<(), String> {
    if text.trim().is_empty() { Err(wrong.to_owned()) } else { Ok(()) }
}

/// Names are not looked up: what the server listens on must not depend on what a resolver says at start.
fn listen(text: &str) -> Result<SocketAddr, String> {
    if let Some(port) = text.strip_prefix("localhost:") {
        let wrong = "has no port from 0 to 65535 after localhost:";
        return parse(port, wrong).map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    parse(text, "is not an address with a port; write for example 127.0.0.1:3000, 0.0.0.0:3000 or [::1]:3000")
}
