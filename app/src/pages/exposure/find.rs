//! The form that says whose credentials, and up to when.

use super::address::{Asked, typed};
use crate::api::exposure::people_named;
use crate::components::follow::follow;
use crate::components::form::{Fault, input};
use crate::components::load::load;
use crate::components::prefs::Prefs;
use crate::components::router::Router;
use crate::model::{Timestamp, visible};
use crate::say;
use leptos::{ev, prelude::*};

/// Characters from which on names are offered.
const FROM: usize = 2;

/// A time as a field has it; empty for none. What was asked in another zone is written in UTC.
pub fn field(at: Option<Timestamp>, prefs: Prefs) -> String {
    let clock = |at: Timestamp| crate::browser::intl::clock(at, &prefs.zone_name());
    at.map(|at| clock(at).replace(' ', "T").chars().take(16).collect()).unwrap_or_default()
}

/// Whose credentials.
pub fn person(asked: Memo<Asked>) -> AnyView {
    let (router, prefs, fault) = (expect_context::<Router>(), expect_context::<Prefs>(), Fault::none());
    let (user, until) = asked.with_untracked(|asked| (RwSignal::new(asked.user.clone()), RwSignal::new(field(asked.until, prefs))));
    Effect::new(move |_| {
        let Asked { user: whose, until: before, .. } = asked.get();
        user.set(whose);
        until.set(field(before, prefs));
    });
    let part = move || user.with(|user| (user.chars().count() >= FROM).then(|| user.clone()));
    let names = load(part, people_named);
    let options =
        move || names.value.get().unwrap_or_default().into_iter().map(|name| view! { <option value=name></option> }).collect_view();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let until = until.with_untracked(|text| typed(text, prefs.zone.is("utc")));
        router.to(&Asked { user: user.get_untracked().trim().to_owned(), until, ..Asked::default() }.address());
    };
    view! {
        <form class="exposure-form no-print" on:submit=submit>
            <label class="field">
                <span>{say!("exposure.user")}</span>
                <input name="user" type="text" list="exposure-people" autocomplete="off" spellcheck="false" maxlength="256"
                    prop:value=user on:input:target=move |event| user.set(event.target().value()) />
                <small class="muted small-text">{say!("exposure.user.hint")}</small>
                <datalist id="exposure-people">{follow(options)}</datalist>
            </label>
            {input(fault, "until", say!("exposure.until"), "datetime-local", say!("exposure.until.hint"), until)}
            <button type="submit" class="button primary">{say!("exposure.find")}</button>
        </form>
    }
    .into_any()
}

/// Whose password, and at which moment.
pub fn credential(asked: Memo<Asked>) -> AnyView {
    let (router, prefs, fault) = (expect_context::<Router>(), expect_context::<Prefs>(), Fault::none());
    let at = asked.with_untracked(|asked| RwSignal::new(field(asked.at, prefs)));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let at = at.with_untracked(|text| typed(text, prefs.zone.is("utc")));
        router.to(&Asked { at, ..asked.get_untracked() }.address());
    };
    view! {
        <form class="exposure-form no-print" on:submit=submit>
            {input(fault, "at", say!("exposure.at"), "datetime-local", say!("exposure.at.hint"), at)}
            <button type="submit" class="button primary">{say!("exposure.find")}</button>
            <a class="link" href=Asked::default().address()>{say!("exposure.back")}</a>
        </form>
    }
    .into_any()
}

/// A credential in words.
pub fn name(device: &str, username: &str) -> String {
    match (username.is_empty(), device.is_empty()) {
        (true, _) => visible(device).into_owned(),
        (_, true) => visible(username).into_owned(),
        _ => say!("exposure.whole", username = visible(username), device = visible(device)),
    }
}
