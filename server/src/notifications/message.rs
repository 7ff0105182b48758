//! What is told: the same facts for programs and for people. Texts of events are hostile: what is not printable is shown as such.

use crate::store::alarms::{Alarm, Trouble};
use crate::store::operations::Ended;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vigia_app::model::{ErrorClass, EventId, Occasion, Timestamp, visible};
use vigia_app::say;
use vigia_app::story::{PROFILE_PATH, Subject, TIMELINE_PATH};

/// The most that one message tells of.
pub(super) const MOST: u32 = 200;
/// Failures that an e-mail lists; the report has all.
const LISTED: usize = 50;
/// Longest message of a failure in an e-mail, in characters.
const LONGEST: usize = 300;

/// A message on its way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    /// The same for every try: receivers tell repeated ones by it.
    pub id: String,
    pub at: Timestamp,
    pub subject: String,
    /// For an e-mail.
    pub text: String,
    /// For a webhook.
    pub json: Value,
}

/// Where Vigia is, to link to it.
fn link(base: &str, failure: &Ended) -> String {
    format!("{base}/reports/events/password-operation?open={}", failure.id)
}

/// Failures of one occasion; `beside`: how many more there are.
pub(super) fn failures(id: String, at: Timestamp, occasion: Occasion, failures: &[Ended], beside: u64, base: &str) -> Message {
    let mut groups: BTreeMap<(&str, &str), Vec<&Ended>> = BTreeMap::new();
    for failure in failures {
        groups.entry((&failure.error_class, &failure.device)).or_default().push(failure);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, failures)| std::cmp::Reverse(failures.len()));
    let headline = |((class, device), failures): &((&str, &str), Vec<&Ended>)| {
        let (count, class) = (failures.len(), ErrorClass::parse(class).map_or_else(|| cut(class), |class| class.label().said().to_owned()));
        match device {
            &"" => say!("mail.failed", count = count, class = class),
            device => say!("mail.failed-on", count = count, device = cut(device), class = class),
        }
    };
    let subject = match &groups[..] {
        [one] => headline(one),
        _ => say!("mail.failed-several", count = failures.len()),
    };
    let mut text = String::new();
    let mut left = LISTED;
    for group in &groups {
        text.push_str(&headline(group));
        text.push_str("\r\n");
        for failure in group.1.iter().take(left) {
            let what = say!("mail.of", operation = cut(&failure.operation), username = cut(&failure.username));
            text.push_str(&format!("  {}  {what}: {}\r\n    {}\r\n", failure.at.rfc3339(), cut(&failure.message), link(base, failure)));
        }
        left = left.saturating_sub(group.1.len());
        text.push_str("\r\n");
    }
    more(&mut text, failures.len(), beside);
    let listed: Vec<_> = failures.iter().map(|failure| one(failure, base)).collect();
    Message { json: envelope(&id, occasion.key(), at, &data("failures", &listed, beside)), id, at, subject, text }
}

/// A view that is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sighting {
    pub id: EventId,
    pub user: String,
    pub operation: String,
    pub device: String,
    /// Whose password it was.
    pub username: String,
    pub risk: Option<i64>,
}

/// Views of one occasion, in the order of their times; `beside`: how many more there are.
pub(super) fn views(id: String, at: Timestamp, occasion: Occasion, views: &[Sighting], beside: u64, base: &str) -> Message {
    let link = |view: &Sighting| format!("{base}/reports/events/password-view?open={}", view.id);
    let count = views.len() as u64 + beside;
    let subject = match occasion {
        Occasion::EmergencyAccess => say!("mail.emergency", count = count),
        Occasion::FirstAccess => say!("mail.first-access", count = count),
        Occasion::WatchedView => say!("mail.watched", count = count),
        _ => say!("mail.risky", count = count),
    };
    let line = |view: &Sighting| {
        let Sighting { user, operation, device, username, .. } = view;
        let [user, operation, device, username] = [user, operation, device, username].map(|text| cut(text));
        let what = match view.risk {
            Some(risk) => {
                say!("mail.view-at-risk", user = user, operation = operation, username = username, device = device, risk = risk)
            }
            None => say!("mail.view", user = user, operation = operation, username = username, device = device),
        };
        format!("{}  {what}\r\n    {}\r\n", view.id.time().rfc3339(), link(view))
    };
    let mut text: String = views.iter().take(LISTED).map(line).collect();
    more(&mut text, views.len(), beside);
    let one = |view: &Sighting| {
        json!({
            "id": view.id.to_string(), "at": view.id.time().rfc3339(), "user": view.user, "operation": view.operation, "device": view.device,
            "username": view.username, "risk": view.risk, "link": link(view), "profile": profile(view, base),
        })
    };
    let listed: Vec<_> = views.iter().map(one).collect();
    Message { json: envelope(&id, occasion.key(), at, &data("views", &listed, beside)), id, at, subject, text }
}

/// The page of whoever viewed it; `null` where nobody is named.
fn profile(view: &Sighting, base: &str) -> Option<String> {
    let user = Subject::User(view.user.clone()).asked("UTC").encode();
    (!view.user.is_empty()).then(|| format!("{base}{PROFILE_PATH}?{user}"))
}

/// Sources that are silent: each with the time of the last event it has sent, where one is known.
pub(super) fn silent(id: String, at: Timestamp, hours: u16, sources: &[(String, Option<Timestamp>)], base: &str) -> Message {
    let link = |source: &str| {
        let value = utf8_percent_encode(source, NON_ALPHANUMERIC);
        format!("{base}{TIMELINE_PATH}?source={value}&zone=UTC")
    };
    let subject = match sources {
        [(one, _)] => say!("mail.silent", count = hours, source = cut(one)),
        _ => say!("mail.silent-several", count = sources.len()),
    };
    let line = |(source, last): &(String, Option<Timestamp>)| {
        let what = match last {
            Some(last) => say!("mail.silent-since", source = cut(source), last = last.rfc3339()),
            None => say!("mail.silent-never", source = cut(source)),
        };
        format!("{what}\r\n    {}\r\n", link(source))
    };
    let mut text: String = sources.iter().take(LISTED).map(line).collect();
    more(&mut text, sources.len(), 0);
    let one = |(source, last): &(String, Option<Timestamp>)| json!({ "source": source, "last": last.map(Timestamp::rfc3339), "link": link(source) });
    let listed: Vec<_> = sources.iter().map(one).collect();
    let data = json!({ "hours": hours, "sources": listed });
    Message { json: envelope(&id, Occasion::SourceSilent.key(), at, &data), id, at, subject, text }
}

/// Nobody has reviewed anything for so many days; `last`: when somebody did last.
pub(super) fn unreviewed(id: String, at: Timestamp, days: u16, last: Option<Timestamp>, base: &str) -> Message {
    let link = format!("{base}/reports/review");
    let subject = say!("mail.unreviewed", count = days);
    let last_words =
        last.map_or_else(|| say!("mail.unreviewed-never").to_owned(), |last| say!("mail.unreviewed-since", last = last.rfc3339()));
    let text = format!("{subject}. {last_words}\r\n\r\n{link}\r\n");
    let data = json!({ "days": days, "last": last.map(Timestamp::rfc3339), "link": link });
    Message { json: envelope(&id, Occasion::NobodyReviewed.key(), at, &data), id, at, subject, text }
}

/// Says how many there are beside those that an e-mail lists.
fn more(text: &mut String, told: usize, beside: u64) {
    let left = told.saturating_sub(LISTED) as u64 + beside;
    if left > 0 {
        text.push_str(&say!("mail.more", count = left));
        text.push_str("\r\n");
    }
}

/// What a webhook tells of, and how many more there are where that is so.
fn data(name: &str, listed: &[Value], beside: u64) -> Value {
    if beside == 0 { json!({ name: listed }) } else { json!({ name: listed, "more": beside }) }
}

/// What is wrong with backups, in the order in which it was noted.
pub(super) fn troubles(id: String, at: Timestamp, alarms: &[Alarm], base: &str) -> Message {
    let link = format!("{base}/reports/events/performed-backups");
    let subject = match alarms {
        [one] => headline(one),
        _ => say!("mail.backup.several", count = alarms.len()),
    };
    let line = |alarm: &Alarm| format!("{}  {}: {}\r\n", alarm.at.rfc3339(), headline(alarm), cut(&alarm.message));
    let mut text: String = alarms.iter().take(LISTED).map(line).collect();
    more(&mut text, alarms.len(), 0);
    text.push_str(&format!("\r\n{link}\r\n"));
    let one = |alarm: &Alarm| {
        let Alarm { at, trouble, name, message } = alarm;
        json!({ "at": at.rfc3339(), "trouble": trouble, "backup": name, "message": message, "link": link })
    };
    let listed: Vec<_> = alarms.iter().map(one).collect();
    Message { json: envelope(&id, Occasion::BackupTrouble.key(), at, &json!({ "troubles": listed })), id, at, subject, text }
}

fn headline(alarm: &Alarm) -> String {
    let name = cut(&alarm.name);
    match alarm.trouble {
        Trouble::Failed => say!("mail.backup.failed", name = name),
        Trouble::Missed => say!("mail.backup.missed", name = name),
        Trouble::Damaged => say!("mail.backup.damaged", name = name),
        Trouble::DrillFailed => say!("mail.backup.drill-failed", name = name),
        Trouble::VerificationOverdue => say!("mail.backup.verification-overdue").to_owned(),
    }
}

pub(super) fn test(id: String, at: Timestamp, rule: &str, base: &str) -> Message {
    let text = say!("mail.test", rule = cut(rule), address = base) + "\r\n";
    Message { json: envelope(&id, "test", at, &json!({ "rule": rule })), id, at, subject: say!("mail.test.subject").to_owned(), text }
}

fn envelope(id: &str, kind: &str, at: Timestamp, data: &Value) -> Value {
    json!({ "type": kind, "id": id, "timestamp": at.rfc3339(), "data": data })
}

fn one(failure: &Ended, base: &str) -> Value {
    json!({
        "id": failure.id.to_string(), "at": failure.at.rfc3339(), "device": failure.device, "username": failure.username,
        "operation": failure.operation, "error_class": failure.error_class, "message": failure.message, "link": link(base, failure),
    })
}

/// A text of an event in one line, printable and not long.
fn cut(text: &str) -> String {
    let shown = visible(text);
    let mut cut: String = shown.chars().take(LONGEST).map(|character| if character.is_whitespace() { ' ' } else { character }).collect();
    if shown.chars().nth(LONGEST).is_some() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(device: &str, message: &str) -> Ended {
        let at = Timestamp::saturating(1_795_356_207_000);
        let (device, username, operation) = (device.to_owned(), "root".to_owned(), "Change password".to_owned());
        Ended {
            at,
            id: EventId::first(at),
            device,
            username,
            operation,
            error_class: "Connectivity".to_owned(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn alike_failures_are_told_together() {
        let all = [failed("srv-db-03", "connection refused"), failed("srv-db-03", "connection refused")];
        let message = failures("m1".to_owned(), all[0].at, Occasion::OperationFailed, &all, 0, "https://vigia.example");
        assert_eq!(message.subject, "2 operations failed on srv-db-03: Connectivity");
        assert!(message.text.contains("https://vigia.example/reports/events/password-operation?open="), "{}", message.text);
        assert_eq!(message.json["data"]["failures"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn a_hostile_device_adds_no_header_and_no_line() {
        let all = [failed("srv\r\nBcc: eve@example.com", "no\r\n.\r\nMAIL FROM:<eve>\u{202e}")];
        let message = failures("m1".to_owned(), all[0].at, Occasion::OperationFailed, &all, 0, "");
        assert!(!message.subject.contains(['\r', '\n']), "{:?}", message.subject);
        assert!(!message.text.contains("\r\n.") && !message.text.contains('\u{202e}'), "{:?}", message.text);
    }
}
