//! A figure as it stands at the top of a dashboard, and how it has changed.

use crate::browser::intl::{self, count as number};
use crate::say;
use crate::words::Text;
use leptos::prelude::*;

/// A figure.
pub struct Card {
    pub class: &'static str,
    pub name: Text,
    pub count: u64,
    /// Its share of a whole, where it has one.
    pub share: Option<String>,
    /// What it was before.
    pub change: String,
}

impl Card {
    /// With where it leads; nowhere, where it counts no rows.
    pub fn draw(self, href: Option<String>) -> AnyView {
        let Self { class, name, count, share, change } = self;
        let body = view! {
            <span class="figure-name">{name.said()}</span>
            <span class="figure-number">{number(count)}</span>
            {share.map(|share| view! { <span class="figure-share">{share}</span> })}
            <span class="figure-change">{change}</span>
        };
        match href {
            Some(href) => view! { <a class=class href=href>{body}</a> }.into_any(),
            None => view! { <div class=class>{body}</div> }.into_any(),
        }
    }
}

/// How many more or fewer there are than in the period before.
pub fn change(now: u64, before: u64) -> String {
    match (now, before) {
        (0, 0) => say!("behavior.none-before").to_owned(),
        (_, 0) => say!("behavior.new").to_owned(),
        (now, before) if tenths(now.abs_diff(before), before) == 0 => say!("behavior.same").to_owned(),
        (now, before) if now > before => say!("behavior.more", percent = percent(tenths(now - before, before))),
        (now, before) => say!("behavior.fewer", percent = percent(tenths(before - now, before))),
    }
}

/// So many tenths of a percent of a whole.
pub fn tenths(part: u64, whole: u64) -> u64 {
    if whole == 0 { 0 } else { u64::try_from(u128::from(part) * 1000 / u128::from(whole)).unwrap_or(u64::MAX) }
}

/// Tenths of a percent; whole percents where they are many.
pub fn percent(tenths: u64) -> String {
    let tenths = i64::try_from(tenths).unwrap_or(i64::MAX);
    if tenths < 100 { intl::tenths(tenths) } else { intl::number(tenths / 10) }
}
