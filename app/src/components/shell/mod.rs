//! The frame around every signed-in page.

pub mod late_page;
pub mod rail;
pub mod top_bar;

use super::load::load;
use super::router::Router;
use super::session::Session;
use crate::api::session::current_user;
use crate::browser;
use crate::components::follow::{follow, react};
use crate::model::ApiError;
use crate::say;
use leptos::{html, prelude::*};
use rail::Menu;
use top_bar::TopBar;

/// The frame, and in it a page as soon as it is known who reads it.
#[component]
pub fn SignedIn(
    /// Draws the page; again when what it reads changes.
    page: fn() -> AnyView,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let sheet = NodeRef::<html::Dialog>::new();
    let asked = load(
        move || session.viewer.with_untracked(Option::is_none).then_some(()),
        |()| async { current_user().await?.ok_or_else(ApiError::signed_out) },
    );
    react(move || {
        if let Some(greeting) = asked.value.get() {
            session.greeted(greeting);
        }
    });
    let path = expect_context::<Router>().path;
    // Another page: the next Tab starts at its beginning, and the menu that led there closes.
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some() {
            if let Some(sheet) = sheet.get_untracked() {
                sheet.close();
            }
            browser::focus::focus_soon("#main".to_owned());
        }
    });
    let known = Memo::new(move |_| session.viewer.with(Option::is_some));
    view! {
        <a class="skip" href="#main" rel="external">{say!("frame.skip")}</a>
        <div class="frame">
            <div class="rail"><Menu foldable=true /></div>
            <TopBar open_menu=Callback::new(move |()| {
                if let Some(sheet) = sheet.get_untracked() {
                    let _ = sheet.show_modal();
                }
            }) />
            <main id="main" tabindex="-1">
                {follow(move || match asked.error.get() {
                    _ if known.get() => page(),
                    Some(error) => view! {
                        <div class="narrow" role="alert">
                            <h1>{say!("frame.failed")}</h1>
                            <p>{error.message.said().into_owned()}</p>
                            <p><button class="button primary" type="button" on:click=move |_| asked.retry()>{say!("retry")}</button></p>
                        </div>
                    }.into_any(),
                    None => view! { <p class="sr" role="status">{say!("loading")}</p> }.into_any(),
                })}
            </main>
        </div>
        <dialog class="sheet" node_ref=sheet aria-label=say!("frame.menu") on:click=move |event| {
            // A click beside the sheet lands on the dialog itself.
            if let (Some(sheet), Some(target)) = (sheet.get_untracked(), browser::target(&event)) && target.tag_name() == "DIALOG" {
                sheet.close();
            }
        }>
            <Menu foldable=false />
            <form method="dialog"><button class="button wide">{say!("frame.close-menu")}</button></form>
        </dialog>
    }
    .into_any()
}
