//! A button that asks before it does something.

use crate::say;
use leptos::{html, prelude::*};
use std::sync::atomic::{AtomicU32, Ordering};

/// Numbers the questions: each is told by its id.
static ASKED: AtomicU32 = AtomicU32::new(0);

/// `label` is the button's word, `described` says what it is about, `question` what will happen, `act` is the word of the button that
/// does it. Enter does it at once where it is `undoable`, and leaves it elsewhere.
#[component]
pub fn Confirm(
    #[prop(into)] label: String,
    described: String,
    question: String,
    act: String,
    on_confirm: Callback<()>,
    #[prop(optional)] undoable: bool,
) -> impl IntoView {
    let id = format!("question-{}", ASKED.fetch_add(1, Ordering::Relaxed));
    let dialog = NodeRef::<html::Dialog>::new();
    let [harmless, doing] = [(); 2].map(|()| NodeRef::<html::Button>::new());
    let open = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
        if let Some(button) = if undoable { doing } else { harmless }.get_untracked() {
            let _ = button.focus();
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <button type="button" class="button small" aria-label=described.clone() on:click=open>{label}</button>
        <dialog class="confirm" node_ref=dialog aria-label=described aria-describedby=id>
            <p id=id.clone()>{question}</p>
            <p class="row">
                <button type="button" class="button" node_ref=harmless on:click=move |_| close()>{say!("leave")}</button>
                <button type="button" class="button" class:danger=!undoable class:primary=undoable node_ref=doing on:click=move |_| {
                    close();
                    on_confirm.run(());
                }>{act}</button>
            </p>
        </dialog>
    }
    .into_any()
}
