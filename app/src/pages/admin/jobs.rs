//! Work that the servers do in the background: how it went, when it is done next, and a button that has it done now.

use crate::api::jobs::{job_list, run_job};
use crate::components::each::each;
use crate::components::follow::follow;
use crate::components::load::{Load, failed, load, renew_every};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::report::cell::{self, Clock};
use crate::components::said::paragraph;
use crate::components::wide_table::wide_table;
use crate::model::{JobState, Tone, duration, visible};
use crate::{say, text};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

/// How often the jobs are looked at, in milliseconds.
const EVERY: u32 = 5_000;

#[component]
pub fn Jobs() -> impl IntoView {
    let prefs = expect_context::<Prefs>();
    let all = load(|| Some(()), |()| job_list());
    let problem = RwSignal::new(None::<String>);
    renew_every(all, EVERY);
    // A row stays while its job does, and with it the focus of its button.
    let names = Memo::new(move |_| all.value.with(|all| all.iter().flatten().map(|job| job.name.clone()).collect::<Vec<_>>()));
    let draw = move |name: String| {
        let of = name.clone();
        let job = Memo::new(move |_| all.value.with(|all| all.as_ref()?.iter().find(|job| job.name == of).cloned()));
        row(name, job, prefs, all, problem)
    };
    let rows = move || each(move || names.get(), draw);
    view! {
        <div class="admin">
            <h1>{say!("page.jobs")}</h1>
            {paragraph("muted", text!("jobs.about"))}
            <Problem message=problem />
            {failed(all)}
            {wide_table(text!("page.jobs"), &[text!("jobs.job"), text!("jobs.done"), text!("jobs.state"), text!("jobs.last-run"), text!("jobs.took"), text!("jobs.next")], move || names.with(Vec::is_empty), rows)}
        </div>
    }
    .into_any()
}

fn row(name: String, job: Memo<Option<JobState>>, prefs: Prefs, all: Load<Vec<JobState>>, problem: RwSignal<Option<String>>) -> AnyView {
    let cell =
        move |draw: fn(JobState, &Clock) -> AnyView| follow(move || job.get().map(|job| draw(job, &Clock::of(prefs, prefs.zone_name()))));
    let shown = name.clone();
    let run = move || {
        let name = name.clone();
        job.with(|job| job.as_ref().is_some_and(|job| job.every.is_some())).then(|| {
            let label = say!("jobs.run-name", job = &name);
            let run = move |_| {
                let name = name.clone();
                spawn_local_scoped_with_cancellation(async move {
                    problem.set(run_job(name).await.err().map(|error| error.message.said().into_owned()));
                    all.renew();
                });
            };
            view! { <button type="button" class="button small" aria-label=label on:click=run>{say!("row.run-now")}</button> }
        })
    };
    // Drawn once: whether it has runs never changes.
    let run = untrack(run);
    view! {
        <tr>
            <th scope="row">{shown}{cell(|job, _| view! { <p class="job-purpose">{job.purpose.said().into_owned()}</p> }.into_any())}</th>
            <td>{cell(|job, _| rhythm(&job).into_any())}</td>
            <td class="wrap">{cell(|job, _| state(&job))}</td>
            <td>{cell(|job, clock| match job.last { Some(run) => clock.time(run.began), None => cell::nothing() })}</td>
            <td>{cell(|job, _| match job.last { Some(run) => duration::words(run.took).into_any(), None => cell::nothing() })}</td>
            <td>{cell(|job, clock| match job.next { Some(next) => clock.time(next), None => cell::nothing() })}</td>
            <td class="actions">{run}</td>
        </tr>
    }
    .into_any()
}

/// How often, and where.
fn rhythm(job: &JobState) -> String {
    let span = match job.every {
        None if job.one => return say!("jobs.always-one").to_owned(),
        None => return say!("jobs.always-each").to_owned(),
        Some(seconds) if seconds >= 3_600 && seconds % 3_600 == 0 => say!("span.hours", count = seconds / 3_600),
        Some(seconds) if seconds >= 60 && seconds % 60 == 0 => say!("span.minutes", count = seconds / 60),
        Some(seconds) => say!("span.seconds", count = seconds),
    };
    if job.one { say!("jobs.every-one", span = span) } else { say!("jobs.every-each", span = span) }
}

fn state(job: &JobState) -> AnyView {
    let wrong = job.last.as_ref().map_or("", |run| run.error.as_str());
    let (words, tone) = match (job.running.is_some(), wrong.is_empty(), job.last.is_some()) {
        (true, ..) => (say!("jobs.running"), Tone::Running),
        (_, false, _) => (say!("jobs.wrong"), Tone::Bad),
        (_, _, true) => (say!("jobs.well"), Tone::Good),
        _ => (say!("jobs.not-yet"), Tone::Muted),
    };
    let wrong = (!wrong.is_empty()).then(|| {
        let times = if job.failures > 1 { say!("jobs.in-a-row", count = job.failures) + " " } else { String::new() };
        view! { <p class="muted">{times}{visible(wrong).into_owned()}</p> }
    });
    view! { {cell::toned(words.to_owned(), tone)}{wrong} }.into_any()
}
