//! Which view a report opens with.

use super::ViewDesk;
use super::seen::is;
use super::shelf;
use crate::identity::{Actor, Trail};
use crate::pseudonyms::veil;
use vigia_app::model::{ApiError, Viewer};
use vigia_app::sentence;
use vigia_app::views::report as report_of;

/// What stands in the trail where a report opens as it does for everybody.
const NONE: &str = "None";

impl ViewDesk<'_> {
    /// Report and query of the views that reports open with for a reader. One that is gone, no longer shared or not understood is none.
    pub async fn first(&self, viewer: &Viewer) -> Result<Vec<(String, String)>, ApiError> {
        let mut first = Vec::new();
        for (report, own) in shelf::of_person(self.store, &viewer.username).await? {
            let Some((owner, id)) = own.first.clone() else { continue };
            let kept = if is(&owner, viewer) {
                own.find(&id).cloned()
            } else if veil(self.store, viewer).await?.is_some() {
                None
            } else {
                let shelf = shelf::of(self.store, report, &owner).await?;
                shelf.find(&id).filter(|kept| kept.shared.is_some_and(|role| viewer.role >= role)).cloned()
            };
            if let Some(view) = kept.map(|kept| kept.view(report)).filter(|view| view.asked().is_ok()) {
                first.push((report.to_owned(), view.query));
            }
        }
        Ok(first)
    }

    /// Has a report open with a view for a reader; as it does for everybody where none is named.
    pub async fn open_with(&self, viewer: &Viewer, actor: &Actor, report: &str, id: Option<&str>) -> Result<(), ApiError> {
        let report = report_of(report)?;
        let found = match id {
            Some(id) => Some(self.found(viewer, id).await?),
            None => None,
        };
        if let Some(found) = found.as_ref().filter(|found| found.report != report.key) {
            return Err(ApiError::invalid("id", sentence!("view.other-report", name = &found.kept.name, report = found.report.as_str())));
        }
        let was = match shelf::of(self.store, report.key, &viewer.username).await?.first {
            Some((_, id)) => self.found(viewer, &id).await.map_or(id, |found| found.kept.name),
            None => NONE.to_owned(),
        };
        let is = found.as_ref().map_or(NONE, |found| &found.kept.name);
        let trail = Trail::new("Update", "First view").on(report.words.title.english()).changing();
        self.identity.record(trail.note("From", was).note("To", is), actor).await?;
        let first = found.map(|found| (found.owner, found.kept.id));
        shelf::change(self.store, report.key, &viewer.username, |shelf| {
            shelf.first.clone_from(&first);
            Ok(())
        })
        .await
    }
}
