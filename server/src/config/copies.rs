//! Further places for backups.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A place that has a copy of each backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyPlace {
    /// Without what does not matter in a path: `/a/b` and `/a//b/` are one.
    Folder(PathBuf),
    Bucket {
        bucket: String,
        /// Parts of the names of the objects before the last one, with `/` between them; empty where there is none.
        prefix: String,
    },
}

/// As it is written in settings and shown: a path, or `s3://BUCKET/PREFIX`.
impl fmt::Display for CopyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Bucket { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::Bucket { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

impl FromStr for CopyPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once("://") else { return Ok(folder(text)) };
        match scheme {
            "file" if rest.contains('%') => Err(format!("has {text:?}; write the folder as a path, without % for letters")),
            "file" if rest.starts_with('/') => Ok(folder(rest)),
            "file" => Err(format!("has {text:?}, which is no folder of this machine; write three slashes, as in file:///mnt/backups")),
            "s3" => bucket(rest),
            // What stands behind it may have a password.
            _ => Err(format!(
                "has a place that begins with {scheme:?}; write a folder (/mnt/backups, file:///mnt/backups) or s3://BUCKET/PREFIX"
            )),
        }
    }
}

fn folder(text: &str) -> CopyPlace {
    CopyPlace::Folder(PathBuf::from(text).components().collect())
}

fn bucket(rest: &str) -> Result<CopyPlace, String> {
    if rest.contains(['@', '?', '#', ':']) {
        return Err(
            "has a place with more in it than bucket and prefix; write s3://BUCKET/PREFIX, and give the key and the store's address \
                    in the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL"
                .to_owned(),
        );
    }
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_bucket = (3..=63).contains(&bucket.len())
        && bucket.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
        && bucket.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if !is_bucket {
        return Err(format!("names {bucket:?}, which no bucket is called: write 3 to 63 small letters, digits, points and hyphens"));
    }
    let prefix = prefix.trim_end_matches('/');
    let is_part = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'='))
    };
    if !prefix.is_empty() && !prefix.split('/').all(is_part) {
        return Err(format!("has the prefix {prefix:?}; write letters, digits, - _ . and =, with one / between its parts"));
    }
    Ok(CopyPlace::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
}

/// Several, with commas between them.
pub(super) fn places(text: &str) -> Result<Vec<CopyPlace>, String> {
    let mut places = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let place: CopyPlace = part.parse()?;
        if places.contains(&place) {
            return Err(format!("names {place} twice; leave one of the two out"));
        }
        places.push(place);
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_kept() {
        let all = places("/mnt/backups/, file:///srv//b,s3://vigia-backups/site-1/x/,s3://other").expect("places");
        let shown: Vec<_> = all.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["/mnt/backups", "/srv/b", "s3://vigia-backups/site-1/x", "s3://other"]);
        assert_eq!(places(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_would_be_right() {
        for (wrong, said) in [
            ("gs://bucket", "\"gs\"; write a folder"),
            ("https://key:hunter2@host/bucket", "\"https\"; write a folder"),
            ("file://host/folder", "three slashes"),
            ("file:///my%20folder", "as a path"),
            ("s3://key:hunter2@bucket/x", "AWS_SECRET_ACCESS_KEY"),
            ("s3://", "no bucket is called"),
            ("s3://Bucket", "no bucket is called"),
            ("s3://bucket/a//b", "one / between"),
            ("s3://bucket/../b", "one / between"),
            ("s3://bucket/a,s3://bucket/a/", "names s3://bucket/a twice"),
            ("/mnt/b,file:///mnt/b/", "names /mnt/b twice"),
        ] {
            let error = places(wrong).expect_err(wrong);
            assert!(error.contains(said), "{wrong}: {error}");
            assert!(!error.contains("hunter2"), "{wrong}: {error}");
        }
    }
}
