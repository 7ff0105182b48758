//! What the page is asked, as its address says it.

use crate::components::report::address::{self, parameter, push};
use crate::components::shell::late_page::LatePage;
use crate::model::{Filter, Moment, Query, Test, TimeRange, Timestamp};
use crate::reports::PASSWORD_VIEW;

/// What the page is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// Whose credentials; empty for everybody's.
    pub user: String,
    pub until: Option<Timestamp>,
    /// The credential that somebody could know, where one of the two is there.
    pub device: String,
    pub username: String,
    pub at: Option<Timestamp>,
}

impl Asked {
    pub fn read(search: &str) -> Self {
        let text = |name| parameter(search, name).unwrap_or_default();
        let time = |name| Moment::parse(&text(name)).map(|moment| moment.clock.and_utc().into());
        Self { user: text("user"), until: time("until"), device: text("device"), username: text("username"), at: time("at") }
    }

    /// Path and query string that ask this.
    pub fn address(&self) -> String {
        let mut search = String::new();
        for (name, value) in [("user", &self.user), ("device", &self.device), ("username", &self.username)] {
            if !value.is_empty() {
                push(&mut search, name, value);
            }
        }
        for (name, time) in [("until", self.until), ("at", self.at)] {
            if let Some(time) = time {
                push(&mut search, name, &Moment::utc(time).to_string());
            }
        }
        if search.is_empty() { LatePage::Exposure.path().to_owned() } else { format!("{}?{search}", LatePage::Exposure.path()) }
    }

    pub fn is_of_credential(&self) -> bool {
        !self.device.is_empty() || !self.username.is_empty()
    }

    /// Who could know a credential.
    pub fn who(device: &str, username: &str) -> Self {
        Self { device: device.to_owned(), username: username.to_owned(), ..Self::default() }
    }

    /// The views of a credential that are counted in a list, in the report.
    pub fn views_of(&self, device: &str, username: &str) -> String {
        let is = |text: &str| if text.is_empty() { Test::Empty(true) } else { Test::Is(vec![text.to_owned()]) };
        let mut tests = vec![("device", is(device)), ("username", is(username))];
        if self.user.is_empty() {
            tests.push(("changed", Test::Empty(true)));
        } else {
            tests.push(("user", is(&self.user)));
        }
        let filters = tests.into_iter().filter_map(|(key, test)| Some(Filter { column: PASSWORD_VIEW.column(key)?, test })).collect();
        let range = self.until.map_or(TimeRange::All, |until| TimeRange::Between { from: None, to: Some(Moment::utc(until)) });
        address::of(&Query { filters, range, ..Query::all(&PASSWORD_VIEW) }, None)
    }
}

/// A time that was written into a field: on the clock of the reader, or in UTC where that is what they see.
pub fn typed(text: &str, utc: bool) -> Option<Timestamp> {
    let text = if utc { format!("{text}Z") } else { text.to_owned() };
    let millis = js_sys::Date::parse(&text);
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date")]
    let at = millis.is_finite().then(|| Timestamp::saturating(millis as i64));
    at
}
