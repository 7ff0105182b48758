//! Views on days on which their users viewed unusually many passwords, by user and credential.

use super::Below;
use super::ranking::leading;
use super::tops::credential;
use crate::behavior::{Asked, Excess, RISKY, excessive, having, of_credential};
use crate::browser::intl::{self, count as number};
use crate::components::follow::follow;
use crate::components::report::links::{link, named};
use crate::model::{Cell, Query, visible};
use crate::pages::behavior::state::rows;
use crate::reports::PASSWORD_VIEW;
use crate::say;
use leptos::prelude::*;

#[component]
pub fn Excessive(below: Below) -> impl IntoView {
    let groups = Memo::new(move |_| below.patterns(|patterns| patterns.excessive.clone()));
    let query = Memo::new(move |_| below.dashboard.asked.with(Asked::shown).as_ref().and_then(excessive));
    let body = move || {
        let query = query.get();
        groups.with(|groups| groups.iter().map(|group| row(group, query.as_ref())).collect_view())
    };
    let table = move || {
        if groups.with(Vec::is_empty) {
            return view! { <p class="muted none-with-risk">{say!("behavior.no-excess")}</p> }.into_any();
        }
        view! {
            <table class="views">
                <caption class="sr">{say!("behavior.excessive")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{say!("behavior.user")}</th>
                        <th scope="col">{say!("behavior.credential")}</th>
                        <th scope="col" class="number">{say!("behavior.views")}</th>
                        <th scope="col" class="number">{say!("behavior.risk")}</th>
                    </tr>
                </thead>
                <tbody>{follow(body)}</tbody>
            </table>
        }
        .into_any()
    };
    let all = move || {
        let href = rows(&query.get()?, None);
        Some(view! { <a class="link" href=href>{say!("behavior.all-of-them")}</a> })
    };
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{say!("behavior.excessive")}</h2> {follow(all)}</header>
            {follow(table)}
        </section>
    }
    .into_any()
}

fn row(group: &Excess, query: Option<&Query>) -> AnyView {
    let mine = query.and_then(|query| of_credential(query, &group.device, &group.username));
    let href = leading(mine.and_then(|query| having(&query, PASSWORD_VIEW.column("user")?, &group.user)));
    let zone = query.map_or("UTC", |query| &*query.zone);
    let page = |key, value, words: String| match named(&PASSWORD_VIEW, key, value, Some(&group.device)) {
        Some(subject) => link(&subject, zone),
        None => view! { <span title=words.clone()>{words.clone()}</span> }.into_any(),
    };
    let user = match &group.user {
        Cell::Text(text) => visible(text).into_owned(),
        _ => "\u{2013}".to_owned(),
    };
    let (user, name) = (page("user", &group.user, user), page("username", &group.username, credential(&group.username, &group.device)));
    let views = number(group.views);
    let views = match href {
        Some(href) => view! { <a href=href>{views}</a> }.into_any(),
        None => views.into_any(),
    };
    #[expect(clippy::cast_possible_truncation, reason = "from 0 to 100")]
    let risk = group.risk.map(|risk| risk.round() as i64);
    let mark = risk.filter(|risk| *risk >= RISKY).map(|_| "risk");
    view! {
        <tr>
            <td>{user}</td>
            <td>{name}</td>
            <td class="number">{views}</td>
            <td class="number"><span class=mark>{risk.map(intl::number)}</span></td>
        </tr>
    }
    .into_any()
}
