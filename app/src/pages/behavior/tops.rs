//! Which users, devices, reasons... most views have: each value leads to its rows.

use super::figures::number;
use super::state::{Dashboard, rows};
use crate::behavior::{Asked, Top, having};
use crate::browser::intl;
use crate::components::follow::follow;
use crate::components::report::cell;
use crate::model::{Cell, Query, codec, visible};
use crate::reports::PASSWORD_VIEW;
use crate::say;
use leptos::prelude::*;

#[component]
pub fn Tops(dashboard: Dashboard) -> impl IntoView {
    // Drawn again only where something has changed: what has the focus keeps it.
    let known = Memo::new(move |_| dashboard.behavior(|behavior| behavior.tops.clone()));
    let tops = move || {
        let shown = dashboard.asked.with(Asked::shown);
        let zone = dashboard.asked.with(|asked| asked.query.zone.clone());
        known.with(|tops| tops.iter().filter_map(|top| list(top, shown.as_ref(), &zone)).collect_view())
    };
    view! { <div class="tops">{follow(tops)}</div> }.into_any()
}

fn list(top: &Top, shown: Option<&Query>, zone: &str) -> Option<AnyView> {
    let column = PASSWORD_VIEW.column(&top.column)?;
    let most = top.values.iter().map(|(_, all, _)| *all).max().unwrap_or(1).max(1);
    let value = |(value, all, risky): &(Cell, u64, u64)| {
        let words = if value.is_empty() {
            say!("behavior.nothing-there").to_owned()
        } else {
            visible(&cell::words(column, value, zone)).into_owned()
        };
        // What no address can say, for its length or its control characters, leads nowhere.
        let sayable = |query: &Query| codec::decode(query.report, &codec::encode(query)).is_ok();
        let href = shown.and_then(|shown| having(shown, column, value)).filter(sayable).map(|query| rows(&query, None));
        let risk = (*risky > 0).then(|| view! { <span class="risk" title=say!("behavior.with-risk")>{number(*risky)}</span> });
        let name = match href {
            Some(href) => view! { <a href=href title=words.clone()>{words.clone()}</a> }.into_any(),
            None => words.into_any(),
        };
        // Thousandths: whole percents would make what is rare vanish.
        let share = format!("{}.{}%", all * 100 / most, all * 1000 / most % 10);
        view! {
            <li>
                <span class="top-name">{name}</span>
                <span class="share-bar" aria-hidden="true"><span style:width=share></span></span>
                <span class="top-risk">{risk}</span>
                <span class="top-count">{number(*all)}</span>
            </li>
        }
    };
    let (values, views) = top.others;
    let others = (values > 0).then(|| {
        let words = say!("behavior.others", count = intl::number(i64::try_from(values).unwrap_or(i64::MAX)));
        view! { <li class="others"><span class="top-name muted">{words}</span><span class="share-bar"></span><span></span><span class="top-count">{number(views)}</span></li> }
    });
    let list = view! {
        <section class="panel">
            <header class="panel-head"><h2>{say!("behavior.views-by", column = column.label)}</h2></header>
            <ol class="top">{top.values.iter().map(value).collect_view()}{others}</ol>
        </section>
    };
    Some(list.into_any())
}
