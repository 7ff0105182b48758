//! What the page of a user, a device or a credential shows.

use super::fields::{Field, fields};
use super::open::open;
use super::timeline::list;
use crate::behavior::{RISKY, Top, ViewSeen, first, having, hour, risky, within};
use crate::browser::intl::{self, count as number};
use crate::components::report::address;
use crate::components::report::cell::{self, Clock};
use crate::components::report::links::{event, link};
use crate::model::{Cell, Direction, Moment, Query, Sort, Test, TimeRange};
use crate::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};
use crate::say;
use crate::story::{Asked, Profile, Subject, of_views, operations};
use leptos::prelude::*;

pub fn profile(subject: &Subject, shown: &Profile, clock: &Clock) -> AnyView {
    let questions = subject.questions(&clock.zone);
    let ever = of_views(&questions, &shown.rows);
    let views = ever.and_then(|query| {
        let range =
            TimeRange::Between { from: Some(Moment::parse(&shown.days.first()?.from)?), to: Some(Moment::parse(&shown.days.last()?.to)?) };
        Some(Query { range, ..query.clone() })
    });
    let of_views = match &views {
        Some(views) if shown.views > 0 => {
            view! { {figures(shown, views)} {days(shown, views)} {week(shown, views)} {lists(shown, views, clock)} }.into_any()
        }
        _ => view! { <p class="muted">{say!("story.no-views")}</p> }.into_any(),
    };
    view! {
        {sources(shown)}
        {of_views}
        <div class="lists">
            {open(subject, shown, ever, clock)}
            {of_operations(shown, operations(&questions), clock)}
            {mentions(shown, &questions)}
        </div>
    }
    .into_any()
}

fn rows(query: &Query) -> String {
    address::of(query, None)
}

/// Which systems use the name.
fn sources(shown: &Profile) -> AnyView {
    let names = shown.sources.iter().map(|(source, rows)| {
        let word = PASSWORD_VIEW.column("source").map_or_else(|| source.plain(), |column| cell::words(column, source, ""));
        format!("{word} ({})", number(*rows))
    });
    let names: Vec<String> = names.collect();
    let warns = (shown.sources.len() > 1).then_some("tone warning");
    let count = i64::try_from(shown.sources.len()).unwrap_or(i64::MAX);
    view! {
        <p class="profile-sources"><span class=warns>{say!("story.several-sources", count = count)}</span> " " <span class="muted">{say!("story.sources")} ": " {names.join(", ")}</span></p>
    }
    .into_any()
}

fn figures(shown: &Profile, views: &Query) -> AnyView {
    let card = |name: &'static str, count: u64, query: Option<Query>, risk: bool| {
        let class = if risk { "figure with-risk" } else { "figure" };
        let share = (count < shown.views).then(|| {
            let percent = intl::number(i64::try_from(u128::from(count) * 100 / u128::from(shown.views.max(1))).unwrap_or_default());
            view! { <span class="figure-share">{say!("behavior.share", percent = percent)}</span> }
        });
        view! {
            <a class=class href=query.map(|query| rows(&query))>
                <span class="figure-name">{name}</span>
                <span class="figure-number">{number(count)}</span>
                {share}
            </a>
        }
    };
    view! {
        <section class="figures" aria-label=say!("behavior.figures")>
            {card(say!("story.views-45"), shown.views, Some(views.clone()), false)}
            {card(say!("behavior.with-risk"), shown.risky, risky(views), true)}
            {card(say!("behavior.emergency"), shown.emergency, views.narrowed("emergency", Test::Flag(true)), false)}
            {card(say!("behavior.ungoverned"), shown.ungoverned, views.narrowed("governance_id", Test::Empty(true)), false)}
            {card(say!("behavior.first"), shown.firsts, first(views), false)}
        </section>
    }
    .into_any()
}

fn days(shown: &Profile, views: &Query) -> AnyView {
    let field = |span: &crate::behavior::Stretch| {
        let day = span.from.get(..10).unwrap_or(&span.from);
        let query = Moment::parse(&span.from).zip(Moment::parse(&span.to)).map(|(from, to)| within(views, from, to));
        Field {
            words: say!("story.day", day = day, views = number(span.all), risky = number(span.part)),
            href: query.map(|query| rows(&query)),
            all: span.all,
            risky: span.part,
        }
    };
    let ends = [shown.days.first(), shown.days.last()].map(|span| span.and_then(|span| span.from.get(..10)).unwrap_or_default().to_owned());
    let [from, to] = ends;
    let line = (String::new(), shown.days.iter().map(field).collect());
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{say!("story.views-by-day")}</h2></header>
            {fields(say!("story.days-help"), Vec::new(), vec![line], true)}
            <p class="bars-ends muted" aria-hidden="true"><span>{from}</span> <span>{to}</span></p>
        </section>
    }
    .into_any()
}

fn week(shown: &Profile, views: &Query) -> AnyView {
    let field = |day: &str, place: usize| {
        let (all, with_risk) = shown.week.get(place).copied().unwrap_or_default();
        let clock = format!("{:02}", place % 24);
        Field {
            words: say!("behavior.hour", day = day, hour = clock, views = number(all), risky = number(with_risk)),
            href: hour(views, place).map(|query| rows(&query)),
            all,
            risky: with_risk,
        }
    };
    let names = say!("behavior.days").split(' ').enumerate();
    let lines = names.map(|(day, name)| (name.to_owned(), (0..24).map(|hour| field(name, day * 24 + hour)).collect())).collect();
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{say!("behavior.week")}</h2></header>
            {fields(say!("behavior.week-help"), (0..24).map(|hour| format!("{hour:02}")).collect(), lines, false)}
        </section>
    }
    .into_any()
}

fn lists(shown: &Profile, views: &Query, clock: &Clock) -> AnyView {
    let by = |query: Option<Query>, key: &str| {
        let (query, column) = (query?, PASSWORD_VIEW.column(key)?);
        Some(Query { sort: Sort { column, direction: Direction::Descending }, ..query })
    };
    let date = PASSWORD_VIEW.time;
    let tops = shown.tops.iter().map(|top| ranked(top, views));
    view! {
        <div class="lists">
            {seen(say!("story.riskiest"), say!("story.no-risk"), &shown.riskiest, by(risky(views), "risk"), clock)}
            {seen(say!("behavior.last-views"), say!("story.no-views"), &shown.latest, by(Some(views.clone()), date), clock)}
            {seen(say!("behavior.first"), say!("story.no-first"), &shown.first, by(first(views), date), clock)}
        </div>
        <div class="tops">{tops.collect_view()}</div>
    }
    .into_any()
}

/// Views of a list.
const FEW: usize = 8;

fn seen(title: &'static str, none: &'static str, views: &[ViewSeen], all: Option<Query>, clock: &Clock) -> AnyView {
    let row = |view: &ViewSeen| {
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => Some(text.clone()),
            _ => None,
        };
        let (device, username) = (text(&view.device), text(&view.username));
        let credential = match (device, username) {
            (Some(device), Some(username)) => link(&Subject::Credential { device, username }, &clock.zone),
            (Some(device), None) => link(&Subject::Device(device), &clock.zone),
            _ => cell::nothing(),
        };
        let user = text(&view.user).map_or_else(cell::nothing, |user| link(&Subject::User(user), &clock.zone));
        let mark = view.risk.filter(|risk| *risk >= RISKY).map(|_| "risk");
        view! {
            <tr>
                <td class="number"><span class=mark>{view.risk}</span></td>
                <td>{user}</td>
                <td>{credential}</td>
                <td class="time"><a href=event(&PASSWORD_VIEW, view.id, &clock.zone)>{clock.time(view.id.time())}</a></td>
            </tr>
        }
    };
    let body = if views.is_empty() {
        view! { <p class="muted none-with-risk">{none}</p> }.into_any()
    } else {
        view! {
            <table class="views">
                <caption class="sr">{title}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="number">{say!("behavior.risk")}</th>
                        <th scope="col">{say!("behavior.user")}</th>
                        <th scope="col">{say!("behavior.credential")}</th>
                        <th scope="col" class="time">{say!("behavior.date")}</th>
                    </tr>
                </thead>
                <tbody>{views.iter().take(FEW).map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    let all = all.filter(|_| !views.is_empty()).map(|query| view! { <a class="link" href=rows(&query)>{say!("behavior.all-of-them")}</a> });
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{title}</h2> {all}</header>
            {body}
        </section>
    }
    .into_any()
}

/// What most views have in common.
fn ranked(top: &Top, views: &Query) -> AnyView {
    let Some(column) = PASSWORD_VIEW.column(&top.column) else { return ().into_any() };
    let row = |(value, all, risky): &(Cell, u64, u64)| {
        let words = if value.is_empty() { say!("behavior.nothing-there").to_owned() } else { cell::words(column, value, "") };
        let href = having(views, column, value).map(|query| rows(&query));
        let risk = (*risky > 0).then(|| view! { <span class="risk" title=say!("behavior.with-risk")>{number(*risky)}</span> });
        view! { <li><span class="top-name"><a href=href>{crate::model::visible(&words).into_owned()}</a></span><span></span><span class="top-risk">{risk}</span><span class="top-count">{number(*all)}</span></li> }
    };
    let others = (top.others.0 > 0).then(|| {
        let words = say!("behavior.others", count = number(top.others.0));
        view! { <li><span class="top-name muted">{words}</span><span></span><span></span><span class="top-count">{number(top.others.1)}</span></li> }
    });
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{say!("behavior.views-by", column = column.label)}</h2></header>
            <ol class="top">{top.values.iter().map(row).collect_view()}{others}</ol>
        </section>
    }
    .into_any()
}

fn of_operations(shown: &Profile, all: Option<&Query>, clock: &Clock) -> AnyView {
    let Some((all, column)) = all.zip(PASSWORD_OPERATION.column("status")) else { return ().into_any() };
    let row = |seen: &crate::story::StatusSeen| {
        let href = having(all, column, &seen.status).map(|query| rows(&query));
        // To the tenth.
        let attempts = seen.attempts.map(|attempts| intl::tenths((attempts * 10.0).round() as i64));
        view! {
            <tr>
                <th scope="row">{cell::draw(column, &seen.status, clock)}</th>
                <td class="number"><a href=href>{number(seen.operations)}</a></td>
                <td class="number wide">{attempts}</td>
            </tr>
        }
    };
    let body = if shown.operations.is_empty() {
        view! { <p class="muted none-with-risk">{say!("story.no-operations")}</p> }.into_any()
    } else {
        let asked = Asked::of(Query { zone: clock.zone.clone(), ..Query::all(&crate::story::TIMELINE) });
        view! {
            <table class="views">
                <caption class="sr">{say!("behavior.operations")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{column.label.said()}</th>
                        <th scope="col" class="number wide">{say!("story.rows")}</th>
                        <th scope="col" class="number wide">{say!("story.attempts")}</th>
                    </tr>
                </thead>
                <tbody>{shown.operations.iter().map(row).collect_view()}</tbody>
            </table>
            <h3>{say!("story.last-operations")}</h3>
            {list(&asked, &shown.last_operations, say!("story.last-operations"))}
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{say!("behavior.operations")}</h2> <a class="link" href=rows(all)>{say!("behavior.all-of-them")}</a></header>
            {body}
        </section>
    }
    .into_any()
}

/// How many rows the reports have, by the columns that name it.
fn mentions(shown: &Profile, questions: &[Query]) -> AnyView {
    let row = |(query, count): (&Query, &u64)| {
        let by: Vec<&str> = query.filters.iter().map(|filter| filter.column.label.said()).collect();
        view! {
            <tr>
                <th scope="row">{query.report.words.title.said()} " " <span class="muted">{by.join(", ")}</span></th>
                <td class="number wide"><a href=rows(query)>{number(*count)}</a></td>
            </tr>
        }
    };
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{say!("story.in-reports")}</h2></header>
            <table class="views">
                <caption class="sr">{say!("story.in-reports")}</caption>
                <thead><tr><th scope="col">{say!("report.timeline.report.label")}</th><th scope="col" class="number wide">{say!("story.rows")}</th></tr></thead>
                <tbody>{questions.iter().zip(&shown.rows).map(row).collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
