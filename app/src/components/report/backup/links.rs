//! Links that download a backup without signing in.

use super::Desk;
use crate::api::backups::{make_backup_link, revoke_backup_link};
use crate::browser::{self, clipboard};
use crate::components::follow::follow;
use crate::components::icon::icon;
use crate::components::prefs::Prefs;
use crate::components::report::cell::Clock;
use crate::model::visible;
use crate::say;
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

/// Makes one.
pub fn make(desk: Desk) {
    spawn_local_scoped_with_cancellation(async move {
        match make_backup_link(desk.name.get_value()).await {
            Ok(made) => {
                desk.problem.set(None);
                desk.made.set(Some(made));
            }
            Err(error) => desk.problem.set(Some(error.message.said().into_owned())),
        }
        desk.renew.run(());
    });
}

/// The one that was just made: it is shown this once.
pub fn new(desk: Desk) -> Option<AnyView> {
    let address = browser::absolute(&desk.made.get()?.path);
    let copied = RwSignal::new(None::<bool>);
    let shown = address.clone();
    let said = move || match copied.get() {
        Some(true) => say!("copy.done"),
        Some(false) => say!("copy.failed"),
        None => "",
    };
    let made = view! {
        <div class="issued" role="status">
            <p><b>{say!("backups.link.made")}</b></p>
            <p class="row">
                <code>{shown}</code>
                <button type="button" class="button small" on:click=move |_| copied.set(Some(clipboard::copy(&address)))>{icon("copy")}{say!("copy")}</button>
                <span class="muted">{follow(said)}</span>
            </p>
        </div>
    };
    Some(made.into_any())
}

/// Those that are good.
pub fn list(desk: Desk) -> Option<AnyView> {
    let links = Memo::new(move |_| desk.links()).get();
    let prefs = expect_context::<Prefs>();
    let clock = Clock::of(prefs, prefs.zone_name());
    let item = |link: &crate::model::BackupLink| {
        let id = link.id.clone();
        let revoke = move |_| {
            desk.made.set(None);
            desk.act(revoke_backup_link(desk.name.get_value(), id.clone()));
        };
        view! {
            <li class="actions-row">
                <span>{say!("backups.link.of", by = visible(&link.requested_by))} " " {clock.time(link.expires)}</span>
                <button type="button" class="button small" aria-label=say!("backups.link.revoke-of", id = &link.id) on:click=revoke>{say!("backups.link.revoke")}</button>
            </li>
        }
    };
    (!links.is_empty()).then(|| view! { <ul class="plain">{links.iter().map(item).collect_view()}</ul> }.into_any())
}
