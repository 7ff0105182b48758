//! The devices of the sandbox: a file with a hash for each account, and what a device answers.

use crate::demo::estate::Estate;
use crate::demo::troubles::{DOWN, LOCKED};
use crate::file::{self, Locked};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use vigia_app::model::ErrorClass;

/// The file of the hashes.
pub(super) const FILE: &str = "devices.json";
/// So many refused sign-ins in a row lock an account.
const LOCKS: u32 = 3;
/// How long it is tried to reach a device that is down.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Every device, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Devices(pub BTreeMap<String, Device>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Device {
    /// Whether it does not answer.
    pub down: bool,
    /// By user name.
    pub accounts: BTreeMap<String, Account>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Account {
    /// A PHC string.
    pub hash: String,
    /// Refused sign-ins since the last that was not.
    pub refused: u32,
}

/// What a device is asked for: JSON.
#[derive(Deserialize)]
pub struct Request {
    device: String,
    username: String,
    #[serde(flatten)]
    wish: Wish,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Wish {
    /// Whether an administrator gets in, and the account can be changed.
    Reach {},
    /// An administrator sets the account's password.
    Set { password: String },
    /// Somebody signs in as the account.
    SignIn { password: String },
}

/// What it answers: JSON.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    Done {},
    SignedIn { signed_in: bool },
    Refused { error_class: &'static str, message: String },
}

impl Answer {
    fn refused(class: ErrorClass, message: String) -> Self {
        Self::Refused { error_class: class.name(), message }
    }
}

impl Devices {
    /// The company's devices, each account with a password that `password` makes for it.
    pub(super) fn new(estate: &Estate, mut password: impl FnMut(&str, &str) -> io::Result<String>) -> io::Result<Self> {
        let mut devices = Self::default();
        for credential in &estate.credentials {
            let (name, username) = (estate.devices[credential.device].name.as_str(), credential.username);
            let hash = hash(&password(name, username)?)?;
            let refused = if LOCKED.contains(&(name, username)) { LOCKS } else { 0 };
            let device = devices.0.entry(name.to_owned());
            let device = device.or_insert_with(|| Device { down: DOWN.contains(&name), accounts: BTreeMap::new() });
            device.accounts.insert(username.to_owned(), Account { hash, refused });
        }
        Ok(devices)
    }

    /// Brings up what is down, and unlocks what is locked; how many devices, and accounts.
    pub(super) fn mend(&mut self) -> (usize, usize) {
        let down = self.0.values_mut().filter(|device| device.down).map(|device| device.down = false).count();
        let accounts = self.0.values_mut().flat_map(|device| device.accounts.values_mut());
        let locked = accounts.filter(|account| account.refused >= LOCKS).map(|account| account.refused = 0).count();
        (down, locked)
    }
}

/// The devices of a sandbox, as a connector reaches them.
pub struct Network {
    folder: PathBuf,
    /// Waits.
    wait: fn(Duration),
}

impl Network {
    pub fn new(folder: &Path, wait: fn(Duration)) -> Self {
        Self { folder: folder.to_owned(), wait }
    }

    /// What a device answers. A password it has taken is durable then.
    ///
    /// # Errors
    /// When the sandbox's files cannot be read or written: a fault of the demo, and not of the device.
    pub fn ask(&self, request: &Request) -> io::Result<Answer> {
        let Request { device, username, wish } = request;
        let devices = self.devices()?;
        let Some(found) = devices.0.get(device) else {
            return Ok(Answer::refused(ErrorClass::NotFound, format!("The demo has no device {device:?}")));
        };
        if found.down {
            (self.wait)(PATIENCE);
            return Ok(Answer::refused(
                ErrorClass::Connectivity,
                format!("connect to {device}: no route to host (vigia demo --mend brings it up)"),
            ));
        }
        (self.wait)(pace(device));
        let Some(account) = found.accounts.get(username) else {
            return Ok(Answer::refused(ErrorClass::NotFound, format!("{device} has no account {username:?}")));
        };
        if account.refused >= LOCKS {
            return Ok(Answer::refused(
                ErrorClass::AccountLocked,
                format!("The account {username} is locked on {device} after {LOCKS} refused sign-ins (vigia demo --mend unlocks it)"),
            ));
        }
        match wish {
            Wish::Reach {} => Ok(Answer::Done {}),
            Wish::Set { password } => {
                let hash = hash(password)?;
                self.change(device, username, |account| *account = Account { hash, refused: 0 })?;
                Ok(Answer::Done {})
            }
            Wish::SignIn { password } => {
                let signed_in = fits(password, &account.hash)?;
                if !signed_in || account.refused > 0 {
                    self.change(device, username, |account| account.refused = if signed_in { 0 } else { account.refused + 1 })?;
                }
                Ok(Answer::SignedIn { signed_in })
            }
        }
    }

    fn devices(&self) -> io::Result<Devices> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, format!("there is no demo in {}", self.folder.display()));
        file::read(&self.folder.join(FILE))?.ok_or_else(missing)
    }

    /// Changes an account, as it is now.
    fn change(&self, device: &str, username: &str, change: impl FnOnce(&mut Account)) -> io::Result<()> {
        let _locked = Locked::new(&self.folder)?;
        let mut devices = self.devices()?;
        if let Some(account) = devices.0.get_mut(device).and_then(|device| device.accounts.get_mut(username)) {
            change(account);
        }
        file::write(&self.folder.join(FILE), &devices)
    }
}

/// How long a device takes to answer: a bit more than half a second, and the same each time.
fn pace(device: &str) -> Duration {
    Duration::from_millis(450 + device.bytes().map(u64::from).sum::<u64>() % 200)
}

/// As little work as argon2id allows for passwords that nobody chose and nobody has a use for: there are hundreds of them.
fn argon2() -> io::Result<Argon2<'static>> {
    let params = Params::new(256, 1, 1, None).map_err(io::Error::other)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> io::Result<String> {
    argon2()?.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(io::Error::other)
}

fn fits(password: &str, hash: &str) -> io::Result<bool> {
    let hash = PasswordHash::new(hash).map_err(io::Error::other)?;
    match argon2()?.verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(io::Error::other(error)),
    }
}
