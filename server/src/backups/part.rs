//! What a backup is to have in it, as whoever wants it says.

use super::archive::manifest::{Contents, Type};
use crate::config::BackupPolicy;
use serde::Deserialize;
use vigia_app::model::{ApiError, Timestamp};
use vigia_app::{reports, sentence};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What of everything a partial backup has. What is not said is as the settings have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Keys of reports; those of the settings where there is none.
    pub reports: Vec<String>,
    /// Events from then on. Where neither this nor `to` is said, those of the last days.
    pub from: Option<Timestamp>,
    /// Events before.
    pub to: Option<Timestamp>,
    pub configuration: Configuration,
}

/// Whether users, tokens, settings, secrets and the quarantine are in a partial backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[schema(as = BackupConfiguration)]
pub enum Configuration {
    /// They are, beside events.
    #[default]
    With,
    /// Events alone are.
    Without,
    /// They alone are, and no events.
    Only,
}

impl Contents {
    /// Everything.
    pub fn full() -> Self {
        Self { r#type: Type::Full, reports: every_report(), from: None, to: None, configuration: true }
    }

    /// What a backup of a type has in it, now.
    ///
    /// # Errors
    /// With what is wrong with the part: a full backup has none, a report is not known, or nothing would be in it.
    pub fn of(r#type: Type, part: Part, policy: &BackupPolicy, now: Timestamp) -> Result<Self, ApiError> {
        let Part { reports, from, to, configuration } = part;
        let said = [
            ("reports", !reports.is_empty()),
            ("from", from.is_some()),
            ("to", to.is_some()),
            ("configuration", configuration != Configuration::With),
        ];
        let said = |of: &[&str]| said.iter().find(|(field, is_said)| *is_said && of.contains(field)).map(|(field, _)| *field);
        if r#type == Type::Full {
            return match said(&["reports", "from", "to", "configuration"]) {
                Some(field) => Err(ApiError::invalid(field, sentence!("backup.part-of-full", field = field))),
                None => Ok(Self::full()),
            };
        }
        if configuration == Configuration::Only {
            return match said(&["reports", "from", "to"]) {
                Some(field) => Err(ApiError::invalid(field, sentence!("backup.part-of-configuration", field = field))),
                None => Ok(Self { r#type, reports: Vec::new(), from: None, to: None, configuration: true }),
            };
        }
        if let Some(unknown) = reports.iter().find(|key| reports::by_key(key).is_none()) {
            let known = every_report().join(", ");
            return Err(ApiError::invalid("reports", sentence!("error.no-report", report = unknown, known = known)));
        }
        if let (Some(first), Some(end)) = (from, to)
            && first >= end
        {
            return Err(ApiError::invalid("to", sentence!("backup.part-empty", from = first.rfc3339(), to = end.rfc3339())));
        }
        let wanted = if reports.is_empty() { &policy.partial_reports } else { &reports };
        // In the order of all, each once.
        let reports = every_report().into_iter().filter(|key| wanted.is_empty() || wanted.contains(key)).collect();
        let last_days = || Timestamp::saturating(now.millis() - i64::from(policy.partial_days) * DAY);
        let from = from.or_else(|| to.is_none().then(last_days));
        let time = |time: Option<Timestamp>| time.map(Timestamp::rfc3339);
        Ok(Self { r#type, reports, from: time(from), to: time(to), configuration: configuration == Configuration::With })
    }

    /// Whether everything is in it that came since its beginning, so that it goes on from what another one has.
    pub fn goes_on(&self) -> bool {
        self.to.is_none() && self.configuration && reports::ALL.iter().all(|report| self.reports.iter().any(|key| key == report.key))
    }

    /// What is in it, in a few words.
    pub fn words(&self) -> String {
        let has_all = reports::ALL.iter().all(|report| self.reports.iter().any(|key| key == report.key));
        let events = match (&self.reports[..], has_all) {
            ([], _) => return "configuration alone".to_owned(),
            (_, true) => "all reports".to_owned(),
            (some, false) => some.join(", "),
        };
        let from = self.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
        let to = self.to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default();
        let configuration = if self.configuration { "with" } else { "without" };
        format!("{events}{from}{to}, {configuration} configuration")
    }
}

fn every_report() -> Vec<String> {
    reports::ALL.iter().map(|report| report.key.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::saturating(day * DAY)
    }

    fn of(part: Part) -> Result<Contents, ApiError> {
        Contents::of(Type::Partial, part, &BackupPolicy::default(), at(100))
    }

    #[test]
    fn what_is_not_said_is_as_the_settings_have_it() {
        let all = of(Part::default()).expect("contents");
        assert_eq!((all.from, all.to, all.reports.len(), all.configuration), (Some(at(99).rfc3339()), None, reports::ALL.len(), true));
        let policy = BackupPolicy { partial_reports: vec!["audit-tracking".to_owned()], partial_days: 2, ..BackupPolicy::default() };
        let by_schedule = Contents::of(Type::Partial, Part::default(), &policy, at(100)).expect("contents");
        assert!(!by_schedule.goes_on());
        assert_eq!(by_schedule.words(), "audit-tracking from 1970-04-09T00:00:00.000Z, with configuration");
        let chosen = Part { reports: vec!["password-view".to_owned(); 2], to: Some(at(7)), ..Part::default() };
        let chosen = Contents::of(Type::Partial, chosen, &policy, at(100)).expect("contents");
        assert_eq!(chosen.words(), "password-view to 1970-01-08T00:00:00.000Z, with configuration");
        let only = of(Part { configuration: Configuration::Only, ..Part::default() }).expect("contents");
        assert_eq!((only.words().as_str(), only.goes_on()), ("configuration alone", false));
        assert!(of(Part { from: Some(at(3)), ..Part::default() }).expect("contents").goes_on());
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_field() {
        let field = |refused: Result<Contents, ApiError>| refused.expect_err("refused").field;
        let to = Part { to: Some(at(7)), ..Part::default() };
        assert_eq!(field(Contents::of(Type::Full, to.clone(), &BackupPolicy::default(), at(100))).as_deref(), Some("to"));
        assert_eq!(field(of(Part { from: Some(at(7)), ..to.clone() })).as_deref(), Some("to"), "nothing would be in it");
        assert_eq!(field(of(Part { configuration: Configuration::Only, ..to })).as_deref(), Some("to"));
        assert_eq!(field(of(Part { reports: vec!["views".to_owned()], ..Part::default() })).as_deref(), Some("reports"));
    }
}
