//! The form of a credential set.

use crate::api::operations::save_credential_set;
use crate::browser::{focus::focus_soon, intl};
use crate::components::follow::{follow, when};
use crate::components::form::{Fault, area, check, input, select};
use crate::components::notice::Problem;
use crate::components::session::Session;
use crate::model::{ConnectorInfo, CredentialSet, ErrorKind, Target};
use crate::pages::new_operation::operation_label;
use crate::words::Sentence;
use crate::{say, sentence};
use leptos::{ev, prelude::*, task::spawn_local};

/// A set as the form shows it at first.
pub(super) fn blank() -> CredentialSet {
    CredentialSet {
        name: String::new(),
        operation: String::new(),
        credentials: Vec::new(),
        every_days: 30,
        window: (60, 300),
        zone: intl::local_zone(),
        approval: false,
        enabled: true,
        next: None,
    }
}

/// `22:30`, of minutes since midnight.
pub(super) fn time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    Some(hours.parse::<u16>().ok()? * 60 + minutes.get(..2)?.parse::<u16>().ok()?)
}

/// A credential as a line: device, username, credential type, `name=value` for each parameter, and its connector where that is another.
fn line(target: &Target, connector: &str) -> String {
    let mut parts = vec![target.device.clone(), target.username.clone()];
    parts.extend(Some(&target.credential_type).filter(|word| !word.is_empty()).cloned());
    parts.extend(target.parameters.iter().map(|(name, value)| format!("{name}={value}")));
    if target.connector != connector {
        parts.push(format!("connector={}", target.connector));
    }
    parts.join(", ")
}

/// Reads what [`line`] writes; also lines copied from a spreadsheet.
fn target(line: &str, connector: &str) -> Option<Target> {
    let mut parts = line.split([',', ';', '\t']).map(str::trim);
    let (device, username) = (parts.next()?, parts.next()?);
    let mut target =
        Target { device: device.to_owned(), username: username.to_owned(), connector: connector.to_owned(), ..Target::default() };
    for part in parts.filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("connector", name)) => name.clone_into(&mut target.connector),
            Some((name, value)) => target.parameters.push((name.trim().to_owned(), value.trim().to_owned())),
            None => part.clone_into(&mut target.credential_type),
        }
    }
    (!device.is_empty() && !username.is_empty()).then_some(target)
}

fn targets(text: &str, connector: &str) -> Result<Vec<Target>, Sentence> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| target(line, connector).ok_or_else(|| sentence!("set.line", number = at + 1))).collect()
}

/// Fields with a place of their own.
const FIELDS: [&str; 8] = ["name", "operation", "connector", "credentials", "every_days", "window", "window_end", "zone"];

/// Calls `done` when it is to be closed, and says whether the set was saved.
pub(super) fn form(set: CredentialSet, ways: &[ConnectorInfo], done: Callback<bool>) -> AnyView {
    let session = expect_context::<Session>();
    let fault = Fault::none();
    let busy = RwSignal::new(false);
    let is_new = set.name.is_empty();
    let usual = set
        .credentials
        .first()
        .map(|target| target.connector.clone())
        .or_else(|| ways.first().map(|way| way.name.clone()))
        .unwrap_or_default();
    let lines = set.credentials.iter().map(|target| line(target, &usual)).collect::<Vec<_>>().join("\n");
    let name = RwSignal::new(set.name);
    let connector = RwSignal::new(usual);
    let operation = RwSignal::new(if is_new {
        ways.first().and_then(|way| way.operations.first().cloned()).unwrap_or_default()
    } else {
        set.operation
    });
    let credentials = RwSignal::new(lines);
    let days = RwSignal::new(set.every_days.to_string());
    let (opens, closes) = (RwSignal::new(time(set.window.0)), RwSignal::new(time(set.window.1)));
    let zone = RwSignal::new(set.zone);
    let (approval, enabled) = (RwSignal::new(set.approval), RwSignal::new(set.enabled));
    let read = move || -> Result<CredentialSet, (&'static str, Sentence)> {
        let clock = |field, value: RwSignal<String>| minutes(&value.get_untracked()).ok_or((field, sentence!("set.no-time")));
        Ok(CredentialSet {
            name: name.get_untracked().trim().to_owned(),
            operation: operation.get_untracked(),
            credentials: targets(&credentials.get_untracked(), &connector.get_untracked()).map_err(|wrong| ("credentials", wrong))?,
            every_days: days.get_untracked().trim().parse().map_err(|_| ("every_days", sentence!("set.no-days")))?,
            window: (clock("window", opens)?, clock("window_end", closes)?),
            zone: zone.get_untracked().trim().to_owned(),
            approval: approval.get_untracked(),
            enabled: enabled.get_untracked(),
            next: None,
        })
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let set = match read() {
            Ok(set) => set,
            Err((field, wrong)) => return fault.at(field, wrong),
        };
        busy.set(true);
        fault.clear();
        spawn_local(async move {
            match save_credential_set(set).await {
                Ok(()) => done.run(true),
                Err(error) if error.kind == ErrorKind::SignedOut => session.expired(),
                Err(error) => {
                    fault.set(error);
                    focus_soon("form [aria-invalid='true']".to_owned());
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let count = move || {
        let count = credentials.with(|text| text.lines().filter(|line| !line.trim().is_empty()).count());
        say!("set.count", count = count, most = CredentialSet::MAX_CREDENTIALS)
    };
    let operations: Vec<(String, String)> = {
        let mut all: Vec<&String> = Vec::new();
        for word in ways.iter().flat_map(|way| &way.operations) {
            if !all.contains(&word) {
                all.push(word);
            }
        }
        all.into_iter().map(|word| (word.clone(), operation_label(word))).collect()
    };
    let names: Vec<(String, String)> = ways.iter().map(|way| (way.name.clone(), format!("{} ({})", way.name, way.kind))).collect();
    focus_soon(".set-form input, .set-form select".to_owned());
    view! {
        <form class="set-form" on:submit=submit novalidate aria-label=say!("set.title")>
            {if is_new {
                input(fault, "name", say!("set.name"), "text", "", name)
            } else {
                view! { <p class="field"><span>{say!("set.name")}</span><b>{name.get_untracked()}</b></p> }.into_any()
            }}
            {select(fault, "operation", say!("set.operation"), move || operations.clone(), operation)}
            {select(fault, "connector", say!("set.connector"), move || names.clone(), connector)}
            {input(fault, "every_days", say!("set.every"), "number", "", days)}
            {input(fault, "window", say!("set.opens"), "time", "", opens)}
            {input(fault, "window_end", say!("set.closes"), "time", "", closes)}
            {input(fault, "zone", say!("set.zone"), "text", "", zone)}
            <div class="checks-row">{check(say!("set.approval"), approval)} {check(say!("on"), enabled)}</div>
            <div class="all-columns">
                {area(fault, "credentials", say!("set.credentials"), say!("set.credentials.help"), credentials)}
                <p class="muted small-text">{follow(count)}</p>
            </div>
            <div class="all-columns"><Problem message=fault.beside(&FIELDS) /></div>
            <p class="row all-columns">
                <button class="button primary" type="submit" disabled=when(move || busy.get())>{if is_new { say!("set.add") } else { say!("set.save") }}</button>
                <button class="button" type="button" on:click=move |_| done.run(false)>{say!("leave")}</button>
            </p>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_the_line_it_was_read_from() {
        for text in ["srv-db-01, root", "srv-db-01, root, Local User, role=root, connector=linux"] {
            assert_eq!(target(text, "vault").map(|target| line(&target, "vault")).as_deref(), Some(text));
        }
        assert_eq!(target("srv-db-01\troot\tLocal User", "vault").map(|target| target.credential_type).as_deref(), Some("Local User"));
        assert_eq!(targets("a, b\n\nno username", "vault"), Err(sentence!("set.line", number = 3_i64)));
    }
}
