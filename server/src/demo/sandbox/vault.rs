//! The vault of the sandbox: the passwords that scripts keep, a JSON record for each account.

use crate::file::{self, Locked};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// The file of the records.
pub(super) const FILE: &str = "vault.json";

/// Records by device and user name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Records(pub BTreeMap<String, BTreeMap<String, Value>>);

/// See the module.
pub struct Vault(PathBuf);

impl Vault {
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// The record of an account, if there is one.
    pub fn get(&self, device: &str, username: &str) -> io::Result<Option<Value>> {
        let records: Records = file::read(&self.0.join(FILE))?.unwrap_or_default();
        Ok(records.0.get(device).and_then(|records| records.get(username)).cloned())
    }

    /// Keeps a record; on return it is durable.
    pub fn put(&self, device: &str, username: &str, record: Value) -> io::Result<()> {
        let _locked = Locked::new(&self.0)?;
        let path = self.0.join(FILE);
        let mut records: Records = file::read(&path)?.unwrap_or_default();
        records.0.entry(device.to_owned()).or_default().insert(username.to_owned(), record);
        file::write(&path, &records)
    }
}
