//! Questions to a report that people keep under a name: theirs alone, or shared.

use crate::model::{ApiError, ErrorKind, Query, QueryError, Report, Role, Test, TimeRange, codec};
use crate::words::Sentence;
use crate::{reports, sentence};
use serde::{Deserialize, Serialize};

/// Where the page of one view is, which leads to what it asks.
pub const VIEW_PATH: &str = "/reports/view";

/// A view as somebody keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewView {
    /// Another for each view of a person and report, whatever its case.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Key of its report.
    pub report: String,
    /// What it asks, as [`codec`] writes it.
    pub query: String,
    /// Who sees it besides its owner: whoever has this role, or one that may do more. `None` for nobody.
    pub shared: Option<Role>,
}

/// A view as a reader is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    pub id: String,
    /// User name of whoever keeps it.
    pub owner: String,
    pub view: NewView,
    /// Whether the reader may change and remove it.
    pub changes: bool,
    /// Whether the report opens with it for the reader.
    pub first: bool,
    /// Why it cannot be shown: this version does not understand what it asks.
    pub problem: Option<Sentence>,
}

impl NewView {
    /// Longest name, in characters.
    pub const MAX_NAME: usize = 64;
    /// Longest description, in characters.
    pub const MAX_DESCRIPTION: usize = 300;
    /// Longest query string, in bytes.
    pub const MAX_QUERY: usize = 4_000;
    /// Most views that a person keeps of a report.
    pub const MAX_OF_REPORT: usize = 50;

    /// The same view as it is kept: without what stands around its texts, and its query as [`codec`] writes it, without where a page starts.
    ///
    /// # Errors
    /// Names the field that is wrong, and says what would be right.
    pub fn checked(self) -> Result<Self, ApiError> {
        let (name, description) = (self.name.trim(), self.description.trim());
        if name.is_empty() || name.chars().count() > Self::MAX_NAME || name.chars().any(char::is_control) {
            return Err(ApiError::invalid("name", sentence!("view.name", most = Self::MAX_NAME)));
        }
        if description.chars().count() > Self::MAX_DESCRIPTION || description.chars().any(|one| one.is_control() && one != '\n') {
            return Err(ApiError::invalid("description", sentence!("view.description", most = Self::MAX_DESCRIPTION)));
        }
        let report = report(&self.report)?;
        let query = Query { cursor: None, ..codec::decode(report, &self.query).map_err(unread)? };
        let query = codec::encode(&query);
        if query.len() > Self::MAX_QUERY {
            return Err(ApiError::invalid("query", sentence!("view.query", count = query.len(), most = Self::MAX_QUERY)));
        }
        Ok(Self { name: name.to_owned(), description: description.to_owned(), query, ..self })
    }

    /// What it asks.
    ///
    /// # Errors
    /// Says what of it this version does not understand.
    pub fn asked(&self) -> Result<Query, ApiError> {
        codec::decode(report(&self.report)?, &self.query).map_err(unread)
    }

    /// The question at hand as a view keeps it: dates mean what they do on the reader's clock now; everything else is asked on the clock of whoever
    /// opens it.
    pub fn question(query: &Query) -> String {
        let dated =
            matches!(query.range, TimeRange::Between { .. }) || query.filters.iter().any(|filter| matches!(filter.test, Test::Time { .. }));
        let zone = if dated { query.zone.clone() } else { "UTC".to_owned() };
        codec::encode(&Query { cursor: None, zone, ..query.clone() })
    }

    /// Whether it asks what is asked at hand, on whatever clock and in pages of whatever length.
    pub fn is_asked(&self, query: &Query) -> bool {
        let plain = |query: Query| Query { cursor: None, zone: String::new(), limit: Query::DEFAULT_LIMIT, ..query };
        self.asked().is_ok_and(|own| plain(own) == plain(query.clone()))
    }
}

/// The report of a view, by its key.
///
/// # Errors
/// Names those there are.
pub fn report(key: &str) -> Result<&'static Report, ApiError> {
    let known = || crate::words::listed(reports::ALL.iter().map(|report| report.key));
    reports::by_key(key).ok_or_else(|| ApiError::invalid("report", sentence!("view.report", report = format!("{key:?}"), known = known())))
}

/// What a query string cannot be read for, as what is wrong with the field that has it.
fn unread(error: QueryError) -> ApiError {
    let QueryError { field, message } = error;
    ApiError {
        kind: ErrorKind::Invalid,
        field: Some("query".to_owned()),
        message: sentence!("view.unread", parameter = field, wrong = message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(query: &str) -> NewView {
        let [name, description, report] = [" Incidents ", "", "password-view"].map(str::to_owned);
        NewView { name, description, report, query: query.to_owned(), shared: None }
    }

    #[test]
    fn a_view_is_kept_as_addresses_are_written_and_without_a_page() -> Result<(), ApiError> {
        let kept = view("cursor=abc&reason=Incident&limit=30&zone=UTC").checked()?;
        assert_eq!((kept.name.as_str(), kept.query.as_str()), ("Incidents", "reason=Incident"));
        assert_eq!(kept.clone().checked()?, kept);
        Ok(())
    }

    #[test]
    fn what_is_wrong_with_a_view_is_said_of_its_field() {
        let long = "é".repeat(NewView::MAX_NAME + 1);
        let names: Vec<_> = (0..9).map(|number| format!("user={number}{}", "a".repeat(500))).collect();
        for (wrong, field, says) in [
            (NewView { name: " ".to_owned(), ..view("") }, "name", "64"),
            (NewView { name: long, ..view("") }, "name", "64"),
            (NewView { name: "a\nb".to_owned(), ..view("") }, "name", "64"),
            (NewView { description: "a\u{7}".to_owned(), ..view("") }, "description", "300"),
            (NewView { report: "logins".to_owned(), ..view("") }, "report", "password-view"),
            (view("colour=red"), "query", "colour"),
            (view(&names.join("&")), "query", "4000"),
        ] {
            let error = wrong.checked().expect_err(field);
            assert_eq!(error.field.as_deref(), Some(field), "{}", error.message);
            assert!(error.message.to_string().contains(says), "{field}: {}", error.message);
        }
    }

    #[test]
    fn a_zone_is_kept_with_dates_and_with_nothing_else() -> Result<(), QueryError> {
        for (asked, kept) in [
            ("reason=Incident&time=today&zone=Asia/Tokyo&cursor=x", "reason=Incident&time=today"),
            ("from=2026-11-01T00:00&zone=Asia/Tokyo", "from=2026-11-01T00:00:00&zone=Asia/Tokyo"),
            ("changed.from=2026-11-01T00:00&zone=Asia/Tokyo", "changed.from=2026-11-01T00:00:00&zone=Asia/Tokyo"),
        ] {
            let query = codec::decode(&reports::PASSWORD_VIEW, asked)?;
            assert_eq!(NewView::question(&query), kept, "{asked}");
            assert!(view(kept).is_asked(&query), "{asked}");
        }
        let other = codec::decode(&reports::PASSWORD_VIEW, "reason=Incident&sort=user")?;
        assert!(!view("reason=Incident").is_asked(&other));
        Ok(())
    }
}
