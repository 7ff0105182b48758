//! The sandbox of `vigia serve --demo`: devices that are made up, whose passwords are really changed and really verified.
//!
//! It is a folder beside the database: the devices with a hash for each account ([`devices`]), a vault ([`vault`]), a script that changes
//! passwords as those for real devices do, the connectors file that runs it, and the mail that notifications send. Vigia itself knows
//! nothing of it but that file: operations are carried out as everywhere.

mod devices;
mod props;
mod vault;

pub use devices::{Network, Request};
pub use vault::Vault;

use super::attempts::PASSWORDS;
use super::estate::Estate;
use super::troubles::DRIFTED;
use crate::file::{self, LOCK, Locked};
use crate::identity::random_text;
use devices::Devices;
use serde_json::json;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use vault::Records;

/// The connectors: one for each, and one whose operations need an approval.
pub const CONNECTORS: [&str; 2] = ["demo", "demo-approved"];

/// What a demo with a sandbox says of itself.
pub const ABOUT: &str = "Everything here is made up: the company, its people and its devices do not exist. Operations are really carried out, \
                         on simulated devices of this machine, and mails stay in a mailbox on the page Notifications. The command \
                         vigia demo --remove removes all of it.";

/// The scripts, as they are in the repository: whoever has the program has them too, and none older than the program.
const SCRIPTS: [(&str, &str); 2] = [
    ("demo-device", include_str!("../../../../docs/connectors/demo-device")),
    ("vigia_change.py", include_str!("../../../../docs/connectors/vigia_change.py")),
];
const CONNECTORS_FILE: &str = "connectors.toml";
const MAIL: &str = "mail";

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sandbox {
    folder: PathBuf,
}

impl Sandbox {
    /// The sandbox of a database's folder, whether it is there or not.
    pub fn beside(folder: &Path) -> Self {
        Self { folder: folder.join("demo") }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file for the setting `connectors`.
    pub fn connectors_file(&self) -> PathBuf {
        self.folder.join(CONNECTORS_FILE)
    }

    /// The folder that mail is kept in.
    pub fn mail(&self) -> PathBuf {
        self.folder.join(MAIL)
    }

    /// Sets up that of a database's folder. Passwords that are there stay; scripts and connectors file are those of this program, and
    /// of the Python that is found in `path`.
    ///
    /// # Errors
    /// A sentence: what is missing, and what would help.
    pub fn set_up(folder: &Path, path: Option<&OsStr>) -> Result<Self, String> {
        let python = find("python3", path)
            .ok_or("python3 was not found, which the demo's connector runs: install it, and start again to have operations carried out.")?;
        let failed = |error: io::Error| format!("The demo's devices cannot be set up in {}: {error}.", folder.display());
        let sandbox = Self::beside(&std::path::absolute(folder.join(".")).map_err(failed)?);
        let vigia = std::env::current_exe().map_err(failed)?;
        sandbox.make(&vigia, &python).map_err(failed)?;
        Ok(sandbox)
    }

    /// Makes what is not there yet.
    fn make(&self, vigia: &Path, python: &Path) -> io::Result<()> {
        std::fs::create_dir_all(self.mail())?;
        let text = connectors_file(&self.folder, vigia, python)?;
        let _locked = Locked::new(&self.folder)?;
        let files = SCRIPTS.into_iter().chain([(CONNECTORS_FILE, text.as_str())]);
        for (name, text) in files {
            let path = self.folder.join(name);
            if std::fs::read(&path).ok().as_deref() != Some(text.as_bytes()) {
                file::put(&path, text.as_bytes())?;
            }
        }
        self.make_devices()
    }

    /// Makes the devices, and a vault that has their passwords; once.
    fn make_devices(&self) -> io::Result<()> {
        let path = self.folder.join(devices::FILE);
        if path.exists() {
            return Ok(());
        }
        let mut records = Records::default();
        let random = || random_text::<18>().map_err(io::Error::other);
        let devices = Devices::new(&Estate::new(), |device, username| {
            let password = random()?;
            let kept = if DRIFTED.contains(&(device, username)) { random()? } else { password.clone() };
            records.0.entry(device.to_owned()).or_default().insert(username.to_owned(), json!({ "password": kept }));
            Ok(password)
        })?;
        // The devices last: while they are not there, nothing has been made.
        file::write(&self.folder.join(vault::FILE), &records)?;
        file::write(&path, &devices)
    }

    /// Brings devices up and unlocks accounts; how many of each. `None` where there is no sandbox.
    pub fn mend(&self) -> io::Result<Option<(usize, usize)>> {
        let path = self.folder.join(devices::FILE);
        if !path.exists() {
            return Ok(None);
        }
        let _locked = Locked::new(&self.folder)?;
        let Some(mut devices) = file::read::<Devices>(&path)? else { return Ok(None) };
        let mended = devices.mend();
        file::write(&path, &devices).map(|()| Some(mended))
    }

    /// Removes it, and nothing else that somebody has put into its folder; false where there was none.
    pub fn remove(&self) -> io::Result<bool> {
        if !self.folder.exists() {
            return Ok(false);
        }
        let own = [devices::FILE, vault::FILE, CONNECTORS_FILE, LOCK].into_iter().chain(SCRIPTS.map(|(name, _)| name));
        let mut files: Vec<PathBuf> = own.map(|name| self.folder.join(name)).collect();
        if let Ok(mails) = std::fs::read_dir(self.mail()) {
            let mails = mails.filter_map(Result::ok).map(|entry| entry.path());
            files.extend(mails.filter(|path| path.extension().is_some_and(|extension| extension == "json")));
        }
        for path in files {
            gone(std::fs::remove_file(path))?;
        }
        for folder in [self.mail(), self.folder.clone()] {
            match std::fs::remove_dir(folder) {
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
                other => gone(other)?,
            }
        }
        Ok(true)
    }
}

/// What was not there need not be removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Where a program is, by its whole path: the system's own before another that stands in `path`.
fn find(program: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    let folders = std::iter::once(PathBuf::from("/usr/bin")).chain(path.into_iter().flat_map(std::env::split_paths));
    folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The text of the connectors file.
fn connectors_file(folder: &Path, vigia: &Path, python: &Path) -> io::Result<String> {
    let text = |path: &Path| {
        path.to_str()
            .map(str::to_owned)
            .ok_or_else(|| io::Error::other(format!("{} is not UTF-8, which a connectors file has to be", path.display())))
    };
    let quoted = |path: &Path| text(path).map(|path| format!("'{}'", path.replace('\'', r#"'"'"'"#)));
    let (program, place) = (quoted(vigia)?, quoted(folder)?);
    let vault = |verb: &str| format!("{program} demo vault --folder {place} {verb} {{device:hex}} {{username:hex}}");
    let env = [
        ("VIGIA_DEMO_DEVICE", format!("{program} demo device --folder {place}")),
        ("VIGIA_VAULT_GET", vault("get")),
        ("VIGIA_VAULT_PUT", vault("put")),
    ];
    let toml = |text: String| toml::Value::from(text).to_string();
    let env: String = env.into_iter().map(|(name, value)| format!("{name} = {}\n", toml(value))).collect();
    let command = [toml(text(python)?), toml(text(&folder.join(SCRIPTS[0].0))?)].join(", ");
    // Every device of the demo, and nothing else: an event may speak of any.
    let hosts: Vec<String> = Estate::new().devices.into_iter().map(|device| device.name).collect();
    let mut file = include_str!("connectors.toml").to_owned();
    for (name, approval) in CONNECTORS.into_iter().zip([false, true]) {
        file.push_str(&format!(
            "\n[connector.{name}]\nkind = \"command\"\ncommand = [{command}]\noperations = {PASSWORDS:?}\napproval = {approval}\ntimeout = \"20s\"\n\
             hosts = {hosts:?}\n\n[connector.{name}.env]\n{env}"
        ));
    }
    file.push_str(&format!("\n[[route]]\nmatch = {{ source = \"{}\" }}\nconnector = \"{}\"\n", super::SOURCE, CONNECTORS[0]));
    Ok(file)
}
