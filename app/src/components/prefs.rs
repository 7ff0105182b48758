//! How the reader likes to see things; remembered by their browser.

use crate::browser::{self, intl, stored};
use crate::components::follow::react;
use leptos::prelude::*;

/// A choice the browser remembers.
#[derive(Clone, Copy)]
pub struct Pref {
    key: &'static str,
    value: RwSignal<&'static str>,
}

impl Pref {
    /// The remembered one of `choices`, or the first.
    fn new(key: &'static str, choices: &[&'static str]) -> Self {
        let kept = stored::read(key);
        let value = choices.iter().find(|choice| kept.as_deref() == Some(**choice)).unwrap_or(&choices[0]);
        Self { key, value: RwSignal::new(value) }
    }

    pub fn get(self) -> &'static str {
        self.value.get()
    }

    pub fn is(self, choice: &str) -> bool {
        self.value.get() == choice
    }

    pub fn set(self, choice: &'static str) {
        stored::write(self.key, choice);
        self.value.set(choice);
    }
}

#[derive(Clone, Copy)]
pub struct Prefs {
    /// `system`, `light` or `dark`.
    pub theme: Pref,
    /// `local` or `utc`.
    pub zone: Pref,
    /// `compact` or `comfortable`.
    pub density: Pref,
    /// `clock` or `ago`.
    pub times: Pref,
    /// `fit` where columns give way when there is no room, or `all`.
    pub columns: Pref,
    /// `open` or `folded`.
    pub rail: Pref,
    /// Milliseconds since 1970, twice a minute.
    pub now: RwSignal<f64>,
}

impl Prefs {
    pub fn provide() {
        let prefs = Self {
            theme: Pref::new("theme", &["system", "light", "dark"]),
            zone: Pref::new("zone", &["local", "utc"]),
            density: Pref::new("density", &["compact", "comfortable"]),
            times: Pref::new("times", &["clock", "ago"]),
            columns: Pref::new("fit", &["fit", "all"]),
            rail: Pref::new("rail", &["open", "folded"]),
            now: RwSignal::new(browser::now()),
        };
        gloo::timers::callback::Interval::new(30_000, move || prefs.now.set(browser::now())).forget();
        react(move || {
            mark("data-theme", Some(prefs.theme.get()).filter(|theme| *theme != "system"));
            mark("data-density", Some(prefs.density.get()));
            mark("data-rail", Some(prefs.rail.get()).filter(|rail| *rail == "folded"));
        });
        provide_context(prefs);
    }

    /// The zone of a page that says none.
    pub fn zone_name(self) -> String {
        if self.zone.is("utc") { "UTC".to_owned() } else { intl::local_zone() }
    }
}

/// Sets an attribute of the document, which the stylesheet looks at.
fn mark(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}
