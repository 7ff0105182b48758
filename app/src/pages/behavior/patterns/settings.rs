//! How scores are made, for administrators.

use crate::api::behavior::{risk_known, set_risk};
use crate::browser::intl;
use crate::components::follow::follow;
use crate::components::load::{Load, failed, load, renew_every};
use crate::components::notice::Problem;
use crate::components::said::paragraph;
use crate::model::ApiError;
use crate::model::risk::{RiskSettings, RiskState};
use crate::pages::behavior::state::Dashboard;
use crate::words::Text;
use crate::{say, sentence, text};
use leptos::{ev, prelude::*, task::spawn_local_scoped_with_cancellation};

/// How often it is asked how far scoring is, in milliseconds.
const EVERY: u32 = 10_000;

#[component]
pub fn RiskForm(dashboard: Dashboard) -> impl IntoView {
    let state = load(|| Some(()), |()| risk_known());
    renew_every(state, EVERY);
    // Drawn once: what is typed stays when more is known.
    let known = Memo::new(move |_| state.value.with(Option::is_some));
    let form = move || known.get().then(|| untrack(|| state.value.get().map(|known| form(known.settings, state, dashboard))));
    view! {
        <section class="panel risk-form">
            <header class="panel-head"><h2>{say!("risk.settings")}</h2></header>
            {paragraph("muted", text!("risk.settings.why"))}
            {failed(state)}
            {follow(form)}
        </section>
    }
    .into_any()
}

/// The parts, in the order of their weights.
const PARTS: [Text; 7] = [
    text!("risk.time"),
    text!("risk.origin"),
    text!("risk.credential"),
    text!("risk.volume"),
    text!("risk.emergency"),
    text!("risk.governance"),
    text!("risk.change"),
];

fn form(set: RiskSettings, state: Load<RiskState>, dashboard: Dashboard) -> AnyView {
    let days = RwSignal::new(set.history_days.to_string());
    let weights = set.weights.map(|tenths| RwSignal::new(intl::tenths(tenths.into())));
    let problem = RwSignal::new(None::<String>);
    let saved = RwSignal::new(false);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        saved.set(false);
        match read(&days.get_untracked(), &weights.map(|weight| weight.get_untracked())) {
            Err(error) => problem.set(Some(error.message.said().into_owned())),
            Ok(set) => spawn_local_scoped_with_cancellation(async move {
                let wrong = set_risk(set).await.err();
                saved.set(wrong.is_none());
                problem.set(wrong.map(|error| error.message.said().into_owned()));
                state.renew();
                dashboard.shown.renew();
            }),
        }
    };
    let field = |label: String, value: RwSignal<String>| {
        view! {
            <label class="field">
                <span>{label}</span>
                <input type="text" inputmode="decimal" prop:value=value on:input:target=move |event| value.set(event.target().value()) />
            </label>
        }
        .into_any()
    };
    let fields = PARTS.into_iter().zip(weights).map(|(part, weight)| field(say!("risk.weight-of", part = part), weight));
    let again = move || {
        let from = state.value.with(|state| state.as_ref()?.again)?;
        let zone = dashboard.asked.with(|asked| asked.query.zone.clone());
        Some(view! { <p class="muted" role="status">{say!("risk.again", time = intl::clock(from, &zone))}</p> })
    };
    view! {
        <form on:submit=submit novalidate>
            {field(say!("risk.history").to_owned(), days)}
            {fields.collect_view()}
            <button type="submit" class="button">{say!("risk.save")}</button>
        </form>
        <Problem message=problem />
        <p role="status" class="success" class:shown=saved>{follow(move || saved.get().then(|| say!("risk.saved")))}</p>
        {follow(again)}
    }
    .into_any()
}

/// What is typed, as settings.
fn read(days: &str, weights: &[String; 7]) -> Result<RiskSettings, ApiError> {
    let history_days = days.trim().parse().map_err(|_| {
        ApiError::invalid("history_days", sentence!("risk.days", days = format!("{days:?}"), most = RiskSettings::MOST_DAYS))
    })?;
    let mut set = RiskSettings { history_days, weights: [0; 7] };
    for (tenths, weight) in set.weights.iter_mut().zip(weights) {
        *tenths = tenths_of(weight.trim()).ok_or_else(|| ApiError::invalid("weights", sentence!("risk.weight")))?;
    }
    set.check()?;
    Ok(set)
}

/// `1.5` and `1,5` are 15 tenths.
fn tenths_of(text: &str) -> Option<u8> {
    let (whole, tenth) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digit = |text: &str| (text.len() == 1).then(|| text.parse::<u8>().ok()).flatten();
    Some(digit(whole)? * 10 + digit(tenth)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_has_one_decimal() {
        assert_eq!(["0", "1", "1.5", "0,3", "3.0"].map(tenths_of), [0, 10, 15, 3, 30].map(Some));
        assert!(["", "1.55", "-1", "a", "10", "."].into_iter().all(|text| tenths_of(text).is_none()));
    }
}
