//! What an instance signs its backups with and opens them with, and for whom else they are made.

use super::note::Verifier;
use crate::config::Recipient;
use crate::secret::{is_open, told_open};
use age::secrecy::ExposeSecret as _;
use age::x25519;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The keys of an instance.
pub struct Keys {
    /// What the instance is called in backups: `vigia-` and eight digits.
    pub name: String,
    pub(super) signer: Ed25519KeyPair,
    identity: x25519::Identity,
}

/// The keys as they are kept: whoever has them opens every backup of the instance, and signs as it does.
#[derive(Serialize, Deserialize)]
struct KeptKeys {
    name: String,
    /// `AGE-SECRET-KEY-1...`
    identity: String,
    /// PKCS #8, in base64.
    signer: String,
}

/// What is kept is not a pair of keys.
#[derive(Debug, thiserror::Error)]
#[error("the keys for backups that the database holds cannot be read")]
pub struct UnreadableKeys;

impl Keys {
    /// New ones, and how they are kept.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> Result<(Self, String), UnreadableKeys> {
        let signer = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| UnreadableKeys)?;
        let kept = KeptKeys {
            name: format!("vigia-{:08x}", rand::random::<u32>()),
            identity: x25519::Identity::generate().to_string().expose_secret().to_owned(),
            signer: STANDARD.encode(signer.as_ref()),
        };
        let text = serde_json::to_string(&kept).map_err(|_| UnreadableKeys)?;
        Ok((Self::read(&text)?, text))
    }

    /// Those that were kept.
    ///
    /// # Errors
    /// When the text is none of theirs.
    pub fn read(kept: &str) -> Result<Self, UnreadableKeys> {
        let kept: KeptKeys = serde_json::from_str(kept).map_err(|_| UnreadableKeys)?;
        let signer = STANDARD.decode(kept.signer).map_err(|_| UnreadableKeys)?;
        Ok(Self {
            name: kept.name,
            identity: kept.identity.parse().map_err(|_| UnreadableKeys)?,
            signer: Ed25519KeyPair::from_pkcs8(&signer).map_err(|_| UnreadableKeys)?,
        })
    }

    /// Whom the instance's own backups are made for, itself.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.identity.to_public())
    }

    /// What opens them.
    pub fn identity(&self) -> Identity {
        Identity(self.identity.clone())
    }

    /// What tells whether the instance has signed something.
    pub fn verifier(&self) -> Verifier {
        Verifier::new(&self.name, self.signer.public_key().as_ref())
    }
}

/// What opens an archive: an age identity, `AGE-SECRET-KEY-1...`.
pub struct Identity(pub(super) x25519::Identity);

impl Identity {
    /// The first identity of the file at a path: see [`Identity::of_file`]. One that others on the machine can read is refused; what comes through a
    /// pipe nobody else can.
    ///
    /// # Errors
    /// A sentence that names the file, and never what is in it.
    pub fn of_path(path: &Path) -> Result<Self, String> {
        let file = path.display();
        let unreadable = |error| format!("{file} cannot be read: {error}.");
        let about = std::fs::metadata(path).map_err(unreadable)?;
        if about.is_file() && is_open(&about) {
            return Err(told_open(path));
        }
        Self::of_file(&std::fs::read_to_string(path).map_err(unreadable)?).map_err(|wrong| format!("{file}: {wrong}"))
    }

    /// The first identity of a file as `age-keygen` writes it; lines that begin with `#` are comments.
    ///
    /// # Errors
    /// In words, without what the file says.
    pub fn of_file(text: &str) -> Result<Self, String> {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        let identity = line.ok_or("There is no key in this file. It needs a line AGE-SECRET-KEY-1..., as `age-keygen` writes it.")?;
        identity
            .parse()
            .map(Self)
            .map_err(|_| "This file has no key of age. It needs a line AGE-SECRET-KEY-1..., as `age-keygen` writes it.".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_that_everybody_can_read_opens_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("offline.key");
        let said = || Identity::of_path(&path).map(|_| ()).expect_err("is refused");
        assert!(said().contains("cannot be read"), "{}", said());
        std::fs::write(&path, format!("# made up\n{}\n", x25519::Identity::generate().to_string().expose_secret())).expect("written");
        for (mode, works) in [(0o644, false), (0o604, false), (0o640, true), (0o600, true)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
            assert_eq!(Identity::of_path(&path).is_ok(), works, "{mode:o}");
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("set");
        let said = said();
        assert!(said.contains("chmod 600") && !said.contains("AGE-SECRET-KEY"), "{said}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("set");
        std::fs::write(&path, "nothing").expect("written");
        assert!(Identity::of_path(&path).is_err_and(|wrong| wrong.contains("offline.key: This file has no key")));
    }
}
