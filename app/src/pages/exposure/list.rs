//! The list: everybody's credentials that were not changed since, or all that somebody has seen.

use super::address::Asked;
use super::{change, find, progress};
use crate::api::exposure::seen_credentials;
use crate::browser::intl::{self, count as number};
use crate::components::follow::{follow, when};
use crate::components::load::{Load, failed, load, renew_every};
use crate::components::prefs::Prefs;
use crate::components::report::cell::{self, Clock};
use crate::components::report::links::link;
use crate::components::said::paragraph;
use crate::components::session::Session;
use crate::components::wide_table::numbered_table;
use crate::model::{Exposure, Role, SeenCredential, Timestamp, Tone, visible};
use crate::story::Subject;
use crate::words::Text;
use crate::{say, text};
use leptos::prelude::*;

/// How often the list is looked at, in milliseconds.
const EVERY: u32 = 5_000;

pub fn view(asked: Memo<Asked>) -> AnyView {
    let (prefs, session) = (expect_context::<Prefs>(), expect_context::<Session>());
    let question = move || asked.with(|asked| (!asked.is_of_credential()).then(|| (asked.user.clone(), asked.until)));
    let all = load(question, |(user, until)| {
        let user = Some(user).filter(|user| !user.is_empty());
        let until = until.filter(|_| user.is_some());
        seen_credentials(user, until)
    });
    renew_every(all, EVERY);
    // What is on the screen is what was asked for then.
    let is_of_person = Memo::new(move |_| asked.with(|asked| !asked.user.is_empty()));
    let is_admin = Memo::new(move |_| session.viewer.with(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.role == Role::Admin)));
    let empty = move || all.value.with(|all| all.as_ref().is_none_or(|all| all.credentials.is_empty()));
    let table = move || {
        let (of_person, ways) = (is_of_person.get(), is_of_person.get() && is_admin.get());
        let rows = move || {
            let clock = Clock::of(prefs, prefs.zone_name());
            let asked = asked.get();
            all.value.with(|all| {
                let all = all.iter().flat_map(|all| &all.credentials);
                all.map(|seen| row(seen, &asked, &clock, of_person, ways)).collect_view()
            })
        };
        numbered_table(title(of_person), &heads(ways), &[3], empty, rows)
    };
    let notice = move || {
        let preparing = all.value.with(|all| all.as_ref().is_some_and(|all| all.preparing));
        preparing.then(|| paragraph("warning", text!("exposure.preparing")))
    };
    view! {
        {find::person(asked)}
        {failed(all)}
        {follow(notice)}
        <div class="exposure-head" aria-live="polite">{follow(move || summary(asked, all, prefs))}</div>
        <div class="actions-row no-print">
            {follow(move || (is_of_person.get() && is_admin.get()).then(|| change::view(asked, all)))}
            <button type="button" class="button small" class:gone=when(empty) on:click=move |_| {
                let _ = window().print();
            }>{say!("exposure.print")}</button>
        </div>
        {follow(move || is_of_person.get().then(|| progress::view(all)))}
        {follow(table)}
    }
    .into_any()
}

const fn title(of_person: bool) -> Text {
    if of_person { text!("exposure.people") } else { text!("exposure.of-everybody") }
}

fn heads(ways: bool) -> Vec<Text> {
    let mut heads = vec![
        text!("exposure.credential"),
        text!("exposure.types"),
        text!("exposure.sources"),
        text!("exposure.views"),
        text!("exposure.last"),
        text!("exposure.changed"),
    ];
    if ways {
        heads.push(text!("exposure.way"));
    }
    heads
}

/// What the list is of, and how many are left; on paper with the time.
fn summary(asked: Memo<Asked>, all: Load<Exposure>, prefs: Prefs) -> AnyView {
    let asked = asked.get();
    let Some((left, there)) = all.value.with(|all| all.as_ref().map(|all| (all.unchanged, all.credentials.len() as u64))) else {
        return ().into_any();
    };
    let user = visible(&asked.user).into_owned();
    let head = if asked.user.is_empty() { say!("exposure.of-everybody").to_owned() } else { say!("exposure.of-person", user = &user) };
    let how_many = match (asked.user.is_empty(), left, there) {
        (true, 0, _) => say!("exposure.none-left").to_owned(),
        (true, ..) => say!("exposure.left-all", count = left),
        (_, _, 0) => say!("exposure.none", user = &user),
        (_, 0, _) => say!("exposure.done", all = there, user = &user),
        _ => say!("exposure.left", count = left, all = there),
    };
    let tone = if left == 0 { Tone::Good } else { Tone::Warning };
    let zone = prefs.zone_name();
    let before = asked.until.filter(|_| !asked.user.is_empty());
    let before = before.map(|until| view! { <p class="muted">{say!("exposure.before", time = intl::clock(until, &zone))}</p> });
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of the clock")]
    let now = Timestamp::saturating(crate::browser::now() as i64);
    let printed = say!("exposure.printed", time = format!("{} ({zone})", intl::clock(now, &zone)));
    view! {
        <h2>{head}</h2>
        {before}
        <p>{cell::toned(how_many, tone)}</p>
        <p class="print-head">{printed}</p>
    }
    .into_any()
}

fn row(seen: &SeenCredential, asked: &Asked, clock: &Clock, of_person: bool, ways: bool) -> AnyView {
    let name = find::name(&seen.device, &seen.username);
    let views = if of_person && seen.unchanged > 0 && seen.unchanged < seen.views {
        say!("exposure.of-views", unchanged = seen.unchanged, views = seen.views)
    } else {
        number(seen.views)
    };
    let changed = match (of_person, seen.changed) {
        (true, None) => cell::toned(say!("exposure.not-changed").to_owned(), Tone::Warning),
        (_, Some(changed)) => clock.time(changed),
        (false, None) => cell::nothing(),
    };
    let listed = |words: &[String]| words.iter().map(|word| visible(word).into_owned()).collect::<Vec<_>>().join(", ");
    let sources = (seen.sources.len() > 1).then(|| say!("exposure.sources.why"));
    let way = ways.then(|| {
        let way = match &seen.way {
            Some(Ok(connector)) => visible(connector).into_owned(),
            Some(Err(why)) => why.said().into_owned(),
            None => String::new(),
        };
        view! { <td class="wrap">{way}</td> }
    });
    let who = say!("exposure.who-of", credential = &name);
    let of = match (seen.device.is_empty(), seen.username.is_empty()) {
        (true, _) => None,
        (_, true) => Some(Subject::Device(seen.device.clone())),
        _ => Some(Subject::Credential { device: seen.device.clone(), username: seen.username.clone() }),
    };
    let page = of.map_or_else(|| name.into_any(), |of| link(&of, &clock.zone));
    view! {
        <tr>
            <th scope="row">{page}</th>
            <td>{listed(&seen.credential_types)}</td>
            <td title=sources>{listed(&seen.sources)}</td>
            <td class="number"><a href=asked.views_of(&seen.device, &seen.username)>{views}</a></td>
            <td>{clock.time(seen.last)}</td>
            <td>{changed}</td>
            {way}
            <td class="actions"><a class="link" aria-label=who href=Asked::who(&seen.device, &seen.username).address()>{say!("exposure.who")}</a></td>
        </tr>
    }
    .into_any()
}
