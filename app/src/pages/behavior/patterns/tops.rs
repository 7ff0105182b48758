//! Which users, devices, reasons... most views have, and which credentials are used most: each leads to its rows.

use super::Below;
use super::ranking::{Ranked, leading, ranking};
use crate::behavior::{Asked, Top, Used, having, of_credential};
use crate::components::follow::follow;
use crate::components::report::cell;
use crate::components::report::links::{named, page_of};
use crate::model::{Cell, Query, visible};
use crate::pages::behavior::state::Dashboard;
use crate::reports::PASSWORD_VIEW;
use crate::{say, text};
use leptos::prelude::*;

#[component]
pub fn Tops(dashboard: Dashboard) -> impl IntoView {
    // Drawn again only where something has changed, a list for itself: what has the focus keeps it.
    let count = Memo::new(move |_| dashboard.of(|behavior| behavior.tops.len()));
    let lists = move || (0..count.get()).map(|at| list(dashboard, at)).collect_view();
    view! { <div class="tops">{follow(lists)}</div> }.into_any()
}

fn list(dashboard: Dashboard, at: usize) -> AnyView {
    let top = Memo::new(move |_| dashboard.of(|behavior| behavior.tops.get(at).cloned()));
    follow(move || {
        let shown = dashboard.asked.with(Asked::shown);
        let zone = dashboard.asked.with(|asked| asked.query.zone.clone());
        top.with(|top| ranked(top.as_ref()?, shown.as_ref(), &zone))
    })
}

fn ranked(top: &Top, shown: Option<&Query>, zone: &str) -> Option<AnyView> {
    let column = PASSWORD_VIEW.column(&top.column)?;
    let value = |(value, all, risky): &(Cell, u64, u64)| Ranked {
        name: if value.is_empty() {
            say!("behavior.nothing-there").to_owned()
        } else {
            visible(&cell::words(column, value, zone)).into_owned()
        },
        page: named(&PASSWORD_VIEW, column.key, value, None).map(|subject| page_of(&subject, zone)),
        href: leading(shown.and_then(|shown| having(shown, column, value))),
        all: *all,
        part: *risky,
    };
    Some(ranking(
        say!("behavior.views-by", column = column.label),
        top.values.iter().map(value).collect(),
        top.others,
        text!("behavior.with-risk"),
    ))
}

/// The credentials that are used most.
#[component]
pub fn Credentials(below: Below) -> impl IntoView {
    let used = Memo::new(move |_| below.patterns(|patterns| patterns.credentials.clone()));
    follow(move || {
        let shown = below.dashboard.asked.with(Asked::shown);
        let zone = below.dashboard.asked.with(|asked| asked.query.zone.clone());
        let one = |used: &Used| Ranked {
            name: credential(&used.username, &used.device),
            page: named(&PASSWORD_VIEW, "username", &used.username, Some(&used.device)).map(|subject| page_of(&subject, &zone)),
            href: leading(shown.as_ref().and_then(|shown| of_credential(shown, &used.device, &used.username))),
            all: used.views,
            part: used.risky,
        };
        ranking(
            say!("behavior.credentials").to_owned(),
            used.with(|used| used.iter().map(one).collect()),
            (0, 0),
            text!("behavior.with-risk"),
        )
    })
}

/// `root on srv-db-01`.
pub fn credential(username: &Cell, device: &Cell) -> String {
    let name = |cell: &Cell| match cell {
        Cell::Text(text) => visible(text).into_owned(),
        _ => "\u{2013}".to_owned(),
    };
    say!("behavior.credential-on", username = name(username), device = name(device))
}
