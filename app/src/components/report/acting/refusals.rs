//! What was refused, and why.

use super::words;
use crate::browser::clipboard;
use crate::components::follow::follow;
use crate::components::icon::icon;
use crate::components::report::asked::{About, Refused};
use crate::components::report::state::State;
use crate::model::{EventId, visible};
use crate::say;
use leptos::prelude::*;

/// Most operations that are listed; the copy has them all.
const LISTED: usize = 100;

pub fn refusals(state: State, answer: &Refused) -> AnyView {
    let copied = RwSignal::new(None::<bool>);
    let headline = |id: EventId| {
        let known = state.rows.value.with_untracked(|shown| {
            let shown = shown.as_ref()?;
            Some(shown.headline(shown.find(id)?))
        });
        match (&answer.asked.about, known) {
            (About::One { headline, .. }, _) => headline.clone(),
            (_, Some(headline)) => format!("{id}, {headline}"),
            (_, None) => id.to_string(),
        }
    };
    let refused: Vec<(EventId, String)> =
        answer.results.iter().filter_map(|result| Some((result.id, result.result.as_ref().err()?.said().into_owned()))).collect();
    let text = refused.iter().map(|(id, reason)| format!("{id}\t{reason}\n")).collect::<String>();
    let more = refused.len().saturating_sub(LISTED);
    let one = matches!(answer.asked.about, About::One { .. });
    let items = refused
        .iter()
        .take(LISTED)
        .map(|(id, reason)| view! { <li><b>{visible(&headline(*id)).into_owned()}</b><span>{visible(reason).into_owned()}</span></li> })
        .collect_view();
    let copy = move |_| copied.set(Some(clipboard::copy(&text)));
    view! {
        <div class="stack">
            <h2 id="ask-title">{words::done(&answer.asked, &answer.results)}</h2>
            {match &refused[..] {
                [(_, reason)] if one => view! { <p id="ask-what">{visible(reason).into_owned()}</p> }.into_any(),
                _ => view! { <ul class="refusals" tabindex="0" aria-label=say!("refusals.list")>{items}</ul> }.into_any(),
            }}
            {(more > 0).then(|| view! { <p class="muted">{say!("refusals.more", number = more)}</p> })}
            <p class="row">
                <span class="muted" role="status">{follow(move || match copied.get() {
                    Some(true) => say!("copy.done"),
                    Some(false) => say!("copy.failed"),
                    None => "",
                })}</span>
                <button type="button" class="button" on:click=copy>{icon("copy")}{say!("refusals.copy")}</button>
                <button type="button" class="button primary first" aria-describedby="ask-title ask-what" on:click=move |_| state.acting.leave()>{say!("close")}</button>
            </p>
        </div>
    }
    .into_any()
}
