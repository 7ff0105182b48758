//! The last days, and the button that states that one is reviewed.

use super::desk::Desk;
use crate::api::reviews::close_review_day;
use crate::browser::intl;
use crate::components::each::each;
use crate::components::follow::follow;
use crate::components::report::cell;
use crate::components::said::paragraph;
use crate::components::wide_table::numbered_table;
use crate::model::{Role, visible};
use crate::reviews::ReviewDay;
use crate::{say, text};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

pub fn days(desk: Desk, role: Memo<Option<Role>>) -> AnyView {
    let names = Memo::new(move |_| {
        desk.known.value.with(|known| known.iter().flat_map(|known| &known.days).map(|day| day.day.clone()).collect::<Vec<_>>())
    });
    let may_close = Memo::new(move |_| role.get() >= Some(Role::Auditor));
    let draw = move |name: String| {
        let of = name.clone();
        let day = Memo::new(move |_| desk.known.value.with(|known| known.as_ref()?.days.iter().find(|day| day.day == of).cloned()));
        row(desk, name, day, may_close)
    };
    let rows = move || each(move || names.get(), draw);
    view! {
        <section>
            <h2>{say!("review.days")}</h2>
            {paragraph("muted", text!("review.days.about"))}
            {numbered_table(text!("review.days"), &[text!("review.day-head"), text!("review.found"), text!("review.left"), text!("review.closed")], &[1, 2], move || names.with(Vec::is_empty), rows)}
        </section>
    }
    .into_any()
}

fn row(desk: Desk, name: String, day: Memo<Option<ReviewDay>>, may_close: Memo<bool>) -> AnyView {
    let number = move |of: fn(&ReviewDay) -> u64| follow(move || day.with(|day| day.as_ref().map(|day| intl::count(of(day)))));
    let closed = move || match day.with(|day| day.as_ref().and_then(|day| day.closed.clone())) {
        Some((at, who)) => view! { {desk.clock().time(at)} " " {visible(&who).into_owned()} }.into_any(),
        None => cell::nothing(),
    };
    let is_ready = Memo::new(move |_| may_close.get() && day.with(|day| day.as_ref().is_some_and(|day| day.over && day.unreviewed == 0)));
    let shown = name.clone();
    let button = move || {
        is_ready.get().then(|| {
            let (name, label) = (name.clone(), say!("review.close-day", day = &name));
            let close = move |_| {
                let (day, zone) = (name.clone(), untrack(|| desk.prefs.zone_name()));
                spawn_local_scoped_with_cancellation(async move {
                    let said = say!("review.day-closed", day = &day);
                    let wrong = close_review_day(day, zone).await.err();
                    desk.said.set(wrong.is_none().then_some(said));
                    desk.problem.set(wrong.map(|error| error.message.said().into_owned()));
                    desk.known.renew();
                });
            };
            view! { <button type="button" class="button small" aria-label=label on:click=close>{say!("review.close")}</button> }
        })
    };
    view! {
        <tr>
            <th scope="row">{shown}</th>
            <td class="number">{number(|day| day.found)}</td>
            <td class="number">{number(|day| day.unreviewed)}</td>
            <td>{follow(closed)}</td>
            <td class="actions">{follow(button)}</td>
        </tr>
    }
    .into_any()
}
