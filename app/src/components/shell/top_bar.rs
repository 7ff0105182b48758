//! The bar above every signed-in page.

use super::late_page::LatePage;
use crate::api::session::sign_out;
use crate::browser::intl;
use crate::components::follow::{follow, when};
use crate::components::said::span;
use crate::components::{icon::icon, popover::Popover, prefs::Prefs, report::address, router::Router, session::Session};
use crate::{say, text};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn TopBar(open_menu: Callback<()>) -> impl IntoView {
    let path = expect_context::<Router>().path;
    let trail = move || {
        path.with(|path| match address::report_at(path) {
            Some(report) => vec![text!("frame.reports"), text!("frame.events"), report.words.title],
            None => LatePage::at(path).map_or(vec![], |page| [page.under(), &[page.title()]].concat()),
        })
    };
    let about = expect_context::<Session>().demo;
    let demo = move || {
        let about = about.get();
        (!about.is_empty()).then(|| view! { <details class="demo-mark"><summary>{say!("frame.demo")}</summary><p>{about}</p></details> })
    };
    view! {
        <header class="top-bar">
            <button type="button" class="button quiet only-narrow" aria-label=say!("frame.menu") on:click=move |_| open_menu.run(())>{icon("menu")}</button>
            <nav class="trail" aria-label=say!("frame.trail")>
                <ol>{follow(move || trail().into_iter().map(|step| view! { <li>{step.said()}</li> }).collect_view())}</ol>
            </nav>
            {follow(demo)}
            <ZoneSwitch />
            <ThemeSwitch />
            <a class="button quiet" href="/api/docs" rel="external">"API"</a>
            <UserMenu />
        </header>
    }
    .into_any()
}

/// Local time or UTC. A report carries its zone in its address, so that a link shows everybody the same; a link may bring a third zone.
#[component]
fn ZoneSwitch() -> impl IntoView {
    let prefs = expect_context::<Prefs>();
    let router = expect_context::<Router>();
    let local = intl::local_zone();
    let current = Memo::new(move |_| {
        let of_report = router.path.with(|path| has_zone(path));
        let zone = router.search.with(|search| address::parameter(search, "zone"));
        zone.filter(|_| of_report).unwrap_or_else(|| prefs.zone_name())
    });
    let local_name = local.clone();
    let options = move || {
        let current = current.get();
        // A browser that knows no zone of its own has UTC for it.
        let mut zones = vec![("UTC".to_owned(), "UTC".to_owned())];
        if local_name != "UTC" {
            zones.insert(0, (local_name.clone(), say!("frame.local-zone", zone = &local_name)));
        }
        if zones.iter().all(|(zone, _)| *zone != current) {
            zones.push((current.clone(), current.clone()));
        }
        zones
            .into_iter()
            .map(|(zone, label)| {
                let selected = zone == current;
                view! { <option value=zone selected=selected>{label}</option> }
            })
            .collect_view()
    };
    let choose = move |zone: String| {
        prefs.zone.set(if zone == "UTC" && local != "UTC" { "utc" } else { "local" });
        let path = router.path.get_untracked();
        if has_zone(&path) {
            router.to(&address::in_zone(&path, &router.search.get_untracked(), &zone));
        }
    };
    view! {
        <label class="switch">
            {span("sr", text!("frame.zone"))}
            {icon("clock")}
            <select prop:value=when(move || current.get()) on:change:target=move |event| choose(event.target().value())>{follow(options)}</select>
        </label>
    }
    .into_any()
}

/// Whether the page of a path has its zone in its address.
fn has_zone(path: &str) -> bool {
    address::report_at(path).is_some()
        || [LatePage::Behavior, LatePage::Changes, LatePage::Timeline, LatePage::Profile].iter().any(|page| path == page.path())
}

#[component]
fn ThemeSwitch() -> impl IntoView {
    let theme = expect_context::<Prefs>().theme;
    let options = [("system", say!("frame.theme.system")), ("light", say!("frame.theme.light")), ("dark", say!("frame.theme.dark"))];
    view! {
        <label class="switch">
            {span("sr", text!("frame.theme"))}
            {icon("theme")}
            <select on:change:target=move |event| {
                let chosen = event.target().value();
                if let Some((key, _)) = options.iter().find(|(key, _)| *key == chosen) {
                    theme.set(key);
                }
            }>
                {options.map(|(key, label)| view! { <option value=key selected=when(move || theme.is(key))>{label}</option> }).collect_view()}
            </select>
        </label>
    }
    .into_any()
}

#[component]
fn UserMenu() -> impl IntoView {
    let session = expect_context::<Session>();
    let open = RwSignal::new(false);
    let name = Signal::derive(move || session.viewer.get().map(|viewer| viewer.name).unwrap_or_default());
    let described = Signal::derive(move || say!("frame.user-menu", name = name.get()));
    let leave = move |_| {
        spawn_local(async move {
            // Whatever the answer: on this machine the reader has left.
            let _ = sign_out().await;
            session.end();
        });
    };
    view! {
        <Popover open label=name described symbol="user" class="user-menu end">
            <p class="user-name">{follow(move || name.get())}</p>
            <p class="muted">{follow(move || session.viewer.get().map(|viewer| format!("{}, {}", viewer.username, viewer.role.label().said())))}</p>
            <a class="menu-item" href="/account" on:click=move |_| open.set(false)>{say!("frame.account")}</a>
            <button type="button" class="menu-item" on:click=leave>{say!("frame.sign-out")}</button>
        </Popover>
    }
    .into_any()
}
