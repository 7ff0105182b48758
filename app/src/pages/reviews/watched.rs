//! What is watched: the list, and how to stop.

use crate::api::watched::{stop_watching, watched_known};
use crate::components::follow::follow;
use crate::components::load::{Load, failed, load};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::report::cell::Clock;
use crate::components::report::links::{kind, link, name};
use crate::components::said::paragraph;
use crate::components::wide_table::wide_table;
use crate::model::visible;
use crate::watched::Watched;
use crate::{say, text};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

/// For auditors and administrators.
pub fn watched() -> AnyView {
    let known = load(|| Some(()), |()| watched_known());
    let problem = RwSignal::new(None::<String>);
    let prefs = expect_context::<Prefs>();
    let rows = move || {
        let clock = Clock::of(prefs, prefs.zone_name());
        known.value.get().unwrap_or_default().iter().map(|watched| row(watched, known, problem, &clock)).collect_view()
    };
    let empty = move || known.value.with(|known| known.as_ref().is_none_or(Vec::is_empty));
    let none =
        move || known.value.with(|known| known.as_ref().is_some_and(Vec::is_empty)).then(|| paragraph("muted", text!("watched.none")));
    let heads = [text!("watched.name"), text!("watched.kind"), text!("watched.by"), text!("watched.since"), text!("watched.reason")];
    view! {
        <section>
            <h2>{say!("watched.title")}</h2>
            {paragraph("muted", text!("watched.about"))}
            <Problem message=problem />
            {failed(known)}
            {follow(none)}
            {wide_table(text!("watched.title"), &heads, empty, rows)}
        </section>
    }
    .into_any()
}

fn row(watched: &Watched, known: Load<Vec<Watched>>, problem: RwSignal<Option<String>>, clock: &Clock) -> AnyView {
    let called = name(&watched.of);
    let of = watched.of.clone();
    let stop = move |_| {
        let of = of.clone();
        spawn_local_scoped_with_cancellation(async move {
            problem.set(stop_watching(of).await.err().map(|error| error.message.said().into_owned()));
            known.retry();
        });
    };
    view! {
        <tr>
            <th scope="row">{link(&watched.of, &clock.zone)}</th>
            <td>{kind(&watched.of)}</td>
            <td>{visible(&watched.by).into_owned()}</td>
            <td>{clock.time(watched.since)}</td>
            <td class="wrap">{visible(&watched.reason).into_owned()}</td>
            <td class="actions">
                <button type="button" class="button small" aria-label=say!("watched.stop-name", name = called) on:click=stop>{say!("watch.stop")}</button>
            </td>
        </tr>
    }
    .into_any()
}
