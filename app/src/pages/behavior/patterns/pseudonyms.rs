//! Whether managers see pseudonyms in place of names, for administrators.

use crate::api::behavior::{pseudonyms_known, set_pseudonyms};
use crate::components::follow::when;
use crate::components::load::{failed, load};
use crate::components::notice::Problem;
use crate::components::said::paragraph;
use crate::{say, text};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

#[component]
pub fn PseudonymSwitch() -> impl IntoView {
    let known = load(|| Some(()), |()| pseudonyms_known());
    let problem = RwSignal::new(None::<String>);
    let set = move |on: bool| {
        spawn_local_scoped_with_cancellation(async move {
            let wrong = set_pseudonyms(on).await.err();
            problem.set(wrong.map(|error| error.message.said().into_owned()));
            known.retry();
        });
    };
    let on = when(move || known.value.get().unwrap_or_default());
    let unknown = when(move || known.value.with(Option::is_none));
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{say!("pseudonyms")}</h2></header>
            {paragraph("muted", text!("pseudonyms.why"))}
            {failed(known)}
            <label class="check">
                <input type="checkbox" prop:checked=on disabled=unknown on:change:target=move |event| set(event.target().checked()) />
                {say!("pseudonyms.on")}
            </label>
            <Problem message=problem />
        </section>
    }
    .into_any()
}
