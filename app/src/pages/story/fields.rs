//! Numbers over time, a field for each: darker, or higher, where there are more. Each leads to its rows.

use crate::components::follow::when;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Shades beside that of nothing.
const SHADES: u64 = 5;
const CLASSES: [&str; 6] = ["shade s0", "shade s1", "shade s2", "shade s3", "shade s4", "shade s5"];

/// A field.
pub struct Field {
    /// What it counts, in words.
    pub words: String,
    pub href: Option<String>,
    pub all: u64,
    pub risky: u64,
}

/// A row of fields, and what stands before it.
pub type Line = (String, Vec<Field>);

/// Rows of equally many fields. One tab stop: the arrows go from field to field.
pub fn fields(about: &'static str, heads: Vec<String>, lines: Vec<Line>, bars: bool) -> AnyView {
    let wide = lines.first().map_or(0, |(_, fields)| fields.len()).max(1);
    let there = wide * lines.len();
    let most = lines.iter().flat_map(|(_, fields)| fields).map(|field| field.all).max().unwrap_or_default().max(1);
    let at = RwSignal::new(0_usize);
    let table = NodeRef::<html::Table>::new();
    let pressed = move |event: ev::KeyboardEvent| {
        let now = at.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => now + 1,
            "ArrowLeft" => now.saturating_sub(1),
            "ArrowDown" => now + wide,
            "ArrowUp" => now.checked_sub(wide).unwrap_or(now),
            "Home" => now - now % wide,
            "End" => now - now % wide + wide - 1,
            _ => return,
        };
        event.prevent_default();
        if next >= there {
            return;
        }
        at.set(next);
        let field = table.get_untracked().and_then(|table| table.query_selector(&format!("[data-field='{next}']")).ok().flatten());
        if let Some(field) = field {
            let _ = field.unchecked_into::<HtmlElement>().focus();
        }
    };
    let draw = |place: usize, field: Field| {
        let tab = when(move || if at.get() == place { "0" } else { "-1" });
        let shade = usize::try_from((field.all * SHADES).div_ceil(most)).unwrap_or_default();
        let class = if bars { "bar-field" } else { CLASSES[shade.min(5)] };
        let height = |of: u64| format!("{}%", of.saturating_mul(100).div_ceil(most));
        let with_risk = field.risky > 0;
        let bar = bars.then(|| {
            view! { <span class="bar" style:height=height(field.all)></span> <span class="bar risky" style:height=height(field.risky)></span> }
        });
        view! {
            <td>
                <a class=class href=field.href tabindex=tab data-field=place title=field.words.clone() aria-label=field.words
                    class:with-risk=with_risk on:focus=move |_| at.set(place)>{bar}</a>
            </td>
        }
    };
    let lines = lines.into_iter().enumerate().map(|(line, (head, fields))| {
        let fields = fields.into_iter().enumerate().map(|(of_line, field)| draw(line * wide + of_line, field)).collect_view();
        let head = (!head.is_empty()).then(|| view! { <th scope="row">{head}</th> });
        view! { <tr>{head}{fields}</tr> }
    });
    let heads = (!heads.is_empty()).then(|| {
        let heads = heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view();
        view! { <thead><tr><td></td>{heads}</tr></thead> }
    });
    view! {
        <div class="week-scroll">
            <table class="week" class:bars=bars node_ref=table on:keydown=pressed>
                <caption class="sr">{about}</caption>
                {heads}
                <tbody>{lines.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
