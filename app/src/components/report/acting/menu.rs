//! What can be done with one row, as a menu at its button: a sheet on narrow screens.

use super::why_not;
use crate::browser;
use crate::components::follow::follow;
use crate::components::report::state::State;
use crate::say;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// Height that a menu may need, in pixels: where less is left below its button it opens above.
const ROOM: f64 = 260.0;

#[component]
pub fn RowMenu(state: State) -> impl IntoView {
    let acting = state.acting;
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let open = acting.menu.get();
        if let Some(dialog) = dialog.get() {
            match open {
                Some(id) => {
                    place(&dialog, &format!("[data-menu='{id}']"));
                    let _ = dialog.show_modal();
                }
                None => dialog.close(),
            }
        }
    });
    let content = move || {
        let id = acting.menu.get()?;
        let actions = state.actions?;
        let (headline, offered, keeper) = state.rows.value.with(|shown| {
            let shown = shown.as_ref()?;
            let row = shown.find(id)?;
            Some((shown.headline(row), shown.offered(row, actions), shown.standing(id).keeper))
        })?;
        let act = move |action| {
            acting.menu.set(None);
            state.ask_about_row(id, action);
        };
        let why = why_not(state, keeper, offered.is_empty()).map(|why| view! { <p class="menu-note muted">{why}</p> });
        let items = offered.into_iter().map(|action| {
            view! { <button type="button" class="menu-item" on:click=move |_| act(action)>{action.label().said()}</button> }
        });
        let look = move |at_attempts| {
            acting.menu.set(None);
            state.open(id, at_attempts);
        };
        Some(view! {
            <p class="menu-title" id="row-menu-title">{crate::model::visible(&headline).into_owned()}</p>
            {why}
            {items.collect_view()}
            <button type="button" class="menu-item" on:click=move |_| look(true)>{say!("row.view-attempts")}</button>
            <button type="button" class="menu-item" on:click=move |_| look(false)>{say!("details")}</button>
        })
    };
    view! {
        <dialog class="row-menu" node_ref=dialog aria-labelledby="row-menu-title" on:close=move |_| acting.menu.set(None)
            on:click=move |event| {
                // A click beside the menu lands on the dialog itself.
                if browser::target(&event).is_some_and(|target| target.tag_name() == "DIALOG") {
                    acting.menu.set(None);
                }
            }
            on:keydown=move |event| walk(&event)
        >{follow(content)}</dialog>
    }
    .into_any()
}

/// Below the button, or above it where there is no room; the stylesheet makes a sheet of it on narrow screens.
fn place(dialog: &web_sys::HtmlElement, button: &str) {
    let Some(button) = browser::focus::find(button) else { return };
    let rect = button.get_bounding_client_rect();
    let size = |of: Result<wasm_bindgen::JsValue, _>| of.ok().and_then(|value| value.as_f64()).unwrap_or_default();
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    let style = web_sys::HtmlElement::style(dialog);
    let _ = style.set_property("right", &format!("{}px", (width - rect.right()).max(8.0) as i32));
    let below = rect.bottom() + ROOM < height;
    let _ = style.set_property("top", &if below { format!("{}px", rect.bottom() as i32 + 2) } else { "auto".to_owned() });
    let _ = style.set_property("bottom", &if below { "auto".to_owned() } else { format!("{}px", (height - rect.top()) as i32 + 2) });
}

/// The arrows go from one entry to the next.
fn walk(event: &web_sys::KeyboardEvent) {
    let next = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let Some(item) = browser::target(event) else { return };
    let sibling = if next { item.next_element_sibling() } else { item.previous_element_sibling() };
    if let Some(item) = sibling.and_then(|item| item.dyn_into::<web_sys::HtmlElement>().ok()) {
        event.prevent_default();
        let _ = item.focus();
    }
}
