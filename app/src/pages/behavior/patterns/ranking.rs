//! A list of what there is most of, with a bar behind each row.

use crate::browser::intl::{self, count as number};
use crate::model::{Query, codec};
use crate::pages::behavior::state::rows;
use crate::say;
use crate::words::Text;
use leptos::prelude::*;

/// A row of it.
pub struct Ranked {
    pub name: String,
    /// The page of what is named, where it has one.
    pub page: Option<String>,
    /// The rows that are counted; nowhere, where no address can say it.
    pub href: Option<String>,
    pub all: u64,
    /// How many of them stand out.
    pub part: u64,
}

/// The address of a question's rows. What no address can say, for its length or its control characters, leads nowhere.
pub fn leading(query: Option<Query>) -> Option<String> {
    query.filter(|query| codec::decode(query.report, &codec::encode(query)).is_ok()).map(|query| rows(&query, None))
}

/// The list. `others`: how many values there are beside these, and how many rows those have; `part`: what it is that stands out.
pub fn ranking(title: String, ranked: Vec<Ranked>, others: (u64, u64), part: Text) -> AnyView {
    let most = ranked.iter().map(|one| one.all).max().unwrap_or(1).max(1);
    let none = ranked.is_empty().then(|| view! { <p class="muted none-with-risk">{say!("behavior.nothing-there")}</p> });
    let row = |Ranked { name, page, href, all, part: count }: Ranked| {
        let risk = (count > 0).then(|| view! { <span class="risk" title=part.said()>{number(count)}</span> });
        // The name leads to its page, and the number to the rows; where there is no page, the name leads to the rows.
        let (of_name, of_count) = if page.is_some() { (page, href) } else { (href, None) };
        let name = match of_name {
            Some(href) => view! { <a href=href title=name.clone()>{name.clone()}</a> }.into_any(),
            None => name.into_any(),
        };
        let all_of = match of_count {
            Some(href) => view! { <a href=href>{number(all)}</a> }.into_any(),
            None => number(all).into_any(),
        };
        // Thousandths: whole percents would make what is rare vanish.
        let share = format!("{}.{}%", all * 100 / most, all * 1000 / most % 10);
        view! {
            <li>
                <span class="top-name">{name}</span>
                <span class="share-bar" aria-hidden="true"><span style:width=share></span></span>
                <span class="top-risk">{risk}</span>
                <span class="top-count">{all_of}</span>
            </li>
        }
    };
    let (values, views) = others;
    let others = (values > 0).then(|| {
        let words = say!("behavior.others", count = intl::number(i64::try_from(values).unwrap_or(i64::MAX)));
        view! { <li class="others"><span class="top-name muted">{words}</span><span class="share-bar"></span><span></span><span class="top-count">{number(views)}</span></li> }
    });
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{title}</h2></header>
            {none}
            <ol class="top">{ranked.into_iter().map(row).collect_view()}{others}</ol>
        </section>
    }
    .into_any()
}
