//! The reports. A new one is a declaration here, its entry in [`ALL`], and a migration with its table: docs/ADDING_A_REPORT.md walks
//! through it. The one behind the feature `fifth-report` is there to try that, and in no program that is installed.
//!
//! Columns, their order and their words come from the mission; what goes beyond it is hidden until chosen.

#[cfg(feature = "fifth-report")]
mod account_discovery;
mod audit_tracking;
mod password_operation;
mod password_view;
mod performed_backups;

#[cfg(feature = "fifth-report")]
pub use account_discovery::ACCOUNT_DISCOVERY;
pub use audit_tracking::AUDIT_TRACKING;
pub use password_operation::{PASSWORD_CHANGES, PASSWORD_OPERATION};
pub use password_view::PASSWORD_VIEW;
pub use performed_backups::PERFORMED_BACKUPS;

use crate::model::column::{labelled, plain, toned};
use crate::model::{ActorKind, Choice, Column, Group, Report, Tone, Verdict};

/// How many there are.
pub const COUNT: usize = 4 + cfg!(feature = "fifth-report") as usize;

/// Every report, in the order of the menu.
pub static ALL: [&Report; COUNT] = [
    &PASSWORD_OPERATION,
    &PASSWORD_VIEW,
    &PERFORMED_BACKUPS,
    &AUDIT_TRACKING,
    #[cfg(feature = "fifth-report")]
    &ACCOUNT_DISCOVERY,
];

/// The report of this key.
pub fn by_key(key: &str) -> Option<&'static Report> {
    ALL.into_iter().find(|report| report.key == key)
}

/// Kinds of credential; a list the administrators of a vault extend.
const CREDENTIAL_TYPES: &[Choice] = &labelled(
    "credential-type",
    [
        plain("Local User"),
        plain("Local Administrator"),
        plain("Domain User"),
        plain("Domain Admin"),
        plain("SSH Key"),
        plain("Application"),
        plain("Cloud"),
    ],
);

const ACTOR_KINDS: &[Choice] =
    &labelled("actor-kind", [plain(ActorKind::Person.word()), plain(ActorKind::Service.word()), plain(ActorKind::System.word())]);

/// Whether a person, a service or the system itself acted: an [`ActorKind`].
const fn actor_kind() -> Column {
    Column::choice("actor_kind", Group::Who, ACTOR_KINDS).hidden()
}

const VERDICTS: &[Choice] = &labelled(
    "verdict",
    [
        toned(Verdict::Expected.name(), Tone::Good),
        toned(Verdict::FollowUp.name(), Tone::Warning),
        toned(Verdict::Incident.name(), Tone::Bad),
    ],
);

/// The last [`Verdict`] of who reviewed the event; missing where nobody has.
const fn review() -> Column {
    Column::choice("review", Group::Why, VERDICTS).standing().hidden()
}

/// Who gave it.
const fn reviewed_by() -> Column {
    Column::text("reviewed_by", Group::Who).standing().hidden()
}

/// When.
const fn reviewed() -> Column {
    Column::time("reviewed").standing().hidden()
}

/// What people did, and what nobody said of whether people did it.
const PEOPLE: &str = "actor_kind.not=Service&actor_kind.not=System";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cell, Kind};
    use crate::words::LANGUAGES;
    use std::collections::HashSet;

    #[test]
    fn every_declaration_is_sound() {
        let words = ["q", "time", "from", "to", "zone", "sort", "limit", "columns", "cursor", "open"];
        for report in ALL {
            let keys: HashSet<_> = report.columns.iter().map(|column| column.key).collect();
            assert_eq!(keys.len(), report.columns.len(), "{}: a key appears twice", report.key);
            assert_eq!(report.columns[0].kind, Kind::Id, "{}: the id comes first", report.key);
            assert_eq!(report.columns.last().map(|column| column.key), Some("source"), "{}: the source comes last", report.key);
            assert_eq!(report.column(report.time).map(|column| column.kind), Some(Kind::Time), "{}: its time is a time", report.key);
            if let Some(actions) = &report.actions {
                assert!(matches!(report.column(actions.status).map(|column| column.kind), Some(Kind::Choice { .. })), "{}", report.key);
                assert_eq!(report.column(actions.ended).map(|column| column.kind), Some(Kind::Time), "{}", report.key);
            }
            let icons = include_str!("../../../style/15-icons.css");
            assert!(icons.contains(&format!(".icon-{} {{", report.icon)), "{}: the stylesheet has no icon {}", report.key, report.icon);
            for key in [report.card.who, report.card.mark] {
                assert!(report.column(key).is_some(), "{}: its card names no column {key}", report.key);
            }
            let about = &report.about;
            assert!(!about.user.is_empty(), "{}: nobody acts", report.key);
            let named = [about.device, about.username, about.governance_id, about.outcome].into_iter().flatten();
            for key in named.chain(about.user.iter().copied()) {
                let column = report.column(key).unwrap_or_else(|| panic!("{}: it is about no column {key}", report.key));
                let is_name = Some(key) == about.outcome || column.kind == Kind::Text;
                assert!(is_name, "{}: {key} is compared as names are", report.key);
            }
            assert!(about.username.is_none() || about.device.is_some(), "{}: an account is on a device", report.key);
            for sentence in [report.words.headline, report.words.card, about.what] {
                assert_eq!(report.told(sentence).count(), sentence.facts.len(), "{}: {} names no column", report.key, sentence.text.said());
            }
            for column in report.columns {
                assert!(column.chars.0 <= column.chars.1, "{}: {}", report.key, column.key);
                assert!(column.key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}: {}", report.key, column.key);
                assert!(!words.contains(&column.key), "{}: {} is a word of the URL", report.key, column.key);
                assert!(column.help.said().ends_with('.'), "{}: the help of {} is a sentence", report.key, column.key);
            }
        }
    }

    #[test]
    fn what_vigia_itself_has_written_is_told_from_what_others_say() {
        for report in ALL {
            let source = report.column("source").expect("a column");
            let word = |name: &str| source.word(&Cell::text(name), &LANGUAGES[0]);
            assert_eq!([word("vigia"), word("openbao"), word("vigia-berlin")], ["Vigia itself", "openbao", "vigia-berlin"]);
            assert_eq!((source.tone("vigia"), source.tone("openbao")), (Tone::Scheduled, Tone::Plain));
        }
        assert!(AUDIT_TRACKING.column("source").is_some_and(|column| column.shown), "it is seen unless somebody hides it");
        assert!(AUDIT_TRACKING.column("user").is_some_and(|column| column.listed("vigia").is_none()), "in other columns it is a name");
    }

    #[cfg(feature = "fifth-report")]
    #[test]
    fn a_duration_in_a_headline_is_in_words() {
        let mut cells = vec![Cell::Empty; ACCOUNT_DISCOVERY.columns.len()];
        for (key, cell) in [("device", "srv-db-01".into()), ("duration", Cell::Number(80_000))] {
            cells[ACCOUNT_DISCOVERY.position(key).expect("a column")] = cell;
        }
        assert_eq!(ACCOUNT_DISCOVERY.headline(&cells), "Search of srv-db-01, 1 min 20 s");
    }

    #[test]
    fn a_headline_leaves_out_what_is_missing() {
        let mut cells = vec![Cell::Empty; PASSWORD_VIEW.columns.len()];
        let mut set = |key: &str, text: &str| {
            if let Some(at) = PASSWORD_VIEW.position(key) {
                cells[at] = Cell::text(text);
            }
        };
        set("operation", "View password");
        set("user", "Ana Lima");
        set("username", "root");
        assert_eq!(PASSWORD_VIEW.headline(&cells), "Ana Lima: View password of root");
    }
}
