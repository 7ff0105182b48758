//! The database's URL, which may hold a password.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Kind and place of the database. Its `Display` and `Debug` hide passwords; only [`DatabaseUrl::expose`] tells.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

const HIDDEN: &str = "***";
/// The file that is used where nothing is said.
const DEFAULT: &str = "data/vigia.db";

impl DatabaseUrl {
    /// The URL with its password, for the store.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The folder of a database file; for a server's database, the one that a file would be in by default.
    pub fn folder(&self) -> PathBuf {
        let path = self.0.strip_prefix("sqlite://").map(Path::new).unwrap_or(Path::new(DEFAULT));
        path.parent().unwrap_or(Path::new("")).to_owned()
    }

    /// Where the index of this database is kept: beside its file, or for a server's database in the folder that a file would be in.
    pub fn index_folder(&self) -> PathBuf {
        match self.0.strip_prefix("sqlite://") {
            Some(file) => PathBuf::from(format!("{file}-index")),
            None => self.folder().join("index"),
        }
    }

    /// Where backups of this database are kept: beside its file, or for a server's database in the folder that a file would be in.
    pub fn backup_folder(&self) -> PathBuf {
        match self.0.strip_prefix("sqlite://") {
            Some(file) => PathBuf::from(format!("{file}-backups")),
            None => self.folder().join("backups"),
        }
    }

    /// The password may stand between user and host (a `/` or `@` in it is a mistake, but one that must not print it), or
    /// among the parameters.
    fn masked(&self) -> String {
        let Some((scheme, rest)) = self.0.split_once("://") else { return HIDDEN.to_owned() };
        if scheme == "sqlite" {
            return self.0.clone();
        }
        let (place, parameters) = match rest.split_once('?') {
            // A `?` before the `@` belongs to the password.
            Some((_, after)) if after.contains('@') => (rest, None),
            Some((place, parameters)) => (place, Some(parameters)),
            None => (rest, None),
        };
        let place = match place.rsplit_once('@') {
            Some((user, host)) => match user.split_once(':') {
                Some((user, _)) => format!("{user}:{HIDDEN}@{host}"),
                None => format!("{user}@{host}"),
            },
            None => place.to_owned(),
        };
        let parameters = parameters.map(|parameters| {
            let shown = parameters.split('&').map(|parameter| match parameter.split_once('=') {
                Some((name, _)) if name.to_ascii_lowercase().contains("pass") => format!("{name}={HIDDEN}"),
                _ => parameter.to_owned(),
            });
            format!("?{}", shown.collect::<Vec<_>>().join("&"))
        });
        format!("{scheme}://{place}{}", parameters.unwrap_or_default())
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self(format!("sqlite://{DEFAULT}"))
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sound = text.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
        if sound {
            Ok(Self(text.to_owned()))
        } else {
            Err("is not a database URL; write sqlite:// and the path of a file, or postgres://USER:PASSWORD@HOST/DATABASE".to_owned())
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        for (url, shown) in [
            ("sqlite://data/vigia.db", "sqlite://data/vigia.db"),
            ("postgres://db.example/vigia", "postgres://db.example/vigia"),
            ("postgres://vigia@db.example/vigia", "postgres://vigia@db.example/vigia"),
            ("postgres://vigia:s3cret@db.example/vigia?sslmode=require", "postgres://vigia:***@db.example/vigia?sslmode=require"),
            ("postgres://vigia:s3c/r@t?s3cret@db.example/vigia", "postgres://vigia:***@db.example/vigia"),
            (
                "postgres://db.example/vigia?password=s3cret&sslPassword=s3cret&a=b",
                "postgres://db.example/vigia?password=***&sslPassword=***&a=b",
            ),
        ] {
            let parsed: DatabaseUrl = url.parse().expect("a database URL");
            assert_eq!(parsed.to_string(), shown);
            assert!(!format!("{parsed:?}").contains("s3c"), "{parsed:?}");
            assert_eq!(parsed.expose(), url);
        }
    }

    #[test]
    fn a_database_has_a_folder_for_what_belongs_to_it() {
        for (url, folder) in [
            ("sqlite://data/vigia.db", "data"),
            ("sqlite:///var/lib/vigia/vigia.db", "/var/lib/vigia"),
            ("sqlite://vigia.db", ""),
            ("postgres://db.example/vigia", "data"),
        ] {
            assert_eq!(url.parse::<DatabaseUrl>().expect("a database URL").folder(), Path::new(folder), "{url}");
        }
    }

    #[test]
    fn a_path_alone_is_no_database_url() {
        for text in ["data/vigia.db", "sqlite://", "://x", ""] {
            assert!(text.parse::<DatabaseUrl>().is_err(), "{text}");
        }
    }
}
