//! A report. Its key stands in the path; everything else the page shows stands in the query string.

use super::not_found::NotFound;
use crate::components::report::ReportView;
use crate::reports;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn ReportPage() -> impl IntoView {
    let params = use_params_map();
    let key = Memo::new(move |_| params.with(|params| params.get("report")).unwrap_or_default());
    move || {
        key.with(|key| match reports::by_key(key) {
            Some(report) => {
                super::title(report.title);
                view! { <ReportView report /> }.into_any()
            }
            None => view! { <NotFound /> }.into_any(),
        })
    }
}
