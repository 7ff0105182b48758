//! Whom to tell what.

use super::confirm::Confirm;
use super::mailbox::mails;
use super::notification_rule::{blank, form};
use crate::api::notifications::{notification_rules, remove_notification_rule, test_notification_rule};
use crate::components::each::each_item;
use crate::components::follow::{follow, when};
use crate::components::load::{Load, failed, load};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::report::cell::{self, Clock};
use crate::components::report::failures::error_class;
use crate::components::said::{paragraph, span};
use crate::components::session::Session;
use crate::components::wide_table::wide_table;
use crate::model::{Channel, NotificationRule, NotificationState, Tone, visible};
use crate::{say, text};
use leptos::{prelude::*, task::spawn_local};

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct State {
    rules: Load<Vec<NotificationState>>,
    /// The rule that is changed; a new one has no name.
    edited: RwSignal<Option<NotificationRule>>,
    problem: RwSignal<Option<String>>,
    done: RwSignal<Option<String>>,
}

#[component]
pub fn Notifications() -> impl IntoView {
    let state = State {
        rules: load(|| Some(()), |()| notification_rules()),
        edited: RwSignal::new(None),
        problem: RwSignal::new(None),
        done: RwSignal::new(None),
    };
    let secret = RwSignal::new(None::<String>);
    let demo = expect_context::<Session>().demo;
    let prefs = expect_context::<Prefs>();
    let rows = move || {
        let items = move || state.rules.value.get().unwrap_or_default();
        each_item(items, |of| of.rule.name.clone(), move |of| row(state, &of, &Clock::of(prefs, prefs.zone_name())))
    };
    let empty = move || state.rules.value.with(|rules| rules.as_ref().is_some_and(Vec::is_empty));
    let edit = move || {
        let rule = state.edited.get()?;
        let done = Callback::new(move |saved: Option<Option<String>>| {
            state.edited.set(None);
            if let Some(new) = saved {
                secret.set(new);
                state.rules.retry();
            }
        });
        Some(form(rule, done))
    };
    let issued = move || {
        secret.get().map(|secret| {
            view! {
                <div class="issued">
                    <p><b>{say!("rules.secret")}</b></p>
                    <p><code>{secret}</code></p>
                </div>
            }
        })
    };
    view! {
        <div class="admin">
            <h1>{say!("page.notifications")}</h1>
            {paragraph("muted", text!("rules.about"))}
            <p class="row"><button type="button" class="button" on:click=move |_| {
                secret.set(None);
                state.edited.set(Some(blank()));
            }>{say!("rules.new")}</button></p>
            <Problem message=state.problem />
            <p role="status" class="success" class:shown=when(move || state.done.with(Option::is_some))>{follow(move || state.done.get())}</p>
            <div role="status">{follow(issued)}</div>
            {follow(edit)}
            {failed(state.rules)}
            {follow(move || empty().then(|| paragraph("muted", text!("rules.none"))))}
            {wide_table(text!("rules.title"), &[text!("rules.name"), text!("rules.state"), text!("rules.when"), text!("rules.of"), text!("rules.to"), text!("rules.told-last")], empty, rows)}
            {follow(move || demo.with(|demo| !demo.is_empty()).then(mails))}
        </div>
    }
    .into_any()
}

fn row(state: State, of: &NotificationState, clock: &Clock) -> AnyView {
    let NotificationState { rule, sent, problem, retry } = of;
    let name = visible(&rule.name).into_owned();
    let (word, tone) = match () {
        () if !rule.enabled => (say!("off"), Tone::Muted),
        () if problem.is_empty() => (say!("on"), Tone::Good),
        () => (say!("rules.not-delivered"), Tone::Bad),
    };
    let mut of = Vec::new();
    of.extend(Some(say!("rules.devices", text = visible(&rule.device))).filter(|_| !rule.device.is_empty()));
    of.extend(rule.risk.map(|risk| say!("rules.risk", risk = u16::from(risk))));
    of.extend(Some(visible(&rule.source).into_owned()).filter(|source| !source.is_empty()));
    of.extend(rule.hours.map(|hours| say!("rules.hours", count = hours)));
    of.extend(rule.days.map(|days| say!("rules.days", count = days)));
    of.extend(rule.error_classes.iter().map(|class| error_class(class)));
    let of = if of.is_empty() { say!("rules.all").to_owned() } else { of.join(", ") };
    let to = match &rule.channel {
        Channel::Webhook { url } => url.clone(),
        Channel::Email { to } => to.join(", "),
    };
    let trouble = (!problem.is_empty()).then(|| {
        let again = retry.map(|at| view! { <br />{say!("rules.next-try")}" "{clock.time(at)} });
        view! { <br /><span class="muted">{visible(problem).into_owned()}{again}</span> }
    });
    let told = sent.map_or_else(|| span("muted", text!("never")), |at| clock.time(at));
    let (own, removed, tested) = (rule.clone(), rule.name.clone(), rule.name.clone());
    let on_confirm = Callback::new(move |()| {
        let name = removed.clone();
        spawn_local(async move {
            let _ = state.problem.try_set(remove_notification_rule(name).await.err().map(|error| error.message.said().into_owned()));
            state.rules.retry();
        });
    });
    let test = move |_| {
        let name = tested.clone();
        state.problem.set(None);
        state.done.set(None);
        spawn_local(async move {
            match test_notification_rule(name.clone()).await {
                Ok(()) => drop(state.done.try_set(Some(say!("rules.tested", name = visible(&name))))),
                Err(error) => drop(state.problem.try_set(Some(error.message.said().into_owned()))),
            }
        });
    };
    view! {
        <tr>
            <th scope="row">{name.clone()}</th>
            <td class="wrap">{cell::toned(word.to_owned(), tone)}{trouble}</td>
            <td>{rule.occasion.label().said()}</td>
            <td class="wrap">{of}</td>
            <td class="wrap">{visible(&to).into_owned()}</td>
            <td>{told}</td>
            <td class="actions">
                <button type="button" class="button small" aria-label=say!("rules.test-name", name = &name) on:click=test>{say!("rules.test")}</button>
                <button type="button" class="button small" aria-label=say!("change-name", name = &name) on:click=move |_| state.edited.set(Some(own.clone()))>{say!("change")}</button>
                <Confirm label=say!("remove") described=say!("remove-name", name = &name) act=say!("remove-name", name = &name) on_confirm
                    question=say!("rules.remove", name = &name) />
            </td>
        </tr>
    }
    .into_any()
}
