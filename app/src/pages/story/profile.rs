//! The page of a user, a device or a credential.

use super::{shown, watch};
use crate::api::story::profile_shown;
use crate::components::follow::follow;
use crate::components::late_part::bones;
use crate::components::load::{Load, load};
use crate::components::prefs::Prefs;
use crate::components::report::address;
use crate::components::report::cell::Clock;
use crate::components::report::links::{kind, name, page_of, timeline};
use crate::components::router::Router;
use crate::components::shell::late_page::LatePage;
use crate::model::{ApiError, QueryError};
use crate::say;
use crate::story::{Profile, Subject};
use leptos::prelude::*;

/// What a page is of, and in which zone.
type Asked = (Subject, String);

#[component]
pub fn ProfilePage() -> impl IntoView {
    let router = expect_context::<Router>();
    let prefs = expect_context::<Prefs>();
    let own = move || router.path.with(|path| path == LatePage::Profile.path());
    // On the way to another page the address is already the other's: it says nothing about this one.
    let search = Memo::new(move |last: Option<&String>| {
        router.search.with(|search| if own() { search.clone() } else { last.cloned().unwrap_or_default() })
    });
    let asked: Memo<Result<Asked, QueryError>> = Memo::new(move |_| {
        let mut search = search.get();
        if !address::is_complete(&search) {
            address::push(&mut search, "zone", &prefs.zone_name());
        }
        Subject::decode(&search)
    });
    // An address without a zone is completed with the one that the reader prefers.
    Effect::new(move |_| {
        if own()
            && router.search.with(|search| !address::is_complete(search))
            && let Ok((subject, zone)) = asked.get()
        {
            router.replace(&page_of(&subject, &zone));
        }
    });
    let shown = load(
        move || asked.get().ok(),
        |asked: Asked| async move {
            let search = asked.0.asked(&asked.1).encode();
            Ok((asked, profile_shown(search).await?))
        },
    );
    let watching = move || {
        asked.with(|asked| {
            let (subject, zone) = asked.as_ref().ok()?;
            Some(watch::watching(subject.clone(), Clock::of(prefs, zone.clone())))
        })
    };
    let body = move || {
        let error = asked.with(|asked| asked.as_ref().err().cloned()).map(ApiError::from).or_else(|| shown.error.get());
        match error {
            Some(error) => wrong(&error, shown),
            None => shown.value.with(|shown| match shown {
                Some(((subject, zone), profile)) if asked.with(|asked| asked.as_ref().is_ok_and(|asked| asked.0 == *subject)) => {
                    let clock = Clock::of(prefs, zone.clone());
                    if profile.rows.iter().all(|rows| *rows == 0) { unknown() } else { shown::profile(subject, profile, &clock) }
                }
                _ => bones(12),
            }),
        }
    };
    let head = move || {
        asked.with(|asked| {
            let (subject, zone) = asked.as_ref().ok()?;
            let line = timeline(&subject.asked(zone));
            Some(view! {
                <header class="page-head">
                    <div>
                        <p class="muted">{kind(subject)}</p>
                        <h1>{name(subject)}</h1>
                    </div>
                    <div class="row no-print"><a class="button" href=line>{say!("report.timeline.title")}</a></div>
                </header>
            })
        })
    };
    view! {
        <div class="behavior profile">
            {follow(head)}
            {follow(watching)}
            {follow(body)}
        </div>
    }
    .into_any()
}

fn wrong(error: &ApiError, shown: Load<(Asked, Profile)>) -> AnyView {
    view! {
        <div class="state" role="alert">
            <h1>{say!("load.failed")}</h1>
            <p>{error.message.said().into_owned()}</p>
            <p><button type="button" class="button primary" on:click=move |_| shown.retry()>{say!("retry")}</button></p>
        </div>
    }
    .into_any()
}

fn unknown() -> AnyView {
    view! {
        <div class="state">
            <h2>{say!("story.unknown")}</h2>
            <p class="muted">{say!("story.unknown.why")}</p>
        </div>
    }
    .into_any()
}
