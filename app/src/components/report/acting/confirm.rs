//! The dialog that asks before something is done, and tells what was refused.

use super::refusals::refusals;
use super::words;
use crate::browser;
use crate::components::follow::follow;
use crate::components::notice::Problem;
use crate::components::report::asked::Asked;
use crate::components::report::state::State;
use crate::components::report::tools::{ReportTool, ReportTools};
use crate::say;
use leptos::{ev, html, prelude::*};

/// Longest note, in characters; the server takes 1,000 bytes.
const MAX_NOTE: &str = "250";

#[component]
pub fn Confirmation(state: State) -> impl IntoView {
    let acting = state.acting;
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let open = acting.asked.with(Option::is_some);
        acting.refused.track();
        if let Some(dialog) = dialog.get() {
            if !open {
                return dialog.close();
            }
            if !dialog.open() {
                let _ = dialog.show_modal();
            }
            browser::focus::focus_soon(".ask .first".to_owned());
        }
    });
    let content = move || {
        let asked = acting.asked.get()?;
        Some(match acting.refused.get() {
            Some(refused) => refusals(state, &refused),
            None => view! { <Question state asked /> }.into_any(),
        })
    };
    view! {
        <dialog class="confirm ask" node_ref=dialog aria-labelledby="ask-title" aria-describedby="ask-what" on:close=move |_| acting.leave()>{follow(content)}</dialog>
    }
    .into_any()
}

/// Enter does what can be undone. What cannot takes more than that: there the harmless button has the focus, and Enter in the field
/// does nothing.
#[component]
fn Question(state: State, asked: Asked) -> impl IntoView {
    let acting = state.acting;
    let note = RwSignal::new(String::new());
    let grave = words::is_grave(&asked);
    let confirm = move || state.confirm(note.get_untracked().trim().to_owned());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !grave {
            confirm();
        }
    };
    let press = move |_| {
        if grave {
            confirm();
        }
    };
    let act = words::act(&asked);
    view! {
        <form class="stack" on:submit=submit novalidate>
            <h2 id="ask-title">{words::title(&asked)}</h2>
            <div id="ask-what" class="stack">
                {words::consequences(&asked).into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view()}
                {expect_context::<ReportTools>().popover(move || ReportTool::Destinations(state), IntoAny::into_any)}
            </div>
            <label class="field">
                <span>{say!("ask.note")}</span>
                <input type="text" name="note" maxlength=MAX_NOTE autocomplete="off" placeholder=say!("ask.note.help") prop:value=note
                    on:input:target=move |event| note.set(event.target().value()) />
            </label>
            <Problem message=acting.problem />
            <p class="row">
                <button type="button" class="button" class:first=grave on:click=move |_| acting.leave()>{say!("leave")}</button>
                <button type=if grave { "button" } else { "submit" } class="button" class:danger=grave class:primary=!grave
                    class:first=!grave class:busy=acting.busy on:click=press>
                    {follow(move || if acting.busy.get() { say!("ask.working").to_owned() } else { act.clone() })}
                </button>
            </p>
        </form>
    }
    .into_any()
}
