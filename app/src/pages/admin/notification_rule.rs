//! The form of a notification rule.

use crate::api::notifications::save_notification_rule;
use crate::browser::focus::focus_soon;
use crate::components::follow::{follow, when};
use crate::components::form::{Fault, check, input, select};
use crate::components::notice::Problem;
use crate::components::session::Session;
use crate::model::{Channel, ErrorClass, ErrorKind, NotificationRule, Occasion};
use crate::say;
use leptos::{ev, prelude::*, task::spawn_local};

/// A rule as the form shows it at first.
pub(super) fn blank() -> NotificationRule {
    NotificationRule {
        name: String::new(),
        occasion: Occasion::OperationFailed,
        device: String::new(),
        error_classes: Vec::new(),
        channel: Channel::Email { to: Vec::new() },
        enabled: true,
    }
}

/// Fields with a place of their own.
const FIELDS: [&str; 5] = ["name", "device", "class", "url", "to"];
const EMAIL: &str = "email";
const ANY: &str = "";

/// Calls `done` when it is to be closed: with nothing where it was left, else with the secret of a new webhook.
pub(super) fn form(rule: NotificationRule, done: Callback<Option<Option<String>>>) -> AnyView {
    let session = expect_context::<Session>();
    let fault = Fault::none();
    let busy = RwSignal::new(false);
    let is_new = rule.name.is_empty();
    let (kind, url, to) = match rule.channel {
        Channel::Email { to } => (EMAIL, String::new(), to.join(", ")),
        Channel::Webhook { url } => ("webhook", url, String::new()),
    };
    let [name, device, url, to] = [rule.name, rule.device, url, to].map(RwSignal::new);
    let kind = RwSignal::new(kind.to_owned());
    let occasion = RwSignal::new(rule.occasion.key().to_owned());
    let of_operations = Memo::new(move |_| occasion.with(|occasion| occasion == Occasion::OperationFailed.key()));
    // The API takes several classes; one is what people choose.
    let class = RwSignal::new(rule.error_classes.first().cloned().unwrap_or_default());
    let further = rule.error_classes.get(1..).unwrap_or_default().to_vec();
    let enabled = RwSignal::new(rule.enabled);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let channel = if kind.get_untracked() == EMAIL {
            let to = to.get_untracked();
            Channel::Email { to: to.split([',', ';', ' ']).map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect() }
        } else {
            Channel::Webhook { url: url.get_untracked().trim().to_owned() }
        };
        let of_operations = of_operations.get_untracked();
        let chosen = Some(class.get_untracked()).filter(|class| of_operations && class != ANY);
        let rule = NotificationRule {
            name: name.get_untracked().trim().to_owned(),
            occasion: if of_operations { Occasion::OperationFailed } else { Occasion::BackupTrouble },
            device: if of_operations { device.get_untracked().trim().to_owned() } else { String::new() },
            error_classes: chosen.into_iter().flat_map(|class| std::iter::once(class).chain(further.clone())).collect(),
            channel,
            enabled: enabled.get_untracked(),
        };
        busy.set(true);
        fault.clear();
        spawn_local(async move {
            match save_notification_rule(rule).await {
                Ok(secret) => done.run(Some(secret)),
                Err(error) if error.kind == ErrorKind::SignedOut => session.expired(),
                Err(error) => {
                    fault.set(error);
                    focus_soon("form [aria-invalid='true']".to_owned());
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let channels =
        || [(EMAIL, say!("rule.email")), ("webhook", say!("rule.webhook"))].map(|(key, words)| (key.to_owned(), words.to_owned())).to_vec();
    let classes = || {
        let all = ErrorClass::ALL.map(|class| (class.name().to_owned(), class.label().said().to_owned()));
        std::iter::once((ANY.to_owned(), say!("rule.any").to_owned())).chain(all).collect()
    };
    let occasions = || Occasion::ALL.map(|occasion| (occasion.key().to_owned(), occasion.label().said().to_owned())).to_vec();
    let narrowed = move || {
        of_operations.get().then(|| {
            view! {
                {select(fault, "class", say!("rule.class"), classes, class)}
                {input(fault, "device", say!("rule.device"), "text", say!("rule.device.help"), device)}
            }
        })
    };
    let target = move || {
        if kind.get() == EMAIL {
            input(fault, "to", say!("rule.to"), "text", say!("rule.to.help"), to)
        } else {
            input(fault, "url", say!("rule.url"), "url", say!("rule.url.help"), url)
        }
    };
    focus_soon(".set-form input, .set-form select".to_owned());
    view! {
        <form class="set-form" on:submit=submit novalidate aria-label=say!("rule.title")>
            {if is_new {
                input(fault, "name", say!("rule.name"), "text", "", name)
            } else {
                view! { <p class="field"><span>{say!("rule.name")}</span><b>{name.get_untracked()}</b></p> }.into_any()
            }}
            {select(fault, "occasion", say!("rule.occasion"), occasions, occasion)}
            {follow(narrowed)}
            {select(fault, "kind", say!("rule.kind"), channels, kind)}
            {follow(target)}
            <div class="checks-row">{check(say!("on"), enabled)}</div>
            <div class="all-columns"><Problem message=fault.beside(&FIELDS) /></div>
            <p class="row all-columns">
                <button class="button primary" type="submit" disabled=when(move || busy.get())>{if is_new { say!("rule.add") } else { say!("rule.save") }}</button>
                <button class="button" type="button" on:click=move |_| done.run(None)>{say!("leave")}</button>
            </p>
        </form>
    }
    .into_any()
}
