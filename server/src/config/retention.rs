//! How long events are kept.

use crate::source_name::OWN;
use std::fmt;
use std::str::FromStr;
use vigia_app::model::Report;
use vigia_app::reports::{self, AUDIT_TRACKING};

/// Shortest time that Vigia's own rows of Audit tracking are kept, in days. PCI DSS 4.0.1, 10.5.1: the history of audit logs is kept for at least 12 months.
pub const OWN_TRAIL: u32 = 365;

/// Events that may go after a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepFor {
    pub report: &'static Report,
    /// Of this source alone; of every one where none is named.
    pub source: Option<String>,
    /// At least 1.
    pub days: u32,
}

/// Rules such as `audit-tracking=400d` and `password-view/openbao=90d`; none keeps everything for ever.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retention(pub Vec<KeepFor>);

impl KeepFor {
    /// Whether it is about Vigia's own rows of Audit tracking: no other rule is.
    pub fn is_of_own_trail(&self) -> bool {
        self.report.key == AUDIT_TRACKING.key && self.source.as_deref().is_some_and(|source| source.eq_ignore_ascii_case(OWN))
    }
}

impl FromStr for KeepFor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (what, days) =
            text.split_once('=').ok_or("is not a rule; write a report, = and a number of days, as in audit-tracking=400d")?;
        let (key, source) = match what.trim().split_once('/') {
            Some((key, source)) => (key, Some(source)),
            None => (what.trim(), None),
        };
        let report = reports::by_key(key).ok_or_else(|| {
            let known: Vec<_> = reports::ALL.iter().map(|report| report.key).collect();
            format!("names no report; reports are {}", known.join(", "))
        })?;
        if source.is_some_and(str::is_empty) {
            return Err("names no source after the /; write for example password-view/openbao=90d".to_owned());
        }
        let days = days.trim().strip_suffix('d').and_then(|days| days.parse().ok()).filter(|days| (1..=36_500).contains(days));
        let days = days.ok_or("has no number of days after the =; write 1d to 36500d")?;
        let rule = Self { report, source: source.map(str::to_owned), days };
        if rule.is_of_own_trail() && days < OWN_TRAIL {
            return Err(format!("would remove what Vigia itself writes into Audit tracking within a year; write {OWN_TRAIL}d or more"));
        }
        Ok(rule)
    }
}

impl FromStr for Retention {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut rules: Vec<KeepFor> = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let rule: KeepFor = part.parse().map_err(|wrong| format!("{wrong} ({part:?})"))?;
            let is_source = |other: &KeepFor| match (&other.source, &rule.source) {
                (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
                (one, other) => one == other,
            };
            if rules.iter().any(|other| other.report.key == rule.report.key && is_source(other)) {
                return Err(format!("says twice how long the same events are kept ({part:?}); leave one of the two out"));
            }
            rules.push(rule);
        }
        for rule in rules.iter().filter(|rule| rule.source.is_some() && !rule.is_of_own_trail()) {
            let of_report = rules.iter().find(|other| other.report.key == rule.report.key && other.source.is_none());
            if let Some(of_report) = of_report.filter(|of_report| of_report.days < rule.days) {
                return Err(format!(
                    "keeps a source longer than its report, which would remove it ({rule}, {of_report}); a source may only be kept shorter"
                ));
            }
        }
        Ok(Self(rules))
    }
}

impl fmt::Display for KeepFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.report.key)?;
        if let Some(source) = &self.source {
            write!(f, "/{source}")?;
        }
        write!(f, "={}d", self.days)
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&rules.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_as_they_are_written() {
        for text in ["", "audit-tracking=400d", "password-view=365d,password-view/openbao=90d,performed-backups=36500d"] {
            assert_eq!(text.parse::<Retention>().expect("rules").to_string(), text);
        }
        assert_eq!(" audit-tracking = 7d , ".parse::<Retention>().expect("rules").to_string(), "audit-tracking=7d");
    }

    #[test]
    fn what_vigia_itself_writes_is_kept_a_year_at_least_and_longer_than_the_report_if_wanted() {
        for text in ["audit-tracking/vigia=365d", "audit-tracking=30d,audit-tracking/Vigia=3650d", "performed-backups/vigia=30d"] {
            assert_eq!(text.parse::<Retention>().expect(text).to_string(), text);
        }
        for text in ["audit-tracking/vigia=364d", "audit-tracking/VIGIA=1d", "audit-tracking=400d, audit-tracking/vigia=30d"] {
            let wrong = text.parse::<Retention>().expect_err(text);
            assert!(wrong.contains("write 365d or more"), "{text}: {wrong}");
        }
    }

    #[test]
    fn a_rule_that_cannot_be_meant_is_refused_with_what_would_be_right() {
        for (text, says) in [
            ("audit-tracking", "write a report, ="),
            ("logins=3d", "reports are password-operation, password-view"),
            ("audit-tracking=3", "1d to 36500d"),
            ("audit-tracking=0d", "1d to 36500d"),
            ("audit-tracking/=3d", "names no source"),
            ("audit-tracking=3d,audit-tracking=4d", "twice"),
            ("audit-tracking/a=3d,audit-tracking/A=4d", "twice"),
            ("audit-tracking=3d,audit-tracking/a=4d", "only be kept shorter"),
        ] {
            let wrong = text.parse::<Retention>().expect_err(text);
            assert!(wrong.contains(says), "{text}: {wrong}");
        }
    }
}
