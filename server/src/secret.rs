//! Secrets are in files of their own: never in the connectors file, in a log line or in a message.

use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};

/// Most bytes of a file with a secret.
const LONGEST: u64 = 16 * 1024;

/// A file whose only content is a secret; read each time it is needed, so that it may be replaced while Vigia runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretFile(PathBuf);

/// Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    pub fn new(text: String) -> Self {
        Self(text)
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl SecretFile {
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The secret, without white space around it.
    ///
    /// # Errors
    /// A sentence that names the file, and never what is in it.
    pub fn read(&self) -> Result<Secret, String> {
        let file = self.0.display();
        let size = std::fs::metadata(&self.0).map_err(|error| format!("The file {file} cannot be read: {error}."))?.len();
        if size > LONGEST {
            return Err(format!("The file {file} is too long for a secret: {size} bytes of at most {LONGEST}."));
        }
        let bytes = std::fs::read(&self.0).map_err(|error| format!("The file {file} cannot be read: {error}."))?;
        let text = std::str::from_utf8(&bytes).ok().map(str::trim);
        match text.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())) {
            Some(secret) => Ok(Secret(secret.to_owned())),
            None => Err(format!("The file {file} holds no secret: a single line of ASCII without blanks is expected.")),
        }
    }
}
