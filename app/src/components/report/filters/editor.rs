//! Making a filter: a column, what it is asked, and a value in the shape the column calls for.

use super::condition::{Condition, conditions};
use super::range::{clock, written};
use crate::components::follow::{follow, when};
use crate::components::notice::Problem;
use crate::components::report::address;
use crate::components::report::narrowing::Narrowing;
use crate::model::{Column, Filter, Kind, Query, Report, Test, filter::Operator};
use crate::words::Sentence;
use crate::{say, sentence};
use leptos::{ev, prelude::*};

/// What the reader has put in so far.
#[derive(Clone, Copy)]
struct Draft {
    column: RwSignal<&'static Column>,
    condition: RwSignal<Condition>,
    /// Words chosen from the list.
    picked: RwSignal<Vec<String>>,
    /// What was typed: one value a line.
    typed: RwSignal<String>,
    low: RwSignal<String>,
    high: RwSignal<String>,
}

impl Draft {
    fn new(report: &Report, first: &'static Column, filter: Option<&Filter>) -> Self {
        let column = filter.map_or(first, |filter| filter.column);
        let condition = filter.map_or_else(|| conditions(report, column)[0], Condition::of);
        let (mut picked, mut typed) = (Vec::new(), Vec::new());
        let (mut low, mut high) = (String::new(), String::new());
        match filter.map(|filter| &filter.test) {
            Some(Test::Between { min, max }) => {
                low = min.map(|min| min.to_string()).unwrap_or_default();
                high = max.map(|max| max.to_string()).unwrap_or_default();
            }
            Some(Test::Time { from, to }) => (low, high) = (clock(*from), clock(*to)),
            Some(Test::Empty(_)) | None => {}
            Some(_) => {
                for (_, value) in filter.map(Filter::parts).unwrap_or_default() {
                    if offers(column.kind).iter().any(|(word, _)| *word == value) { picked.push(value) } else { typed.push(value) }
                }
            }
        }
        Self {
            column: RwSignal::new(column),
            condition: RwSignal::new(condition),
            picked: RwSignal::new(picked),
            typed: RwSignal::new(typed.join("\n")),
            low: RwSignal::new(low),
            high: RwSignal::new(high),
        }
    }

    /// Another column asks for other values.
    fn choose_column(self, report: &Report, column: &'static Column) {
        self.column.set(column);
        self.condition.set(conditions(report, column)[0]);
        self.picked.set(Vec::new());
        for text in [self.typed, self.low, self.high] {
            text.set(String::new());
        }
    }

    fn values(self) -> Vec<String> {
        let typed = self.typed.get_untracked();
        let mut values = self.picked.get_untracked();
        values.extend(typed.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
        values
    }
}

/// The values of a column that there is a list of, each with its words.
fn offers(kind: Kind) -> Vec<(&'static str, &'static str)> {
    match kind {
        Kind::Choice { values, .. } => values.iter().map(|choice| (choice.name, choice.label.said())).collect(),
        Kind::Flag => vec![("yes", say!("flag.yes")), ("no", say!("flag.no"))],
        _ => Vec::new(),
    }
}

/// `edited`: the place of the filter that is changed; `None` to add one. `open` is set to false when it is done.
#[component]
pub fn Editor(narrowing: Narrowing, edited: Option<usize>, open: RwSignal<bool>) -> impl IntoView {
    let query = narrowing.query.get_untracked();
    let edited = edited.filter(|at| *at < query.filters.len());
    let before = edited.and_then(|at| query.filters.get(at)).cloned();
    let columns: Vec<&'static Column> = narrowing.report.columns.iter().collect();
    // The id column comes first, and is the one least asked for.
    let first = narrowing.report.stored().next().unwrap_or(&narrowing.report.columns[0]);
    let draft = Draft::new(narrowing.report, first, before.as_ref());
    let problem = RwSignal::new(None::<String>);
    let options = columns
        .iter()
        .map(|column| {
            let key = column.key;
            view! { <option value=key selected=when(move || draft.column.get().key == key)>{column.label.said()}</option> }
        })
        .collect_view();
    let asked = move || {
        let options = conditions(narrowing.report, draft.column.get()).into_iter().enumerate().map(|(at, condition)| {
            view! { <option value=at.to_string() selected=when(move || draft.condition.get() == condition)>{condition.label().said()}</option> }
        });
        options.collect_view()
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        match build(narrowing, edited, before.as_ref(), draft) {
            Ok(query) => {
                open.set(false);
                narrowing.ask(query);
                crate::browser::focus::focus_soon(".add-filter > button".to_owned());
            }
            Err(message) => problem.set(Some(message.said().into_owned())),
        }
    };
    let kind_and_condition = Memo::new(move |_| (draft.column.get(), draft.condition.get()));
    view! {
        <form class="stack editor" on:submit=submit novalidate>
            <label class="field">
                <span>{say!("editor.column")}</span>
                <select on:change:target=move |event| {
                    if let Some(column) = narrowing.report.column(&event.target().value()) {
                        draft.choose_column(narrowing.report, column);
                        problem.set(None);
                    }
                }>{options}</select>
            </label>
            <p class="muted small-text">{follow(move || draft.column.get().help.said())}</p>
            <label class="field">
                <span>{say!("editor.condition")}</span>
                <select on:change:target=move |event| {
                    let all = conditions(narrowing.report, draft.column.get_untracked());
                    if let Some(condition) = event.target().value().parse().ok().and_then(|at: usize| all.get(at).copied()) {
                        draft.condition.set(condition);
                        problem.set(None);
                    }
                }>{follow(asked)}</select>
            </label>
            {follow(move || {
                let (column, condition) = kind_and_condition.get();
                value_fields(draft, column.kind, condition)
            })}
            <Problem message=problem />
            <button type="submit" class="button primary">{if edited.is_some() { say!("editor.change") } else { say!("editor.add") }}</button>
        </form>
    }
    .into_any()
}

/// The fields for the value.
fn value_fields(draft: Draft, kind: Kind, condition: Condition) -> AnyView {
    let Condition::One(operator) = condition else {
        return if condition == Condition::Range { range_fields(draft, kind) } else { ().into_any() };
    };
    match (kind, operator) {
        (Kind::Choice { open, .. }, _) => choice_fields(draft, kind, open),
        (Kind::Flag, _) => choice_fields(draft, kind, false),
        (_, Operator::Contains | Operator::Starts) => view! {
            <label class="field">
                <span>{say!("editor.text")}</span>
                <input type="text" maxlength=Query::MAX_TEXT.to_string() autocomplete="off" spellcheck="false" prop:value=draft.typed
                    on:input:target=move |event| draft.typed.set(event.target().value()) />
            </label>
        }
        .into_any(),
        _ => {
            let label = match kind {
                Kind::Ip => say!("editor.networks"),
                Kind::Time => say!("editor.hours"),
                Kind::Id => say!("editor.ids"),
                _ => say!("editor.values"),
            };
            let example = match kind {
                Kind::Ip => "10.1.2.3\n10.0.0.0/8",
                Kind::Time => "mon-09\nsun-23",
                _ => "",
            };
            view! {
                <label class="field">
                    <span>{label}</span>
                    <textarea rows="3" spellcheck="false" placeholder=example prop:value=draft.typed
                        on:input:target=move |event| draft.typed.set(event.target().value())></textarea>
                </label>
            }
            .into_any()
        }
    }
}

fn choice_fields(draft: Draft, kind: Kind, open: bool) -> AnyView {
    // Yes and no exclude each other.
    let single = kind == Kind::Flag;
    let boxes = offers(kind).into_iter().map(|(word, label)| {
        let pick = move |on: bool| {
            draft.picked.update(|picked| {
                picked.retain(|other| !single && other != word);
                if on {
                    picked.push(word.to_owned());
                }
            });
        };
        view! {
            <label class="check">
                <input
                    type=if single { "radio" } else { "checkbox" }
                    name="value"
                    prop:checked=when(move || draft.picked.with(|picked| picked.iter().any(|other| other == word)))
                    on:change:target=move |event| pick(event.target().checked())
                />
                {label}
            </label>
        }
    });
    let other = open.then(|| {
        view! {
            <label class="field">
                <span>{say!("editor.other")}</span>
                <textarea rows="2" spellcheck="false" prop:value=draft.typed on:input:target=move |event| draft.typed.set(event.target().value())></textarea>
            </label>
        }
    });
    view! {
        <fieldset class="checks"><legend>{say!("editor.value")}</legend>{boxes.collect_view()}</fieldset>
        {other}
    }
    .into_any()
}

fn range_fields(draft: Draft, kind: Kind) -> AnyView {
    let (input, example) = match kind {
        Kind::Time => ("datetime-local", ""),
        Kind::Duration => ("text", "1m20s"),
        _ => ("number", ""),
    };
    let labels = match kind {
        Kind::Time => [say!("editor.from"), say!("editor.before")],
        Kind::Bytes => [say!("editor.least-bytes"), say!("editor.most-bytes")],
        _ => [say!("editor.least"), say!("editor.most")],
    };
    let field = |label: &'static str, value: RwSignal<String>| {
        view! {
            <label class="field">
                <span>{label}</span>
                <input type=input min=(input == "number").then_some("0") step="1" placeholder=example prop:value=value
                    on:input:target=move |event| value.set(event.target().value()) />
            </label>
        }
        .into_any()
    };
    view! {
        {field(labels[0], draft.low)}
        {field(labels[1], draft.high)}
    }
    .into_any()
}

/// The query with the filter in it, read the way an address is read: what is refused there is refused here, in the same words.
fn build(narrowing: Narrowing, edited: Option<usize>, before: Option<&Filter>, draft: Draft) -> Result<Query, Sentence> {
    let mut query = narrowing.query.get_untracked();
    query.cursor = None;
    if let Some(at) = edited.filter(|at| *at < query.filters.len()) {
        query.filters.remove(at);
    }
    let column = draft.column.get_untracked();
    let (from, to) = match before.map(|filter| &filter.test) {
        Some(Test::Time { from, to }) => (*from, *to),
        _ => (None, None),
    };
    let (low, high) = (written(from, draft.low.get_untracked()), written(to, draft.high.get_untracked()));
    let parameters = draft.condition.get_untracked().parameters(column.kind, draft.values(), low, high);
    if parameters.is_empty() {
        return Err(sentence!("editor.no-value"));
    }
    let mut search = address::question(&query);
    for (suffix, value) in parameters {
        address::push(&mut search, &format!("{}{suffix}", column.key), &value);
    }
    address::read(narrowing.report, &search, &query.zone, None, None).map_err(|error| error.message)
}
