//! The link of a saved view: it leads to what the view asks by now.

use crate::api::views::one_view;
use crate::components::follow::follow;
use crate::components::late_part::bones;
use crate::components::load::load;
use crate::components::prefs::Prefs;
use crate::components::report::address;
use crate::components::router::Router;
use crate::model::{Query, visible};
use crate::views::SavedView;
use crate::{reports, say};
use leptos::prelude::*;

#[component]
pub fn SavedViewPage() -> impl IntoView {
    let router = expect_context::<Router>();
    let prefs = expect_context::<Prefs>();
    let id = router.search.with_untracked(|search| address::parameter(search, "id")).unwrap_or_default();
    let found = load(move || Some(id.clone()), one_view);
    Effect::new(move |_| {
        let query = found.value.with(|found| found.as_ref().and_then(|found| found.view.asked().ok()));
        if let Some(query) = query {
            // What says no zone is asked on the reader's clock.
            let zone = if query.zone == "UTC" { prefs.zone_name() } else { query.zone.clone() };
            router.replace(&address::of(&Query { zone, ..query }, None));
        }
    });
    let body = move || {
        let error = found.error.get().map(|error| error.message.said().into_owned());
        let saved = found.value.get();
        let problem =
            saved.as_ref().and_then(|saved| saved.problem.as_ref()).map(|problem| say!("views.not-understood", why = problem.said()));
        match error.or(problem) {
            Some(words) => wrong(saved.as_ref(), words),
            None => bones(6),
        }
    };
    view! {
        <div class="narrow">
            <h1>{say!("page.saved-view")}</h1>
            {follow(body)}
        </div>
    }
    .into_any()
}

/// Why it cannot be shown, and where it can be changed.
fn wrong(saved: Option<&SavedView>, words: String) -> AnyView {
    let way_out = saved.and_then(|saved| reports::by_key(&saved.view.report)).map(|report| {
        view! { <p><a href=address::path(report)>{say!("views.in-report", report = report.words.title)}</a></p> }
    });
    let name = saved.map(|saved| view! { <h2>{visible(&saved.view.name).into_owned()}</h2> });
    view! { <div class="state" role="alert">{name} <p>{words}</p> {way_out}</div> }.into_any()
}
