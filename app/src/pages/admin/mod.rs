//! What only administrators see.

pub mod confirm;
pub mod credential_set;
pub mod jobs;
mod mailbox;
pub mod new_token;
pub mod notification_rule;
pub mod notifications;
pub mod operations;
pub mod quarantine;
pub mod tokens;

pub use jobs::Jobs;
pub use notifications::Notifications;
pub use operations::Operations;
pub use quarantine::Quarantine;
pub use tokens::Tokens;

use crate::components::follow::{follow, when};
use crate::components::load::Load;
use leptos::prelude::*;

/// What stands where something could not be loaded, with the way out.
pub(super) fn failed<T: Send + Sync + 'static>(load: Load<T>) -> impl IntoView {
    move || {
        load.error.get().map(|error| {
            view! {
                <div class="state" role="alert">
                    <h2>"This cannot be shown"</h2>
                    <p>{error.message}</p>
                    <p><button type="button" class="button primary" on:click=move |_| load.retry()>"Retry"</button></p>
                </div>
            }
        })
    }
}

/// A table that is scrolled sideways where it does not fit; away while there is nothing in it. The last column is for buttons.
pub(super) fn table<R: IntoAny>(
    about: &'static str,
    heads: &'static [&'static str],
    empty: impl Fn() -> bool + Send + Sync + 'static,
    rows: impl Fn() -> R + Send + Sync + 'static,
) -> AnyView {
    let heads = heads.iter().map(|head| view! { <th scope="col">{*head}</th> }).collect_view();
    view! {
        <div class="wide-table" tabindex="0" role="region" aria-label=about class:gone=when(empty)>
            <table>
                <caption class="sr">{about}</caption>
                <thead><tr>{heads}<th scope="col"><span class="sr">"Actions"</span></th></tr></thead>
                <tbody>{follow(rows)}</tbody>
            </table>
        </div>
    }
    .into_any()
}
