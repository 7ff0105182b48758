//! Keeping, changing and removing views. What is changed is in the audit trail before it is changed.

use super::ViewDesk;
use super::shelf::{self, Kept, Shelf};
use crate::identity::{Actor, Trail, random_text};
use vigia_app::model::{ApiError, ErrorKind, Role, Viewer};
use vigia_app::sentence;
use vigia_app::views::NewView;

const ENTITY: &str = "Saved view";

impl ViewDesk<'_> {
    /// Keeps a view, in place of the one of this id where there is one, and returns its id. A view stays of its report and its owner, whoever changes it.
    ///
    /// # Errors
    /// Names the field that is wrong.
    pub async fn save(&self, viewer: &Viewer, actor: &Actor, id: Option<&str>, view: NewView) -> Result<String, ApiError> {
        let view = view.checked()?;
        let found = match id {
            Some(id) => Some(self.found(viewer, id).await?),
            None => None,
        };
        if found.as_ref().is_some_and(|found| !found.changes(viewer)) {
            return Err(not_theirs());
        }
        if let Some(found) = found.as_ref().filter(|found| found.report != view.report) {
            return Err(ApiError::invalid("report", sentence!("view.stays", report = found.report.as_str())));
        }
        let owner = found.as_ref().map_or(&viewer.username, |found| &found.owner).clone();
        let (report, was) = (view.report.clone(), found.map(|found| found.kept));
        let id = was.as_ref().map_or_else(random_text::<9>, |was| Ok(was.id.clone()))?;
        let kept = Kept::new(id.clone(), view);
        fits(&shelf::of(self.store, &report, &owner).await?, &kept)?;
        if was.as_ref() == Some(&kept) {
            return Ok(id);
        }
        self.identity.record(told(was.as_ref(), &kept, &report, &owner, viewer), actor).await?;
        shelf::change(self.store, &report, &owner, |shelf| {
            fits(shelf, &kept)?;
            match shelf.views.iter_mut().find(|view| view.id == kept.id) {
                Some(view) => view.clone_from(&kept),
                None if was.is_some() => return Err(ApiError::new(ErrorKind::NotFound, sentence!("view.unknown", id = format!("{id:?}")))),
                None => shelf.views.push(kept.clone()),
            }
            Ok(())
        })
        .await?;
        Ok(id)
    }

    pub async fn remove(&self, viewer: &Viewer, actor: &Actor, id: &str) -> Result<(), ApiError> {
        let found = self.found(viewer, id).await?;
        if !found.changes(viewer) {
            return Err(not_theirs());
        }
        let trail = Trail::new("Deletion", ENTITY).on(&found.kept.name).with_id(id).changing();
        let trail = trail.note("Report", &found.report).note("Query", &found.kept.query).note("Owner", &found.owner);
        self.identity.record(trail, actor).await?;
        shelf::change(self.store, &found.report, &found.owner, |shelf| {
            shelf.views.retain(|view| view.id != id);
            Ok(())
        })
        .await
    }
}

fn not_theirs() -> ApiError {
    ApiError::new(ErrorKind::Forbidden, sentence!("view.not-yours"))
}

/// Whether a person may have this view beside the others.
fn fits(shelf: &Shelf, kept: &Kept) -> Result<(), ApiError> {
    if shelf.has(&kept.name, Some(&kept.id)) {
        return Err(ApiError::invalid("name", sentence!("view.taken", name = &kept.name)));
    }
    if shelf.find(&kept.id).is_none() && shelf.views.len() >= NewView::MAX_OF_REPORT {
        return Err(ApiError::invalid("name", sentence!("view.too-many", most = NewView::MAX_OF_REPORT)));
    }
    Ok(())
}

/// What the trail says of a view that is made or changed.
fn told(was: Option<&Kept>, kept: &Kept, report: &str, owner: &str, viewer: &Viewer) -> Trail {
    let trail = Trail::new(if was.is_some() { "Update" } else { "Creation" }, ENTITY).on(&kept.name).with_id(&kept.id).changing();
    let mut trail = trail.note("Report", report);
    if owner != viewer.username {
        trail = trail.note("Owner", owner);
    }
    let Some(was) = was else {
        return trail.note("Query", &kept.query).note("Description", &kept.description).note("Shared with", shared(kept.shared));
    };
    for (from, to, [was, is]) in [
        ("Name from", "Name to", [&was.name, &kept.name].map(String::clone)),
        ("Description from", "Description to", [&was.description, &kept.description].map(String::clone)),
        ("Query from", "Query to", [&was.query, &kept.query].map(String::clone)),
        ("Shared with, from", "Shared with, to", [was.shared, kept.shared].map(|role| shared(role).to_owned())),
    ] {
        if was != is {
            trail = trail.note(from, was).note(to, is);
        }
    }
    trail
}

const fn shared(role: Option<Role>) -> &'static str {
    match role {
        None => "Nobody",
        Some(Role::Manager) => "Everybody",
        Some(Role::Auditor) => "Auditors and administrators",
        Some(Role::Admin) => "Administrators",
    }
}
