//! A button that asks before it does what cannot be undone.

use leptos::{html, prelude::*};

/// `label` is the button's word, `described` says what it is about, `question` what will happen, `act` is the word of the button that
/// does it.
#[component]
pub fn Confirm(label: &'static str, described: String, question: String, act: String, on_confirm: Callback<()>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <button type="button" class="button small" aria-label=described.clone() on:click=move |_| {
            if let Some(dialog) = dialog.get_untracked() {
                let _ = dialog.show_modal();
            }
        }>{label}</button>
        <dialog class="confirm" node_ref=dialog aria-label=described>
            <p>{question}</p>
            <p class="row">
                <button type="button" class="button" on:click=move |_| close()>"Leave it"</button>
                <button type="button" class="button danger" on:click=move |_| {
                    close();
                    on_confirm.run(());
                }>{act}</button>
            </p>
        </dialog>
    }
    .into_any()
}
