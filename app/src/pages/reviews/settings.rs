//! What is to be reviewed, and by whom, for administrators.

use super::desk::Desk;
use crate::api::reviews::{review_rules, set_review_rules};
use crate::components::each::each_item;
use crate::components::follow::follow;
use crate::components::form::{Fault, check, input, select};
use crate::components::load::{failed, load};
use crate::components::notice::Problem;
use crate::components::said::paragraph;
use crate::model::{ApiError, Moment, Timestamp};
use crate::reports;
use crate::reviews::{ReviewRule, ReviewSettings};
use crate::{say, sentence, text};
use leptos::{ev, prelude::*, task::spawn_local_scoped_with_cancellation};

/// A rule while it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Written {
    /// Tells it apart from the others.
    number: usize,
    name: RwSignal<String>,
    report: RwSignal<String>,
    query: RwSignal<String>,
    enabled: RwSignal<bool>,
}

impl Written {
    fn new(number: usize, rule: ReviewRule) -> Self {
        let ReviewRule { name, report, query, enabled } = rule;
        Self {
            number,
            name: RwSignal::new(name),
            report: RwSignal::new(report),
            query: RwSignal::new(query),
            enabled: RwSignal::new(enabled),
        }
    }

    fn rule(self) -> ReviewRule {
        let query = self.query.get_untracked();
        ReviewRule {
            name: self.name.get_untracked(),
            report: self.report.get_untracked(),
            query: query.trim().trim_start_matches('?').to_owned(),
            enabled: self.enabled.get_untracked(),
        }
    }
}

pub fn settings(desk: Desk) -> AnyView {
    let set = load(|| Some(()), |()| review_rules());
    // Drawn once: what is typed stays.
    let known = Memo::new(move |_| set.value.with(Option::is_some));
    let drawn = move || known.get().then(|| untrack(|| set.value.get().map(|set| form(desk, set))));
    view! {
        <section>
            <h2>{say!("review.settings")}</h2>
            {paragraph("muted", text!("review.settings.about"))}
            {failed(set)}
            {follow(drawn)}
        </section>
    }
    .into_any()
}

fn form(desk: Desk, set: ReviewSettings) -> AnyView {
    let rules = RwSignal::new(set.rules.into_iter().enumerate().map(|(at, rule)| Written::new(at, rule)).collect::<Vec<_>>());
    let managers = RwSignal::new(set.managers);
    let watched = RwSignal::new(set.watched);
    let since = RwSignal::new(set.since.map(|since| since.rfc3339()[..10].to_owned()).unwrap_or_default());
    let (fault, saved) = (Fault::none(), RwSignal::new(false));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        saved.set(false);
        fault.clear();
        let since = match day(&since.get_untracked()) {
            Ok(since) => since,
            Err(error) => return fault.set(error),
        };
        let rules = rules.with_untracked(|rules| rules.iter().map(|rule| rule.rule()).collect());
        let set = ReviewSettings { rules, managers: managers.get_untracked(), since, watched: watched.get_untracked() };
        spawn_local_scoped_with_cancellation(async move {
            match set_review_rules(set).await {
                Ok(()) => saved.set(true),
                Err(error) => fault.set(error),
            }
            desk.known.renew();
        });
    };
    let add = move |_| {
        rules.update(|rules| {
            let number = rules.iter().map(|rule| rule.number + 1).max().unwrap_or_default();
            let report = reports::ALL.into_iter().find(|report| report.is_reviewed()).map(|report| report.key.to_owned());
            rules.push(Written::new(
                number,
                ReviewRule { name: String::new(), report: report.unwrap_or_default(), query: String::new(), enabled: true },
            ));
        });
    };
    view! {
        <form class="review-form" on:submit=submit novalidate>
            {each_item(move || rules.get(), |rule| rule.number.to_string(), move |rule| one(rules, rule))}
            <p><button type="button" class="button" on:click=add>{say!("review.add-rule")}</button></p>
            {input(fault, "since", say!("review.since"), "date", say!("review.since.about"), since)}
            {check(say!("review.watched"), watched)}
            {check(say!("review.managers"), managers)}
            <p><button type="submit" class="button primary">{say!("review.save")}</button></p>
            <Problem message=fault.beside(&["since"]) />
            <p role="status" class="success" class:shown=saved>{follow(move || saved.get().then(|| say!("review.saved")))}</p>
        </form>
    }
    .into_any()
}

fn one(rules: RwSignal<Vec<Written>>, rule: Written) -> AnyView {
    // What is wrong is told of the rule by its number, below all of them.
    let fault = Fault::none();
    let reports = || {
        let reviewed = reports::ALL.into_iter().filter(|report| report.is_reviewed());
        reviewed.map(|report| (report.key.to_owned(), report.words.title.said().to_owned())).collect()
    };
    let remove = move |_| rules.update(|rules| rules.retain(|one| one.number != rule.number));
    view! {
        <fieldset class="review-rule">
            {input(fault, "name", say!("review.rule"), "text", "", rule.name)}
            {select(fault, "report", say!("review.report-label"), reports, rule.report)}
            {input(fault, "query", say!("review.query-label"), "text", say!("review.query.about"), rule.query)}
            {check(say!("review.enabled"), rule.enabled)}
            <button type="button" class="button small" on:click=remove>{say!("review.remove-rule")}</button>
        </fieldset>
    }
    .into_any()
}

/// The first moment of a day, in UTC; nothing where none is named.
fn day(text: &str) -> Result<Option<Timestamp>, ApiError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day = Moment::parse(text.trim()).ok_or_else(|| ApiError::invalid("since", sentence!("review.day", day = format!("{text:?}"))))?;
    Ok(Some(day.clock.and_utc().into()))
}
