//! Forms: fields that say what is wrong at the place where it is wrong.

use super::follow::{follow, when};
use crate::model::ApiError;
use crate::words::Sentence;
use leptos::prelude::*;

/// What the server, or the form itself, finds wrong.
#[derive(Clone, Copy)]
pub struct Fault(RwSignal<Option<ApiError>>);

impl Fault {
    /// Nothing is wrong yet.
    pub fn none() -> Self {
        Self(RwSignal::new(None))
    }

    pub fn clear(self) {
        self.0.set(None);
    }

    pub fn set(self, error: ApiError) {
        self.0.set(Some(error));
    }

    /// A field of the form itself cannot be read.
    pub fn at(self, field: &str, message: impl Into<Sentence>) {
        self.set(ApiError::invalid(field, message));
    }

    /// What is wrong with a field, by its name; names may start with those of the parts they stand in.
    fn of(self, name: &'static str) -> impl Fn() -> Option<String> + Copy + Send + Sync + 'static {
        move || {
            self.0.with(|error| {
                error
                    .as_ref()
                    .filter(|error| error.field.as_deref().is_some_and(|field| is(field, name)))
                    .map(|error| error.message.said().into_owned())
            })
        }
    }

    /// What is wrong where none of these fields is at fault.
    pub fn beside(self, names: &'static [&'static str]) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.0.with(|error| {
                let error = error.as_ref()?;
                let field = error.field.as_deref().unwrap_or_default();
                (!names.iter().any(|name| is(field, name))).then(|| {
                    if field.is_empty() { error.message.said().into_owned() } else { format!("{field}: {}", error.message.said()) }
                })
            })
        })
    }
}

/// Whether `target.device` is the field `device`, and `credentials[3].device` the field `credentials`.
fn is(field: &str, name: &str) -> bool {
    let part = |rest: &str| rest.starts_with(['.', '[']);
    field == name || field.strip_prefix(name).is_some_and(part) || field.strip_suffix(name).is_some_and(|before| before.ends_with('.'))
}

/// A field with its label, and what is wrong with it under it.
fn field(fault: Fault, name: &'static str, label: &'static str, hint: &'static str, control: AnyView) -> AnyView {
    let wrong = fault.of(name);
    view! {
        <label class="field">
            <span>{label}</span>
            {control}
            {(!hint.is_empty()).then(|| view! { <small class="muted small-text">{hint}</small> })}
            <span role="alert" class="problem" class:shown=when(move || wrong().is_some())>{follow(wrong)}</span>
        </label>
    }
    .into_any()
}

/// `kind` is an input's type.
pub fn input(
    fault: Fault,
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    hint: &'static str,
    value: RwSignal<String>,
) -> AnyView {
    let wrong = fault.of(name);
    let control = view! {
        <input name=name type=kind autocomplete="off" spellcheck="false" maxlength="256" aria-invalid=when(move || wrong().map(|_| "true"))
            prop:value=value on:input:target=move |event| value.set(event.target().value()) />
    };
    field(fault, name, label, hint, control.into_any())
}

/// A list to choose from: each value with its words.
pub fn select(
    fault: Fault,
    name: &'static str,
    label: &'static str,
    options: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static,
    value: RwSignal<String>,
) -> AnyView {
    let options = move || {
        let options = options().into_iter().map(|(key, words)| {
            let selected = value.with_untracked(|value| *value == key);
            view! { <option value=key selected=selected>{words}</option> }
        });
        options.collect_view()
    };
    let control = view! {
        <select name=name prop:value=value on:change:target=move |event| value.set(event.target().value())>{follow(options)}</select>
    };
    field(fault, name, label, "", control.into_any())
}

pub fn area(fault: Fault, name: &'static str, label: &'static str, hint: &'static str, value: RwSignal<String>) -> AnyView {
    let wrong = fault.of(name);
    let control = view! {
        <textarea name=name rows="8" spellcheck="false" aria-invalid=when(move || wrong().map(|_| "true")) prop:value=value
            on:input:target=move |event| value.set(event.target().value())></textarea>
    };
    field(fault, name, label, hint, control.into_any())
}

pub fn check(label: &'static str, value: RwSignal<bool>) -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=value on:change:target=move |event| value.set(event.target().checked()) />
            {label}
        </label>
    }
    .into_any()
}
