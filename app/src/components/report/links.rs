//! Addresses of what all reports say of somebody or something, and links to them.

use super::address;
use crate::model::{Cell, EventId, Filter, Query, Report, Test, visible};
use crate::say;
use crate::story::{Asked, PROFILE_PATH, Subject, TIMELINE_PATH};
use leptos::prelude::*;

/// Path and query string of the timeline; complete, so that it shows everybody the same.
pub fn timeline(asked: &Asked) -> String {
    complete(TIMELINE_PATH, asked.encode())
}

/// Path and query string of the page of a subject; of one that has none, its timeline.
pub fn page_of(subject: &Subject, zone: &str) -> String {
    let asked = subject.asked(zone);
    if subject.has_page() { complete(PROFILE_PATH, asked.encode()) } else { timeline(&asked) }
}

/// Path and query string of an event in its report, with its details open.
pub fn event(report: &'static Report, id: EventId, zone: &str) -> String {
    let filters = vec![Filter { column: &report.columns[0], test: Test::Ids(vec![id]) }];
    address::of(&Query { filters, zone: zone.to_owned(), ..Query::all(report) }, Some(id))
}

fn complete(path: &str, mut search: String) -> String {
    if !address::is_complete(&search) {
        address::push(&mut search, "zone", "UTC");
    }
    format!("{path}?{search}")
}

/// Whom or what a cell of a report names, where that has a page; `device` is the one that its row names.
pub fn named(report: &'static Report, key: &str, value: &Cell, device: Option<&Cell>) -> Option<Subject> {
    let Cell::Text(name) = value else { return None };
    let about = &report.about;
    match device {
        _ if about.user.contains(&key) => Some(Subject::User(name.clone())),
        _ if about.device == Some(key) => Some(Subject::Device(name.clone())),
        Some(Cell::Text(device)) if about.username == Some(key) => {
            Some(Subject::Credential { device: device.clone(), username: name.clone() })
        }
        _ => None,
    }
}

/// What it is.
pub fn kind(subject: &Subject) -> &'static str {
    match subject {
        Subject::User(_) => say!("story.of-user"),
        Subject::Device(_) => say!("story.of-device"),
        Subject::Credential { .. } => say!("story.of-credential"),
        Subject::GovernanceId(_) => say!("story.of-governance"),
    }
}

/// What it is called.
pub fn name(subject: &Subject) -> String {
    match subject {
        Subject::User(name) | Subject::Device(name) | Subject::GovernanceId(name) => visible(name).into_owned(),
        Subject::Credential { device, username } => {
            say!("behavior.credential-on", username = visible(username), device = visible(device))
        }
    }
}

/// Its name, which leads to its page.
pub fn link(subject: &Subject, zone: &str) -> AnyView {
    let name = name(subject);
    view! { <a href=page_of(subject, zone) title=name.clone()>{name.clone()}</a> }.into_any()
}
