//! What only administrators see.

pub mod confirm;
pub mod credential_set;
pub mod new_token;
pub mod notification_rule;
pub mod notifications;
pub mod operations;
pub mod quarantine;
pub mod tokens;

pub use notifications::Notifications;
pub use operations::Operations;
pub use quarantine::Quarantine;
pub use tokens::Tokens;

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
