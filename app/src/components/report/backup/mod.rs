//! What administrators do with a backup that is there: on their page, and beside its row in the report. It comes in a part of the page of its own.

mod download;
mod links;
pub mod section;

use crate::api::backups::{drill_backup, verify_backup};
use crate::browser::file;
use crate::components::follow::{follow, when};
use crate::model::{ApiError, BackupLink, BackupSeen, NewBackupLink};
use crate::say;
use download::Download;
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use std::future::Future;

/// A backup, and what is done with it.
#[derive(Clone, Copy)]
pub struct Desk {
    name: StoredValue<String>,
    one: Memo<Option<BackupSeen>>,
    problem: RwSignal<Option<String>>,
    /// Looks again how it stands.
    renew: Callback<()>,
    download: Download,
    /// The link that was just made.
    made: RwSignal<Option<NewBackupLink>>,
}

impl Desk {
    /// `one` is the backup while it is there; `problem` takes what is wrong with what is done.
    pub fn new(name: String, one: Memo<Option<BackupSeen>>, problem: RwSignal<Option<String>>, renew: Callback<()>) -> Self {
        Self { name: StoredValue::new(name), one, problem, renew, download: Download::new(), made: RwSignal::new(None) }
    }

    fn links(self) -> Vec<BackupLink> {
        self.one.with(|one| one.as_ref().map(|one| one.links.clone()).unwrap_or_default())
    }

    /// Does something, says what is wrong with it, and looks again.
    fn act(self, work: impl Future<Output = Result<(), ApiError>> + 'static) {
        spawn_local_scoped_with_cancellation(async move {
            self.problem.set(work.await.err().map(|error| error.message.said().into_owned()));
            self.renew.run(());
        });
    }
}

/// The buttons of a backup. What is in copies alone is not verified and not drilled before it was fetched.
pub fn buttons(desk: Desk) -> AnyView {
    let name = desk.name.get_value();
    let link = format!("/api/v1/backups/{name}/archive");
    let busy = when(move || if desk.download.is_going() { "true" } else { "false" });
    let is_here = Memo::new(move |_| desk.one.with(|one| one.as_ref().is_some_and(|one| one.here)));
    let opens = Memo::new(move |_| desk.one.with(|one| one.as_ref().is_some_and(|one| one.here && !one.offline)));
    let verify = desk.name.get_value();
    let verify = move || {
        let label = say!("backups.verify-name", name = &verify);
        view! {
            <button type="button" class="button small" aria-label=label
                on:click=move |_| desk.act(verify_backup(desk.name.get_value()))>{say!("backups.verify")}</button>
        }
    };
    let drill = desk.name.get_value();
    let drill = move || {
        let label = say!("backups.drill-name", name = &drill);
        view! {
            <button type="button" class="button small" aria-label=label
                on:click=move |_| desk.act(drill_backup(desk.name.get_value()))>{say!("backups.drill")}</button>
        }
    };
    let download = move |event: web_sys::MouseEvent| {
        // Elsewhere the browser follows the link, and saves what comes.
        if file::can_save() {
            event.prevent_default();
            if let Some(one) = desk.one.get_untracked().filter(|_| !desk.download.is_going()) {
                desk.download.begin(one);
            }
        }
    };
    view! {
        {follow(move || is_here.get().then(&verify))}
        {follow(move || opens.get().then(&drill))}
        <a class="button small" href=link download aria-label=say!("backups.download-name", name = &name) aria-busy=busy on:click=download>{say!("backups.download")}</a>
        <button type="button" class="button small" aria-label=say!("backups.link-name", name = &name)
            on:click=move |_| links::make(desk)>{say!("backups.link")}</button>
    }
    .into_any()
}

/// What came of it: how a download goes, and the links that are good.
pub fn below(desk: Desk) -> AnyView {
    view! { <div class="backup-below">{desk.download.shown()} {follow(move || links::new(desk))} {follow(move || links::list(desk))}</div> }
        .into_any()
}

/// Whether there is anything below.
pub fn has_below(desk: Desk) -> bool {
    desk.download.is_shown()
        || desk.made.with(Option::is_some)
        || desk.one.with(|one| one.as_ref().is_some_and(|one| !one.links.is_empty()))
}
