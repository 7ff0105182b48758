//! What the environment says of S3-compatible stores.

use std::ffi::OsString;
use std::fmt;

/// The variables `AWS_*`: address, region and key of the stores. Never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct StoreVariables(Vec<(String, String)>);

impl fmt::Debug for StoreVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl StoreVariables {
    /// Those of an environment. Empty ones say nothing.
    pub fn of(environment: &[(OsString, OsString)]) -> Self {
        let text = |(name, value): &(OsString, OsString)| Some((name.to_str()?.to_owned(), value.to_str()?.to_owned()));
        let all = environment.iter().filter_map(text);
        Self(all.filter(|(name, value)| name.starts_with("AWS_") && !value.is_empty()).collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether one of these is there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.iter().any(|(name, _)| names.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_shown() {
        let environment = [("AWS_SECRET_ACCESS_KEY", "hunter2"), ("HOME", "/root"), ("AWS_REGION", "")];
        let variables = StoreVariables::of(&environment.map(|(name, value)| (name.into(), value.into())));
        assert_eq!(format!("{variables:?}"), "[\"AWS_SECRET_ACCESS_KEY\"]");
    }
}
