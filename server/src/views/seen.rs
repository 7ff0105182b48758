//! Which views a reader sees.

use super::ViewDesk;
use super::shelf::{self, Kept, Shelf};
use crate::pseudonyms::veil;
use vigia_app::model::{ApiError, ErrorKind, Role, Viewer};
use vigia_app::sentence;
use vigia_app::views::SavedView;
use vigia_app::views::report as report_of;

/// Whether both are one user.
pub(super) fn is(owner: &str, viewer: &Viewer) -> bool {
    owner.to_lowercase() == viewer.username.to_lowercase()
}

/// A view that a reader sees, and where it is kept.
pub(super) struct Found {
    pub report: String,
    pub owner: String,
    pub kept: Kept,
}

impl Found {
    /// Its owner changes it; an administrator what is shared, whose owner may be gone.
    pub fn changes(&self, viewer: &Viewer) -> bool {
        is(&self.owner, viewer) || (viewer.role == Role::Admin && self.kept.shared.is_some())
    }

    fn told(self, viewer: &Viewer, first: Option<&str>) -> SavedView {
        let (changes, view) = (self.changes(viewer), self.kept.view(&self.report));
        let problem = view.asked().err().map(|error| error.message);
        SavedView { first: first == Some(&self.kept.id), id: self.kept.id, owner: self.owner, view, changes, problem }
    }
}

impl ViewDesk<'_> {
    /// The views of a report that a reader sees: their own first, each by name. Of all reports where none is named.
    pub async fn list(&self, viewer: &Viewer, report: Option<&str>) -> Result<Vec<SavedView>, ApiError> {
        report.map(report_of).transpose()?;
        let shelves = shelf::all(self.store).await?.into_iter().filter(|(of, _)| report.is_none_or(|report| report == of)).collect();
        let (found, firsts) = self.seen(viewer, shelves).await?;
        let first = |report: &str| firsts.iter().find(|(of, _)| of == report).map(|(_, id)| id.as_str());
        let mut views: Vec<_> =
            found.into_iter().map(|found| (first(&found.report), found)).map(|(first, found)| found.told(viewer, first)).collect();
        views.sort_by_cached_key(|view| (!is(&view.owner, viewer), view.view.name.to_lowercase(), view.id.clone()));
        Ok(views)
    }

    /// One view that a reader sees.
    ///
    /// # Errors
    /// One that is not there is told like one that is not shared with them.
    pub async fn one(&self, viewer: &Viewer, id: &str) -> Result<SavedView, ApiError> {
        let all = self.list(viewer, None).await?;
        all.into_iter().find(|view| view.id == id).ok_or_else(|| unknown(id))
    }

    pub(super) async fn found(&self, viewer: &Viewer, id: &str) -> Result<Found, ApiError> {
        let (found, _) = self.seen(viewer, shelf::all(self.store).await?).await?;
        found.into_iter().find(|found| found.kept.id == id).ok_or_else(|| unknown(id))
    }

    /// What a reader sees of what people have of reports, and which view each report opens with for them. A manager who sees pseudonyms sees what is
    /// theirs alone: name, description and query of another's may name anybody.
    async fn seen(&self, viewer: &Viewer, shelves: Vec<(String, Shelf)>) -> Result<(Vec<Found>, Vec<(String, String)>), ApiError> {
        let veiled = veil(self.store, viewer).await?.is_some();
        let (mut found, mut firsts) = (Vec::new(), Vec::new());
        for (report, shelf) in shelves {
            let own = is(&shelf.owner, viewer);
            if let (true, Some((_, id))) = (own, &shelf.first) {
                firsts.push((report.clone(), id.clone()));
            }
            let sees = |kept: &Kept| own || (!veiled && kept.shared.is_some_and(|role| viewer.role >= role));
            for kept in shelf.views.into_iter().filter(sees) {
                found.push(Found { report: report.clone(), owner: shelf.owner.clone(), kept });
            }
        }
        Ok((found, firsts))
    }
}

fn unknown(id: &str) -> ApiError {
    ApiError { field: Some("id".to_owned()), ..ApiError::new(ErrorKind::NotFound, sentence!("view.unknown", id = format!("{id:?}"))) }
}
