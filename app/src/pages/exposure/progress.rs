//! How far the changes are that were asked for.

use super::find;
use crate::browser::intl::{self, count as number};
use crate::components::follow::follow;
use crate::components::load::Load;
use crate::components::prefs::Prefs;
use crate::components::report::address;
use crate::components::report::cell;
use crate::model::{ChangeProgress, Exposure, Filter, Query, Test, visible};
use crate::reports::PASSWORD_OPERATION;
use crate::say;
use leptos::prelude::*;

pub fn view(all: Load<Exposure>) -> AnyView {
    let prefs = expect_context::<Prefs>();
    let progress = Memo::new(move |_| all.value.with(|all| all.as_ref().and_then(|all| all.progress.clone())));
    follow(move || progress.get().map(|progress| draw(&progress, &prefs.zone_name())))
}

/// The operations, in the report.
fn operations(tag: &str, status: Option<&str>) -> String {
    let is = |text: &str| Test::Is(vec![text.to_owned()]);
    let tests = [Some(("tags", is(tag))), status.map(|status| ("status", is(status)))];
    let filters = tests.into_iter().flatten();
    let filters = filters.filter_map(|(key, test)| Some(Filter { column: PASSWORD_OPERATION.column(key)?, test })).collect();
    address::of(&Query { filters, ..Query::all(&PASSWORD_OPERATION) }, None)
}

fn draw(progress: &ChangeProgress, zone: &str) -> AnyView {
    let statuses = progress.statuses.iter().map(|(status, count)| {
        let (label, tone) = PASSWORD_OPERATION
            .column("status")
            .and_then(|column| column.listed(status.name()))
            .map_or((status.name(), crate::model::Tone::Plain), |choice| (choice.label.said(), choice.tone));
        view! {
            <li><a href=operations(&progress.tag, Some(status.name()))>{number(*count)}</a> " " {cell::toned(label.to_owned(), tone)}</li>
        }
    });
    let failed = progress.failed.iter().map(|failed| {
        let name = find::name(&failed.device, &failed.username);
        view! { <li><strong>{name}</strong> ": " {visible(&failed.message).into_owned()}</li> }
    });
    let failed = (!progress.failed.is_empty()).then(|| {
        view! {
            <h3>{say!("exposure.failed")}</h3>
            <ul>{failed.collect_view()}</ul>
        }
    });
    let (user, time) = (visible(&progress.by), intl::clock(progress.at, zone));
    view! {
        <section class="exposure-progress">
            <p><a class="link" href=operations(&progress.tag, None)>{say!("exposure.progress", user = user, time = time)}</a></p>
            <ul class="actions-row" aria-live="polite">{statuses.collect_view()}</ul>
            {failed}
        </section>
    }
    .into_any()
}
