//! What is still to be done about a user, a device or a credential: passwords that were seen and not changed since, and what nobody has reviewed.

use crate::browser::intl::count as number;
use crate::components::report::address;
use crate::components::report::cell::{self, Clock};
use crate::components::report::links::link;
use crate::components::shell::late_page::LatePage;
use crate::model::{Cell, Query, Test, visible};
use crate::pages::exposure::Asked;
use crate::reports;
use crate::reviews::ReviewQueue;
use crate::say;
use crate::story::{KnownBy, OpenReviews, Profile, StillKnown, Subject};
use leptos::prelude::*;

/// Both; `views` are those of whatever time.
pub fn open(subject: &Subject, shown: &Profile, views: Option<&Query>, clock: &Clock) -> AnyView {
    let known = views.and_then(|views| subject.still_known(views)).map(|query| still_known(subject, &shown.still_known, &query, clock));
    view! { {known} {shown.reviews.as_ref().map(reviews)} }.into_any()
}

fn still_known(subject: &Subject, shown: &StillKnown, query: &Query, clock: &Clock) -> AnyView {
    let columns = subject.known_by();
    let row = |KnownBy { cells, views, last }: &KnownBy| {
        let text = |key: &str| match columns.iter().position(|column| column.key == key).and_then(|at| cells.get(at)) {
            Some(Cell::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let device = || text("device").or_else(|| if let Subject::Device(device) = subject { Some(device.clone()) } else { None });
        let of = match (text("user"), device(), text("username")) {
            (Some(user), ..) => Some(Subject::User(user)),
            (_, Some(device), Some(username)) => Some(Subject::Credential { device, username }),
            (_, Some(device), None) => Some(Subject::Device(device)),
            _ => None,
        };
        let name = match (of, text("username")) {
            (Some(of), _) => link(&of, &clock.zone),
            (None, Some(username)) => visible(&username).into_owned().into_any(),
            _ => cell::nothing(),
        };
        let rows = columns.iter().zip(cells).try_fold(query.clone(), |query, (column, cell)| {
            let test = if let Cell::Text(text) = cell { Test::Is(vec![text.clone()]) } else { Test::Empty(true) };
            query.narrowed(column.key, test)
        });
        view! {
            <tr>
                <td>{name}</td>
                <td class="number"><a href=rows.map(|query| address::of(&query, None))>{number(*views)}</a></td>
                <td class="time">{clock.time(*last)}</td>
            </tr>
        }
    };
    let body = if shown.views == 0 {
        view! { <p class="muted none-with-risk">{say!("story.all-changed")}</p> }.into_any()
    } else {
        let head = match subject {
            Subject::Credential { .. } => say!("behavior.user"),
            _ => say!("behavior.credential"),
        };
        let more = shown.different.map(|different| different.saturating_sub(shown.most.len() as u64)).filter(|more| *more > 0);
        let more = more.map(|more| view! { <p class="muted">{say!("story.known-more", count = more)}</p> });
        view! {
            <table class="views">
                <caption class="sr">{say!("story.still-known")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{head}</th>
                        <th scope="col" class="number wide">{say!("exposure.views")}</th>
                        <th scope="col" class="time">{say!("exposure.last")}</th>
                    </tr>
                </thead>
                <tbody>{shown.most.iter().map(row).collect_view()}</tbody>
            </table>
            {more}
        }
        .into_any()
    };
    let preparing = shown.preparing.then(|| view! { <p class="muted">{say!("exposure.preparing")}</p> });
    let all = (shown.views > 0).then(|| view! { <a class="link" href=address::of(query, None)>{say!("behavior.all-of-them")}</a> });
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{say!("story.still-known")}</h2> {all}</header>
            {preparing}
            {body}
            {worklist(subject, query)}
        </section>
    }
    .into_any()
}

/// Where it is changed, or who could know it.
fn worklist(subject: &Subject, query: &Query) -> Option<AnyView> {
    let (asked, words) = match subject {
        // The list is of names, not of logins.
        Subject::User(user) if query.filters.iter().any(|filter| filter.column.key == "user") => {
            (Asked { user: user.clone(), ..Asked::default() }, say!("exposure.of-person", user = visible(user)))
        }
        Subject::Credential { device, username } => (Asked::who(device, username), say!("exposure.who").to_owned()),
        _ => return None,
    };
    Some(view! { <p class="no-print"><a class="link" href=asked.address()>{words}</a></p> }.into_any())
}

/// What the rules find and nobody has reviewed.
fn reviews(open: &OpenReviews) -> AnyView {
    let row = |queue: &ReviewQueue| {
        let report = reports::by_key(&queue.report)?;
        let href = format!("{}?{}", address::path(report), queue.query);
        Some(view! {
            <tr>
                <th scope="row">{visible(&queue.name).into_owned()} " " <span class="muted">{report.words.title.said()}</span></th>
                <td class="number wide"><a href=href>{number(queue.rows)}</a></td>
            </tr>
        })
    };
    let body = if open.rows == 0 {
        view! { <p class="muted none-with-risk">{say!("review.none")}</p> }.into_any()
    } else {
        view! {
            <p>{say!("story.to-review", count = open.rows)}</p>
            <table class="views">
                <caption class="sr">{say!("review.queues")}</caption>
                <thead><tr><th scope="col">{say!("story.rule")}</th><th scope="col" class="number wide">{say!("story.rows")}</th></tr></thead>
                <tbody>{open.queues.iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{say!("story.open-reviews")}</h2> <a class="link" href=LatePage::Review.path()>{say!("page.review")}</a></header>
            {body}
        </section>
    }
    .into_any()
}
