//! Below the first screen: who and what views are of, when in the week they are, whether they are accounted for, and who had what in custody.

mod excess;
mod lists;
pub(super) mod numbers;
mod pseudonyms;
pub(super) mod ranking;
mod save;
mod settings;
mod tops;
mod trends;
mod week;

use super::state::Dashboard;
use crate::api::behavior::behavior_patterns;
use crate::behavior::{Asked, Patterns, TrendKind, first, risky};
use crate::components::follow::follow;
use crate::components::load::{Load, failed, load, renew_every};
use crate::components::session::Session;
use crate::model::Role;
use crate::reports::PASSWORD_VIEW;
use crate::{say, text};
use excess::Excessive;
use leptos::prelude::*;
use lists::ViewList;
use pseudonyms::PseudonymSwitch;
use settings::RiskForm;
use tops::{Credentials, Tops};
use trends::{FailedOperations, TrendPanel};
use week::Week;

/// How often these are asked for again, in milliseconds.
const EVERY: u32 = 30_000;

/// The answer to them, and what was asked.
#[derive(Clone, Copy)]
pub struct Below {
    pub dashboard: Dashboard,
    pub shown: Load<Patterns>,
}

impl Below {
    /// Something of what is shown, as it is when nothing is.
    pub fn patterns<T>(self, of: impl FnOnce(&Patterns) -> T) -> T {
        self.shown.value.with(|shown| match shown {
            Some(shown) => of(shown),
            None => of(&Patterns::default()),
        })
    }
}

#[component]
pub fn PatternsShown(dashboard: Dashboard) -> impl IntoView {
    let shown = load(move || dashboard.parsed.get().ok(), |asked: Asked| async move { behavior_patterns(asked.encode()).await });
    renew_every(shown, EVERY);
    dashboard.numbers.set(Some(numbers::numbers));
    let below = Below { dashboard, shown };
    let riskiest = Memo::new(move |_| dashboard.of(|behavior| behavior.riskiest.clone()));
    let risky_last = Memo::new(move |_| dashboard.of(|behavior| behavior.latest.clone()));
    let latest = Memo::new(move |_| below.patterns(|patterns| patterns.latest.clone()));
    let firsts = Memo::new(move |_| below.patterns(|patterns| patterns.first.clone()));
    let session = expect_context::<Session>();
    let is_admin = Memo::new(move |_| session.viewer.with(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.role == Role::Admin)));
    let date = PASSWORD_VIEW.time;
    let unscored = Memo::new(move |_| dashboard.of(|behavior| behavior.unscored));
    let waiting = move || {
        let count = i64::try_from(unscored.get()).unwrap_or(i64::MAX);
        (count > 0).then(|| view! { <p class="muted" role="status">{say!("behavior.unscored", count = count)}</p> })
    };
    view! {
        <div class="patterns">
            {follow(waiting)}
            <div class="lists">
                <ViewList dashboard title=text!("behavior.riskiest") none=text!("behavior.no-risk") by="risk" seen=riskiest of=|asked| asked.shown().as_ref().and_then(risky) />
                <ViewList dashboard title=text!("behavior.latest") none=text!("behavior.no-risk") by=date seen=risky_last of=|asked| asked.shown().as_ref().and_then(risky) />
            </div>
            <Tops dashboard />
            {failed(shown)}
            <Week below />
            <div class="lists">
                <ViewList dashboard title=text!("behavior.first") none=text!("behavior.no-first") by=date seen=firsts of=|asked| asked.shown().as_ref().and_then(first) />
                <Excessive below />
            </div>
            <div class="lists">
                <TrendPanel below kind=TrendKind::Governance />
                <TrendPanel below kind=TrendKind::Justification />
            </div>
            <h2 class="behavior-part">{text!("behavior.custody").said()}</h2>
            <div class="lists">
                <TrendPanel below kind=TrendKind::CustodyDays />
                <TrendPanel below kind=TrendKind::CustodyMonths />
                <Credentials below />
                <ViewList dashboard title=text!("behavior.last-views") none=text!("behavior.no-views") by=date seen=latest of=Asked::shown />
            </div>
            <h2 class="behavior-part">{text!("behavior.beside").said()}</h2>
            <div class="lists">
                <TrendPanel below kind=TrendKind::Operations />
                <FailedOperations below />
                <TrendPanel below kind=TrendKind::Backups />
            </div>
            {follow(move || is_admin.get().then(|| view! { <RiskForm dashboard /> <PseudonymSwitch /> }))}
        </div>
    }
    .into_any()
}
