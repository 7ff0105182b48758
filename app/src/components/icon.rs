//! Icons: drawn by the stylesheet in the colour of the text beside them, so that they cost the page nothing.

use leptos::prelude::*;

/// The icon of this name in `style/15-icons.css`. Whatever it stands for has to be said in words too.
pub fn icon(name: &'static str) -> impl IntoView {
    view! { <span class=format!("icon icon-{name}") aria-hidden="true"></span> }
}

/// The mark of Vigia: an eye on a watch-tower.
pub fn logo() -> impl IntoView {
    view! { <span class="logo" aria-hidden="true"></span> }
}
