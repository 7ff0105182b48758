//! The search box.

use crate::components::follow::{react, when};
use crate::components::icon::icon;
use crate::components::report::narrowing::Narrowing;
use crate::model::Query;
use crate::say;
use gloo::timers::callback::Timeout;
use leptos::{ev, prelude::*};

/// How long the reader has to pause for what they type to be searched for, in milliseconds.
const PAUSE: u32 = 300;

/// Searches on Enter, on "Filter", and when the reader stops typing.
#[component]
pub fn SearchBox(narrowing: Narrowing) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let asked = Memo::new(move |_| narrowing.query.with(|query| query.search.clone()));
    // The address changed by other means, "Clear" or going back. Blanks at the end are still being typed.
    react(move || {
        let asked = asked.get();
        if text.with_untracked(|text| text.trim() != asked) {
            text.set(asked);
        }
    });
    let pause = StoredValue::new_local(None::<Timeout>);
    let search = move || {
        pause.set_value(None);
        let Some(wanted) = text.try_with_untracked(|text| text.trim().to_owned()) else { return };
        let query = narrowing.query.get_untracked();
        if query.search == wanted {
            return;
        }
        // Going back from a search leads to before it, not through every word of it.
        let further = !query.search.is_empty() && !wanted.is_empty();
        let query = Query { search: wanted, ..query };
        if further { narrowing.ask_instead(query) } else { narrowing.ask(query) }
    };
    let typed = move |value: String| {
        text.set(value);
        pause.set_value(Some(Timeout::new(PAUSE, search)));
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        search();
    };
    let at_fault = move || narrowing.error().is_some_and(|error| error.field.as_deref() == Some("q"));
    view! {
        <form id="search-form" class="search-box" on:submit=submit>
            {icon("search")}
            <input
                type="search"
                name="q"
                aria-label=say!("search.label", report = narrowing.report.words.title)
                placeholder=say!("search.placeholder")
                autocomplete="off"
                spellcheck="false"
                maxlength=Query::MAX_TEXT.to_string()
                aria-invalid=when(move || at_fault().then_some("true"))
                prop:value=text
                on:input:target=move |event| typed(event.target().value())
            />
        </form>
    }
    .into_any()
}
