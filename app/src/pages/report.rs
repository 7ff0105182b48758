//! A report. Its key stands in the path; everything else the page shows stands in the query string.

use crate::components::report::ReportView;
use crate::model::Report;
use leptos::prelude::*;

#[component]
pub fn ReportPage(report: &'static Report) -> impl IntoView {
    super::title(report.words.title.said());
    view! { <ReportView report /> }
}
