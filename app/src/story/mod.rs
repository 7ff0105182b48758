//! What all reports say of a person, a device, a credential, a ticket or a time.
//!
//! Which columns of a report say that, its declaration says ([`About`](crate::model::About)): one question is made into one to each report here, and
//! both sides do it alike: the server, which answers, and the page, which leads to the rows.

mod asked;
mod profile;
mod shown;
mod subject;

pub use asked::{Asked, Marked};
pub use profile::{KnownBy, OpenReviews, Profile, StatusSeen, StillKnown, of_views, operations};
pub use shown::{Timeline, Told, columns, whole};
pub use subject::Subject;

use crate::model::column::{Choice, named, plain};
use crate::model::{About, Card, Column, Group, Report, ReportWords};
use crate::reports;
use crate::words::{Template, Text};

/// Where their pages are.
pub const TIMELINE_PATH: &str = "/reports/events/timeline";
pub const PROFILE_PATH: &str = "/profile";

const TITLE: Text = Text::of(&["report.timeline.title"]);
/// It has no rows of its own that could be told of.
const UNTOLD: Template = Template::of(&["report.timeline.title"]);

/// The reports by their keys.
static REPORTS: [Choice; reports::COUNT] = {
    let mut all = [plain(""); reports::COUNT];
    let mut at = 0;
    while at < reports::COUNT {
        let report = reports::ALL[at];
        all[at] = Choice { label: report.words.title, ..plain(report.key) };
        at += 1;
    }
    all
};

/// The timeline, as a report: for its address and its filters alone. There is no table of it, and no row: every question about it is made into
/// questions to the [reports](reports::ALL).
pub static TIMELINE: Report = Report {
    key: "timeline",
    table: "timeline",
    words: ReportWords { title: TITLE, purpose: Text::of(&["report.timeline.purpose"]), headline: UNTOLD, card: UNTOLD },
    icon: "timeline",
    card: Card { who: "user", mark: "report" },
    about: About {
        user: &["user"],
        device: Some("device"),
        username: Some("username"),
        governance_id: Some("governance_id"),
        outcome: None,
        what: UNTOLD,
    },
    time: "date",
    views: &[],
    attempts: false,
    backups: false,
    actions: None,
    columns: &named(
        "timeline",
        [
            Column::id(),
            Column::time("date"),
            Column::choice("report", Group::What, &REPORTS),
            Column::text("user", Group::Who),
            Column::text("device", Group::What),
            Column::text("username", Group::What),
            Column::text("governance_id", Group::Why),
            Column::source(),
        ],
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timeline_is_asked_by_what_every_report_declares() {
        let report = TIMELINE.column("report").expect("a column");
        for one in reports::ALL {
            assert_eq!(report.listed(one.key).map(|choice| choice.label), Some(one.words.title), "{}", one.key);
        }
        let about = &TIMELINE.about;
        let keys = [about.device, about.username, about.governance_id].into_iter().flatten().chain(about.user.iter().copied());
        assert!(keys.into_iter().all(|key| TIMELINE.column(key).is_some()));
        assert!(reports::by_key(TIMELINE.key).is_none(), "it is none of the reports");
    }
}
