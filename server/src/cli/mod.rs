//! The command line.

mod account;
mod backup;
mod config;
mod db;
mod deed;
mod demo;
mod import;
mod index;
mod log;
mod mapping;
mod measured;
mod out;
mod password;
mod quarantine;
mod release;
mod restore;
mod risk;
mod serve;
mod settings;
mod status;
mod tail;
#[cfg(test)]
mod tests;
mod token;
mod user;

pub use status::{Status, sentences};

use crate::backups::copies::StoreVariables;
use crate::backups::{BackupError, BackupSetup, Backups, before};
use crate::clock;
use crate::config::{Config, Loaded, Sources};
use crate::identity::Identity;
use crate::ingest::{Context, Formats, Intake};
use crate::store::Store;
use clap::{Parser, Subcommand};
use out::Out;
use settings::Settings;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A console for the events of privileged access: what was done to passwords, who saw them and why, which backups were made,
/// and who changed what.
#[derive(Parser)]
#[command(
    name = "vigia",
    version,
    max_term_width = 100,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(after_help = "Settings come from vigia.toml, then from the environment (VIGIA_LISTEN, ...), then from flags; `vigia config \
                        show` prints each with where it came from.\n\nExit status: 0 done, 1 failed, 2 wrong usage or settings, 3 \
                        imported, but some lines could not be read.")]
pub struct Cli {
    /// File with the settings [default: vigia.toml in the current folder, if it is there; environment: VIGIA_CONFIG]
    #[arg(long, value_name = "FILE", global = true, help_heading = "Settings")]
    config: Option<PathBuf>,
    #[command(flatten)]
    everywhere: Settings<false>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer browsers and the REST API until Ctrl-C or SIGTERM.
    Serve(serve::Serve),
    /// Read a log of another system into the reports.
    ///
    /// What is there already is not stored again: a file may be imported as often as you like, for example while it grows.
    Import(import::Import),
    /// Look at a mapping file before it is put to use.
    #[command(subcommand)]
    Mapping(mapping::Mapping),
    /// Follow a log of another system while it grows, over rotations and restarts, until Ctrl-C or SIGTERM.
    Tail(tail::Tail),
    /// Fill the reports with made-up events, or remove everything of the demo again.
    Demo(demo::Demo),
    /// Manage who may sign in.
    #[command(subcommand)]
    User(user::User),
    /// Manage the tokens of programs that send events or read reports.
    #[command(subcommand)]
    Token(token::Token),
    /// Look at lines that no format understood, read them again, or remove them.
    #[command(subcommand)]
    Quarantine(quarantine::Quarantine),
    /// Make, list and verify backups of Vigia itself. See docs/backups.md.
    #[command(subcommand)]
    Backup(backup::Backup),
    /// Put a backup into an empty database. See docs/backups.md.
    Restore(restore::Restore),
    /// Have an instance that was restored act again: until then it carries nothing out, tells nobody and removes nothing.
    Release,
    /// Look after the index of this machine.
    #[command(subcommand)]
    Index(index::IndexOf),
    /// Look at what risk scores are worth.
    #[command(subcommand)]
    Risk(risk::Risk),
    /// Look after the database.
    #[command(subcommand)]
    Db(db::Db),
    /// Look at the settings.
    #[command(subcommand)]
    Config(config::Show),
}

/// Does what the command line says. `environment` is the process's.
///
/// # Errors
/// In sentences for whoever called; [`sentences`] prints them, [`Status::of`] is what to exit with.
pub async fn run(cli: Cli, environment: Vec<(OsString, OsString)>) -> anyhow::Result<Status> {
    let mut out = Out::stdout();
    // A device of the demo has no use for settings.
    if let Command::Demo(demo::Demo { part: Some(part), .. }) = &cli.command {
        return part.run(&mut out);
    }
    let actor = account::actor(&environment);
    let stores = StoreVariables::of(&environment);
    let path = environment.iter().find(|(name, _)| name == "PATH").map(|(_, path)| path.clone());
    let mut flags = cli.everywhere.0;
    flags.extend(match &cli.command {
        Command::Serve(serve) => serve.settings.0.clone(),
        Command::Config(show) => show.serving().0.clone(),
        Command::Import(_)
        | Command::Mapping(_)
        | Command::Tail(_)
        | Command::Demo(_)
        | Command::User(_)
        | Command::Token(_)
        | Command::Quarantine(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Release
        | Command::Index(_)
        | Command::Risk(_)
        | Command::Db(_) => Vec::new(),
    });
    let loaded = Loaded::read(&Sources { file: cli.config, environment, flags }, Path::new(""))?;
    let config = &loaded.config;
    log::start(config)?;
    match cli.command {
        Command::Serve(serve) => serve.run(config, backup_setup(config, &stores), clock::system(), path.as_deref(), &mut out).await,
        Command::Import(import) => import.run(config, &actor, &mut out).await,
        Command::Mapping(mapping) => mapping.run(config, &mut out),
        Command::Tail(tail) => tail.run(config, &actor, &mut out).await,
        Command::Demo(demo) => demo.run(config, open(config).await?, &clock::system(), &actor, &mut out).await,
        Command::User(user) => {
            let identity = Identity::new(open(config).await?, clock::system());
            let done = user.run(&identity, &actor, &mut out).await;
            deed::told(&identity, &actor, "user", done).await
        }
        Command::Token(token) => {
            let identity = Identity::new(open(config).await?, clock::system());
            let done = token.run(&identity, &clock::system(), &actor, &mut out).await;
            deed::told(&identity, &actor, "token", done).await
        }
        Command::Quarantine(quarantine) => {
            let intake = intake(config, open(config).await?)?;
            let identity = Identity::new(intake.store.clone(), clock::system());
            let done = quarantine.run(&intake, &identity, &actor, &mut out).await;
            deed::told(&identity, &actor, "quarantine", done).await
        }
        Command::Backup(backup) => {
            let store = open(config).await?;
            let identity = Identity::new(store.clone(), clock::system());
            let backups = Backups::new(store, clock::system(), backup_setup(config, &stores));
            let done = backup.run(&backups, &identity, &stores, &actor, &mut out).await;
            deed::told(&identity, &actor, "backup", done).await
        }
        Command::Index(index) => {
            let place = (config.index_folder(), config.index_cache_mib << 20);
            index.run(place, open(config).await?, clock::system(), &actor, &mut out).await
        }
        Command::Restore(restore) => restore.run(&stores, &actor, &mut out).await,
        Command::Release => {
            let store = open(config).await?;
            let backups = Backups::new(store.clone(), clock::system(), backup_setup(config, &stores));
            let done = release::run(&*store, &clock::system(), &actor, &backups, &mut out).await;
            deed::told(&Identity::new(store, clock::system()), &actor, "release", done).await
        }
        Command::Risk(risk) => risk.run(&mut out),
        Command::Db(db) => db.run(&backup_setup(config, &stores), &actor, &mut out).await,
        Command::Config(show) => show.run(&loaded, &mut out),
    }
}

async fn open(config: &Config) -> Result<Arc<dyn Store>, BackupError> {
    let setup = backup_setup(config, &StoreVariables::default());
    before::open(config.database.expose(), config.query_limit(), &clock::system(), &setup).await
}

/// How backups are made, as the settings have it.
fn backup_setup(config: &Config, stores: &StoreVariables) -> BackupSetup {
    let files = config.mappings.iter().chain(&config.connectors).map(|path| path.display().to_string());
    BackupSetup { policy: config.backups.clone(), folder: config.backup_folder(), left_out: files.collect(), stores: stores.clone() }
}

/// The way into the store, with the formats the settings name.
fn intake(config: &Config, store: Arc<dyn Store>) -> anyhow::Result<Intake> {
    Ok(Intake::new(store, Formats::with(&config.mappings)?, Context::system(config.log_zone)))
}
