//! A backup beside its row in the report.

use super::{Desk, below, buttons};
use crate::api::backups::one_backup;
use crate::components::follow::follow;
use crate::components::load::{load, renew_every};
use crate::components::notice::Problem;
use crate::model::BackupSeen;
use crate::say;
use leptos::prelude::*;

/// How often it is looked how it stands, in milliseconds.
const EVERY: u32 = 5_000;

/// What can be done with the backup of this name, while its archive or a copy is there.
pub fn section(name: String) -> AnyView {
    let of = name.clone();
    let seen = load(move || Some(of.clone()), one_backup);
    renew_every(seen, EVERY);
    let one = Memo::new(move |_| seen.value.get().flatten());
    let problem = RwSignal::new(None);
    let desk = Desk::new(name, one, problem, Callback::new(move |()| seen.renew()));
    let is_there = Memo::new(move |_| one.with(|one| one.as_ref().is_some_and(BackupSeen::is_there)));
    let is_elsewhere = Memo::new(move |_| one.with(|one| one.as_ref().is_some_and(|one| !one.here)));
    let gone = move || seen.value.with(|seen| matches!(seen, Some(None)));
    view! {
        <section class="backup">
            <h3>{say!("backups.archive")}</h3>
            {crate::components::load::failed(seen)}
            {follow(move || is_there.get().then(|| view! { <p class="row acts">{buttons(desk)}</p> }))}
            {follow(move || is_elsewhere.get().then(|| view! { <p class="muted">{say!("backups.elsewhere")}</p> }))}
            {follow(move || gone().then(|| view! { <p class="muted">{say!("backups.gone")}</p> }))}
            <Problem message=problem />
            {below(desk)}
        </section>
    }
    .into_any()
}
