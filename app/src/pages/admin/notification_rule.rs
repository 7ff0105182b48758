//! The form of a notification rule.

use crate::api::notifications::save_notification_rule;
use crate::browser::focus::focus_soon;
use crate::components::follow::{follow, when};
use crate::components::form::{Fault, check, input, select};
use crate::components::notice::Problem;
use crate::components::session::Session;
use crate::model::{Channel, ErrorClass, ErrorKind, NotificationRule, Occasion};
use crate::{say, sentence};
use leptos::{ev, prelude::*, task::spawn_local};

/// A rule as the form shows it at first.
pub(super) fn blank() -> NotificationRule {
    NotificationRule::of(String::new(), Occasion::OperationFailed, Channel::Email { to: Vec::new() })
}

/// Fields with a place of their own.
const FIELDS: [&str; 9] = ["name", "device", "class", "risk", "source", "hours", "days", "url", "to"];
const EMAIL: &str = "email";
const ANY: &str = "";

/// The field of the number that an occasion needs, and the greatest there may be.
fn measured(occasion: Occasion) -> Option<(&'static str, u16)> {
    match occasion {
        Occasion::RiskyView => Some(("risk", NotificationRule::MAX_RISK.into())),
        Occasion::SourceSilent => Some(("hours", NotificationRule::MAX_HOURS)),
        Occasion::NobodyReviewed => Some(("days", NotificationRule::MAX_DAYS)),
        _ => None,
    }
}

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
    let number = rule.risk.map(u16::from).or(rule.hours).or(rule.days).map_or_else(String::new, |number| number.to_string());
    let [name, device, source, number, url, to] = [rule.name, rule.device, rule.source, number, url, to].map(RwSignal::new);
    let kind = RwSignal::new(kind.to_owned());
    let occasion = RwSignal::new(rule.occasion.key().to_owned());
    let chosen = Memo::new(move |_| {
        let known = Occasion::ALL.into_iter().find(|known| occasion.with(|occasion| occasion == known.key()));
        known.unwrap_or(Occasion::OperationFailed)
    });
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
        let occasion = chosen.get_untracked();
        let class = Some(class.get_untracked()).filter(|class| occasion.has_classes() && class != ANY);
        let number =
            measured(occasion).map(|(field, most)| (field, most, number.with_untracked(|number| number.trim().parse::<u16>().ok())));
        if let Some((field, most, _)) = number.filter(|(_, most, number)| number.is_none_or(|number| !(1..=*most).contains(&number))) {
            fault.at(field, sentence!("rule.number-here", most = most));
            focus_soon("form [aria-invalid='true']".to_owned());
            return;
        }
        let number = number.and_then(|(.., number)| number);
        let text = |text: RwSignal<String>, there: bool| if there { text.get_untracked().trim().to_owned() } else { String::new() };
        let rule = NotificationRule {
            name: name.get_untracked().trim().to_owned(),
            occasion,
            device: text(device, occasion.has_devices()),
            error_classes: class.into_iter().flat_map(|class| std::iter::once(class).chain(further.clone())).collect(),
            risk: number.filter(|_| occasion == Occasion::RiskyView).and_then(|risk| u8::try_from(risk).ok()),
            source: text(source, occasion == Occasion::SourceSilent),
            hours: number.filter(|_| occasion == Occasion::SourceSilent),
            days: number.filter(|_| occasion == Occasion::NobodyReviewed),
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
        let occasion = chosen.get();
        let measured = measured(occasion).map(|(field, _)| {
            let (label, help) = match occasion {
                Occasion::RiskyView => (say!("rule.risk"), say!("rule.risk.help")),
                Occasion::SourceSilent => (say!("rule.hours"), say!("rule.hours.help")),
                _ => (say!("rule.days"), say!("rule.days.help")),
            };
            input(fault, field, label, "number", help, number)
        });
        view! {
            {measured}
            {(occasion == Occasion::SourceSilent).then(|| input(fault, "source", say!("rule.source"), "text", say!("rule.source.help"), source))}
            {occasion.has_classes().then(|| select(fault, "class", say!("rule.class"), classes, class))}
            {occasion.has_devices().then(|| input(fault, "device", say!("rule.device"), "text", say!("rule.device.help"), device))}
        }
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
