//! A dashboard that has nothing to show: why, and the way out.

use super::state::{Board, Question};
use crate::components::follow::follow;
use crate::components::load::failed;
use crate::say;
use leptos::prelude::*;

/// What stands in the place of all figures where there are none.
pub fn dashboard_failed<A: Question>(dashboard: Board<A>) -> AnyView {
    let of_address = move || {
        let error = dashboard.error_of_address()?;
        Some(view! {
            <div class="state" role="alert">
                <h2>{say!("load.failed")}</h2>
                <p>{error.message.said().into_owned()}</p>
                <p><button type="button" class="button primary" on:click=move |_| dashboard.clear()>{say!("behavior.start-over")}</button></p>
            </div>
        })
    };
    view! { {follow(of_address)} {failed(dashboard.shown)} }.into_any()
}
