//! From an event to all that the reports say of whom and what it is about.

use super::links::{kind, link, name, timeline};
use super::review::review;
use super::state::State;
use crate::components::follow::follow;
use crate::model::Record;
use crate::say;
use crate::story::{Asked, Marked, Subject};
use leptos::prelude::*;

/// The links, in a section of the details.
pub fn story(state: State, record: Memo<Option<Record>>) -> AnyView {
    let links = move || {
        let zone = state.query.with(|query| query.zone.clone());
        record.with(|record| {
            let record = record.as_ref()?;
            let event = Marked { report: state.report, id: record.id };
            let links = Subject::of(state.report, &record.cells).into_iter().map(|subject| {
                let line = subject.has_page().then(|| {
                    let asked = Asked { event: Some(event), ..subject.asked(&zone) };
                    let label = say!("story.timeline-of", name = name(&subject));
                    view! { <a class="story-line" href=timeline(&asked) aria-label=label>{say!("report.timeline.title")}</a> }
                });
                view! { <li><span class="muted">{kind(&subject)}</span> <span>{link(&subject, &zone)}</span> {line}</li> }
            });
            let links = links.collect_view();
            let around = timeline(&Asked::around(event, &zone));
            Some(view! { <ul class="story-links">{links} <li><a href=around>{say!("story.around-this")}</a></li></ul> })
        })
    };
    view! {
        <section>
            <h3>{say!("story.whole")}</h3>
            {follow(links)}
        </section>
        {review(state, record)}
    }
    .into_any()
}
