//! The form that creates an operation.

use crate::api::operations::{connectors, operation_create};
use crate::browser;
use crate::components::follow::{follow, when};
use crate::components::form::{Fault, input, select};
use crate::components::load::{failed, load};
use crate::components::notice::Problem;
use crate::components::said::paragraph;
use crate::components::{prefs::Prefs, report::address, router::Router, session::Session};
use crate::model::{ConnectorInfo, ErrorKind, OperationRequest, Priority, Query, Target, Timestamp};
use crate::reports::PASSWORD_OPERATION;
use crate::words::Text;
use crate::{say, sentence, text};
use leptos::{ev, prelude::*, task::spawn_local};

const PRIORITIES: [(&str, Text, Priority); 4] = [
    ("normal", text!("priority.normal"), Priority::Normal),
    ("high", text!("priority.high"), Priority::High),
    ("immediate", text!("priority.immediate"), Priority::Immediate),
    ("low", text!("priority.low"), Priority::Low),
];

/// Fields with a place of their own; what else is wrong stands above the button.
const FIELDS: [&str; 6] = ["connector", "operation", "device", "username", "credential_type", "schedule"];

#[component]
pub fn NewOperation() -> impl IntoView {
    let ways = load(|| Some(()), |()| connectors());
    let none = move || ways.value.with(|ways| ways.as_ref().is_some_and(Vec::is_empty));
    let form = move || ways.value.get().filter(|ways| !ways.is_empty()).map(|ways| view! { <Form ways /> });
    view! {
        <div class="narrow">
            <h1>{say!("page.new-operation")}</h1>
            {paragraph("muted", text!("new-operation.about"))}
            {failed(ways)}
            {follow(move || none().then(no_connector))}
            {follow(form)}
        </div>
    }
    .into_any()
}

/// `2026-11-22T14:03` on the reader's clock.
fn moment(text: &str, utc: bool) -> Option<Timestamp> {
    let millis = js_sys::Date::parse(&if utc { format!("{text}Z") } else { text.to_owned() });
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of the clock")]
    (!millis.is_nan()).then(|| Timestamp::saturating(millis as i64))
}

#[component]
fn Form(ways: Vec<ConnectorInfo>) -> impl IntoView {
    let session = expect_context::<Session>();
    let router = expect_context::<Router>();
    let prefs = expect_context::<Prefs>();
    let fault = Fault::none();
    let busy = RwSignal::new(false);
    let first = ways.first().cloned();
    let connector = RwSignal::new(first.as_ref().map(|way| way.name.clone()).unwrap_or_default());
    let operation = RwSignal::new(first.and_then(|way| way.operations.into_iter().next()).unwrap_or_default());
    let [device, username, credential_type, at] = [(); 4].map(|()| RwSignal::new(String::new()));
    let time = RwSignal::new("now".to_owned());
    let priority = RwSignal::new(PRIORITIES[0].0.to_owned());
    let parameters = RwSignal::new(Vec::<(String, RwSignal<String>)>::new());
    let ways = StoredValue::new(ways);
    let chosen = move || connector.with(|name| ways.with_value(|ways| ways.iter().find(|way| way.name == *name).cloned()));
    // Each connector has its own operations and parameters.
    Effect::new(move |_| {
        let Some(way) = chosen() else { return };
        if !way.operations.contains(&operation.get_untracked()) {
            operation.set(way.operations.first().cloned().unwrap_or_default());
        }
        parameters.set(way.parameters.into_iter().map(|(name, _)| (name, RwSignal::new(String::new()))).collect());
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let schedule = match (time.get_untracked().as_str(), moment(&at.get_untracked(), prefs.zone.is("utc"))) {
            ("now", _) => None,
            (_, Some(at)) => Some(at),
            (_, None) => return fault.at("schedule", sentence!("new-operation.no-date")),
        };
        let given = parameters.get_untracked().into_iter().map(|(name, value)| (name, value.get_untracked().trim().to_owned()));
        let wanted = priority.get_untracked();
        let text = |value: RwSignal<String>| value.get_untracked().trim().to_owned();
        let new = OperationRequest {
            target: Target {
                device: text(device),
                username: text(username),
                credential_type: text(credential_type),
                connector: connector.get_untracked(),
                parameters: given.filter(|(_, value)| !value.is_empty()).collect(),
            },
            operation: operation.get_untracked(),
            schedule,
            priority: PRIORITIES.iter().find(|(key, ..)| *key == wanted).map(|(_, _, priority)| *priority).unwrap_or_default(),
        };
        busy.set(true);
        fault.clear();
        spawn_local(async move {
            match operation_create(new).await {
                Ok(id) => {
                    let query = Query { zone: prefs.zone_name(), ..Query::all(&PASSWORD_OPERATION) };
                    router.to(&address::of(&query, Some(id)));
                }
                Err(error) if error.kind == ErrorKind::SignedOut => session.expired(),
                Err(error) => {
                    fault.set(error);
                    browser::focus::focus_soon("form [aria-invalid='true']".to_owned());
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let names = move || ways.with_value(|ways| ways.iter().map(|way| (way.name.clone(), format!("{} ({})", way.name, way.kind))).collect());
    let operations = move || {
        chosen().map(|way| way.operations.into_iter().map(|word| (word.clone(), operation_label(&word))).collect()).unwrap_or_default()
    };
    let extra = move || {
        let needed = chosen().map(|way| way.parameters).unwrap_or_default();
        let fields = parameters.get().into_iter().map(move |(name, value)| {
            let must = needed.iter().any(|(other, must)| *other == name && *must);
            let label = if must { name.clone() } else { say!("new-operation.optional", parameter = &name) };
            view! {
                <label class="field">
                    <span>{label}</span>
                    <input name=name autocomplete="off" spellcheck="false" maxlength="256" prop:value=value
                        on:input:target=move |event| value.set(event.target().value()) />
                </label>
            }
        });
        fields.collect_view()
    };
    let approval = move || chosen().filter(|way| way.approval).map(|_| paragraph("hint", text!("new-operation.approval")));
    let zone = move || if prefs.zone.is("utc") { "UTC".to_owned() } else { browser::intl::local_zone() };
    let date = move || {
        (time.get() != "now").then(|| {
            view! {
                {input(fault, "schedule", say!("new-operation.date"), "datetime-local", "", at)}
                <p class="muted small-text">{say!("range.zone", zone = zone())}</p>
            }
        })
    };
    view! {
        <form class="stack" on:submit=submit novalidate aria-label=say!("page.new-operation")>
            {select(fault, "connector", say!("new-operation.connector"), names, connector)}
            {follow(approval)}
            {select(fault, "operation", say!("new-operation.operation"), operations, operation)}
            {input(fault, "device", say!("new-operation.device"), "text", say!("new-operation.device.help"), device)}
            {input(fault, "username", say!("new-operation.username"), "text", "", username)}
            {input(fault, "credential_type", say!("new-operation.credential-type"), "text", say!("new-operation.credential-type.help"), credential_type)}
            {follow(extra)}
            {select(fault, "when", say!("new-operation.when"), || vec![("now".to_owned(), say!("new-operation.now").to_owned()), ("at".to_owned(), say!("new-operation.at").to_owned())], time)}
            {follow(date)}
            {select(fault, "priority", say!("new-operation.priority"), || PRIORITIES.iter().map(|(key, words, _)| ((*key).to_owned(), words.said().to_owned())).collect(), priority)}
            <Problem message=fault.beside(&FIELDS) />
            <p class="row"><button class="button primary" type="submit" disabled=when(move || busy.get())>{say!("new-operation.create")}</button></p>
        </form>
    }
    .into_any()
}

/// An operation in words; as it is called where it is none of the report's.
pub(super) fn operation_label(name: &str) -> String {
    let choice = PASSWORD_OPERATION.column("operation").and_then(|column| column.listed(name));
    choice.map_or_else(|| name.to_owned(), |choice| choice.label.said().to_owned())
}

/// What stands where operations would be asked for, while nobody could carry them out.
pub(super) fn no_connector() -> AnyView {
    view! { <p>{say!("connector.none")}</p> }.into_any()
}
