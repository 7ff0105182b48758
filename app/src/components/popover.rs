//! A button and the panel that it opens.

use super::icon::icon;
use crate::browser;
use crate::components::follow::{follow, react, when};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// Opens below its button. Closes on Escape (the focus returns to the button), on a click elsewhere, and when the focus leaves it.
#[component]
pub fn Popover(
    /// Whether it is open; a child that is done sets it to false.
    open: RwSignal<bool>,
    /// What the button says.
    #[prop(into)]
    label: Signal<String>,
    /// Name of the icon before the label.
    symbol: &'static str,
    /// Said instead of the label where that is not enough.
    #[prop(optional, into)]
    described: Option<Signal<String>>,
    /// Further classes of the whole.
    #[prop(optional)]
    class: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let outside = move |target: Option<web_sys::EventTarget>| {
        let node = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        // A node that is gone already was inside: its own click took it away.
        node.is_some_and(|node| node.is_connected() && root.try_get_untracked().flatten().is_some_and(|root| !root.contains(Some(&node))))
    };
    let close_outside = move |target| {
        // The focus also leaves what is just being taken off the page, and then nothing of this is left to ask.
        if open.try_get_untracked() == Some(true) && outside(target) {
            open.set(false);
        }
    };
    let listener = window_event_listener(ev::pointerdown, move |event| close_outside(event.target()));
    on_cleanup(move || listener.remove());
    // The panel ends where the window does, and is scrolled from there on.
    react(move || {
        let height = || window().inner_height().ok()?.as_f64();
        if let (true, Some(root), Some(height)) = (open.get(), root.get_untracked(), height()) {
            let room = height - root.get_bounding_client_rect().bottom();
            let style = web_sys::HtmlElement::style(&root);
            let _ = style.set_property("--room", &format!("{}px", room as i32));
        }
    });
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            if let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
        }
    };
    view! {
        <div class=format!("popover {class}") node_ref=root on:keydown=on_key on:focusout=move |event| close_outside(event.related_target())>
            <button
                type="button"
                class="button"
                node_ref=button
                aria-expanded=when(move || if open.get() { "true" } else { "false" })
                aria-label=described.map(|text| move || text.get())
                on:click=move |_| {
                    open.update(|open| *open = !*open);
                    if open.get_untracked() {
                        browser::focus::focus_soon(".popover-panel :is(select, input, button, a)".to_owned());
                    }
                }
            >
                {icon(symbol)}
                <span class="label">{follow(move || label.get())}</span>
                {icon("down")}
            </button>
            {follow(move || open.get().then(|| view! { <div class="popover-panel">{children()}</div> }))}
        </div>
    }
    .into_any()
}
