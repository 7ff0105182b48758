//! `vigia backup`: backups of Vigia itself.

use super::out::Out;
use super::{Status, deed};
use crate::backups::archive::keys::Identity;
use crate::backups::archive::manifest::{Manifest, Type};
use crate::backups::copies::fetch::fetched;
use crate::backups::copies::{Known, StoreVariables};
use crate::backups::drill::drill;
use crate::backups::{self, Backups, Configuration, Wanted};
use crate::identity::{Actor, Identity as Trails};
use clap::{Args, Subcommand, ValueEnum};
use std::io::Write;
use std::path::PathBuf;
use vigia_app::model::Timestamp;

#[derive(Subcommand)]
pub(super) enum Backup {
    /// Make a backup now. Servers may go on meanwhile.
    Now {
        /// What is in it: everything; or users, settings and the events of the last days, as the setting backup_partial_days says
        #[arg(long = "type", value_enum, default_value_t = Kind::Full)]
        kind: Kind,
        #[command(flatten)]
        part: Part,
    },
    /// Print the backups that are there, oldest first.
    List,
    /// Read backups from beginning to end, and say whether they are whole; of those that only keys kept elsewhere open, whether their hashes are right.
    Verify {
        /// Names as `vigia backup list` prints them; all where none is given
        names: Vec<String>,
    },
    /// Put a backup that is lost or damaged into the folder again, from a place that has a copy of it.
    Fetch {
        /// A name as `vigia backup list` prints it
        name: String,
    },
    /// Restore a backup into a database that nobody uses, and say how that went.
    Drill {
        /// A name as `vigia backup list` prints it, or with --identity the path of an archive or the address of a copy (s3://BUCKET/PREFIX/NAME.tar.zst.age); the newest full backup where nothing is said
        backup: Option<String>,
        /// A file with a key that opens it, as age-keygen writes one: for an archive of any instance
        #[arg(long, value_name = "FILE", requires = "backup")]
        identity: Option<PathBuf>,
    },
    /// Remove the backups that the setting backup_keep does not keep.
    Prune {
        /// Only say which those are
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the keys of this instance: whom its backups are made for, and whose signature they have.
    Keys,
}

/// What a partial backup has. With one of --from and --to, the other end is open; with neither, it has the last days.
#[derive(Args)]
pub(super) struct Part {
    /// Of a partial one, a report whose events are in it, as in password-view; may be given several times. Those of backup_partial_reports where none is given
    #[arg(long = "report", value_name = "KEY", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reports: Vec<String>,
    /// Of a partial one, events from then on, as in 2027-01-31T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Timestamp>,
    /// Of a partial one, events before then
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<Timestamp>,
    /// Of a partial one, leave out users, tokens, settings, secrets and the quarantine
    #[arg(long)]
    no_configuration: bool,
    /// Of a partial one, leave out all events
    #[arg(long, conflicts_with_all = ["reports", "from", "to", "no_configuration"])]
    only_configuration: bool,
}

fn time(text: &str) -> Result<Timestamp, String> {
    let wrong = || "write a time as in 2027-01-31T00:00:00Z".to_owned();
    let time = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| wrong())?;
    Timestamp::from_millis(time.timestamp_millis()).ok_or_else(wrong)
}

impl From<&Part> for backups::Part {
    fn from(part: &Part) -> Self {
        let configuration = match (part.only_configuration, part.no_configuration) {
            (true, _) => Configuration::Only,
            (_, true) => Configuration::Without,
            _ => Configuration::With,
        };
        Self { reports: part.reports.clone(), from: part.from, to: part.to, configuration }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Kind {
    Full,
    Partial,
}

impl Backup {
    pub(super) async fn run(
        &self,
        backups: &Backups,
        identity: &Trails,
        stores: &StoreVariables,
        actor: &Actor,
        out: &mut Out<impl Write + Send>,
    ) -> anyhow::Result<Status> {
        match self {
            Self::Now { kind, part } => {
                let r#type = match kind {
                    Kind::Full => Type::Full,
                    Kind::Partial => Type::Partial,
                };
                let contents = backups.contents(r#type, part.into())?;
                let made = backups.make(Wanted { contents, reason: "Manual", actor: actor.clone() }).await?;
                let size = made.manifest.archive.as_ref().map_or(0, |archive| archive.size);
                out.line(&format!("{}: {} events and records, {size} bytes", made.path.display(), made.manifest.rows()))?;
                if matches!(kind, Kind::Partial) {
                    out.line(&format!("In it: {}.", made.manifest.contents.words()))?;
                }
                if !made.manifest.opens_here() {
                    out.line("Only keys that are kept elsewhere open it: this instance checks its hash, not its content.")?;
                } else if made.manifest.keys.iter().all(|key| key.own) {
                    out.line("Only this instance opens it: whoever loses the database loses the backup too. Set backup_recipients.")?;
                }
                let copies = backups.copies(&made.name).await?;
                for place in copies.checked() {
                    out.line(&format!("Copied to {place}, and read back there."))?;
                }
                for (place, wrong) in copies.wrong() {
                    out.line(&format!("No copy in {place} yet: {wrong} The server tries again."))?;
                }
                Ok(Status::Done)
            }
            Self::List => {
                deed::seen(identity, actor, "Backup", "All").await;
                let head = ["Name", "Type", "Reason", "Rows", "Bytes", "Newest event", "Verified", "Contents", "Where"].map(str::to_owned);
                let folder = backups.place().folder().display().to_string();
                let mut rows = vec![head];
                for Known { stored, here, copies } in backups.everywhere().await? {
                    let places = here.then_some(folder.as_str()).into_iter().chain(copies.checked()).collect::<Vec<_>>().join(", ");
                    let verified = verified(backups, backups.checked(&stored.name).await?.as_ref(), stored.manifest.opens_here());
                    let manifest = stored.manifest;
                    let size = manifest.archive.as_ref().map_or(0, |archive| archive.size);
                    let (count, newest) = (manifest.rows().to_string(), manifest.newest.unwrap_or_default());
                    let (kind, contents) = (manifest.contents.r#type.word().to_owned(), manifest.contents.words());
                    rows.push([stored.name, kind, manifest.reason, count, size.to_string(), newest, verified, contents, places]);
                }
                if rows.len() == 1 {
                    out.line(&format!("There is no backup in {folder}."))?;
                } else {
                    out.table(&rows)?;
                }
                Ok(Status::Done)
            }
            Self::Verify { names } => {
                let names = match &names[..] {
                    [] => backups.list().await?.into_iter().map(|stored| stored.name).collect(),
                    names => names.to_vec(),
                };
                let mut wrong = 0;
                for name in &names {
                    match backups.verify(name, actor).await {
                        Ok(stored) => out.line(&format!("{name}: {}", found(&stored.manifest)))?,
                        Err(error) => {
                            wrong += 1;
                            out.line(&format!("{name}: {error}"))?;
                        }
                    }
                }
                Ok(if wrong == 0 { Status::Done } else { Status::Failed })
            }
            Self::Fetch { name } => {
                let fetched = backups.fetch(name, actor).await?;
                out.line(&format!("{}: {}", fetched.path.display(), found(&fetched.manifest)))?;
                Ok(Status::Done)
            }
            Self::Drill { backup: Some(archive), identity: Some(key) } => {
                deed::seen(identity, actor, "Backup", archive).await;
                let key = Identity::of_path(key).map_err(anyhow::Error::msg)?;
                let (manifest, took) = {
                    let folder = std::env::temp_dir();
                    let archive = fetched(archive, stores, &folder).await.map_err(anyhow::Error::msg)?;
                    drill(archive.path(), vec![key], None, &folder).await?
                };
                out.line(&format!(
                    "{}: restored and equal, {} events and records, {:.1} s",
                    manifest.name,
                    manifest.rows(),
                    took.as_secs_f64()
                ))?;
                out.line("Nobody has looked who signed it.")?;
                Ok(Status::Done)
            }
            Self::Drill { backup, .. } => {
                let (stored, drilled) = backups.drill(backup.as_deref(), actor).await?;
                let seconds = drilled.took as f64 / 1000.0;
                out.line(&format!("{}: restored and equal, {} events and records, {seconds:.1} s", stored.name, stored.manifest.rows()))?;
                Ok(Status::Done)
            }
            Self::Prune { dry_run } => {
                let names = if *dry_run {
                    deed::seen(identity, actor, "Backup", "Those to be removed").await;
                    backups.removable().await?
                } else {
                    backups.prune(actor).await?
                };
                let what = if *dry_run { "would be removed" } else { "is removed" };
                for name in &names {
                    out.line(&format!("{name} {what}"))?;
                }
                if names.is_empty() {
                    out.line("All backups stay.")?;
                }
                Ok(Status::Done)
            }
            Self::Keys => {
                deed::seen(identity, actor, "Backup", "Keys").await;
                for key in backups.recipients().await? {
                    out.line(&format!("{}  {}", key.recipient, if key.own { "this instance" } else { "backup_recipients" }))?;
                }
                out.line(&format!("{}  signs", backups.keys().await?.verifier()))?;
                Ok(Status::Done)
            }
        }
    }
}

/// What a verification that passed has shown.
fn found(manifest: &Manifest) -> String {
    let rows = manifest.rows();
    if manifest.opens_here() {
        format!("whole, {rows} events and records")
    } else {
        format!("hash checked, content not: only keys that are kept elsewhere open it; its manifest says {rows} events and records")
    }
}

/// When a backup was found whole, in a few words; where the instance does not open it, when its hash was found right.
fn verified(backups: &Backups, checked: Option<&(Timestamp, Option<String>)>, opens: bool) -> String {
    let hash = if opens { "" } else { ", hash checked, content not" };
    match checked {
        None => "never".to_owned(),
        Some((_, Some(_))) => "damaged".to_owned(),
        Some((at, None)) if backups.is_outdated(*at) => format!("{}, outdated{hash}", at.rfc3339()),
        Some((at, None)) => format!("{}{hash}", at.rfc3339()),
    }
}
