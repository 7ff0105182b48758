//! Secrets are in files of their own: never in the connectors file, in a log line or in a message.

use serde::Deserialize;
use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Most bytes of a file with a secret.
const LONGEST: u64 = 16 * 1024;

/// What users who are neither a file's owner nor of its group may do with it.
const OTHERS: u32 = 0o007;

/// Whether others than a file's owner and its group may do anything with it.
pub fn is_open(about: &std::fs::Metadata) -> bool {
    about.mode() & OTHERS != 0
}

/// The sentence about a file that is.
pub fn told_open(path: &Path) -> String {
    let file = path.display();
    format!("The file {file} holds a secret, and everybody on this machine can read or change it: chmod 600 {file}.")
}

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

    /// The secret, without white space around it. A file that everybody on the machine can read is refused.
    ///
    /// # Errors
    /// A sentence that names the file, and never what is in it.
    pub fn read(&self) -> Result<Secret, String> {
        let file = self.0.display();
        let about = std::fs::metadata(&self.0).map_err(|error| format!("The file {file} cannot be read: {error}."))?;
        if is_open(&about) {
            return Err(told_open(&self.0));
        }
        let size = about.len();
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_secret_that_everybody_can_read_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        std::fs::write(&path, "hunter22222\n").expect("written");
        for (mode, good) in [(0o600, true), (0o640, true), (0o644, false), (0o602, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
            let read = SecretFile(path.clone()).read();
            assert_eq!(read.is_ok(), good, "{mode:o}");
            if let Err(wrong) = read {
                assert!(wrong.contains("chmod 600") && !wrong.contains("hunter"), "{wrong}");
            }
        }
    }
}
