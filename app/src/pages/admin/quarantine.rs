//! Lines that no format understood.

use super::confirm::Confirm;
use crate::api::admin::{drop_quarantined, quarantine, quarantined, replay_quarantined};
use crate::browser::intl;
use crate::components::each::each_item;
use crate::components::follow::{follow, when};
use crate::components::load::{failed, load};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::report::cell::Clock;
use crate::components::said::paragraph;
use crate::components::wide_table::wide_table;
use crate::model::{ApiError, QuarantineGroup, QuarantineLine, Replayed, visible};
use crate::{say, text};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use std::future::Future;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct State {
    /// The group whose lines are shown.
    open: RwSignal<Option<QuarantineGroup>>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    done: RwSignal<Option<String>>,
    /// Counts what was done: what is shown is asked for again.
    changes: RwSignal<u32>,
}

impl State {
    /// Does something, and says in words what came of it.
    fn act<T: 'static>(self, work: impl Future<Output = Result<T, ApiError>> + 'static, words: impl Fn(T) -> String + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        self.done.set(None);
        spawn_local_scoped_with_cancellation(async move {
            match work.await {
                Ok(result) => self.done.set(Some(words(result))),
                Err(error) => self.problem.set(Some(error.message.said().into_owned())),
            }
            self.busy.set(false);
            self.changes.update(|count| *count += 1);
        });
    }
}

fn lines(count: u64) -> String {
    say!("quarantine.count", count = count)
}

#[component]
pub fn Quarantine() -> impl IntoView {
    let state = State {
        open: RwSignal::new(None),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        done: RwSignal::new(None),
        changes: RwSignal::new(0),
    };
    let groups = load(move || Some(state.changes.get()), |_| quarantine());
    let rows = move || {
        let key = |group: &QuarantineGroup| [&*group.source, &*group.format, &*group.reason].join("\0");
        each_item(move || groups.value.get().unwrap_or_default(), key, move |group| row(state, &group))
    };
    let empty = move || groups.value.with(|groups| groups.as_ref().is_some_and(Vec::is_empty));
    view! {
        <div class="admin">
            <h1>{say!("page.quarantine")}</h1>
            {paragraph("muted", text!("quarantine.about"))}
            <Problem message=state.problem />
            <p role="status" class="success" class:shown=when(move || state.done.with(Option::is_some))>{follow(move || state.done.get())}</p>
            {failed(groups)}
            {follow(move || empty().then(|| view! { <p><b>{say!("quarantine.empty")}</b>" "{say!("quarantine.empty.why")}</p> }))}
            {wide_table(text!("quarantine.reasons"), &[text!("quarantine.source"), text!("quarantine.format"), text!("quarantine.reason"), text!("quarantine.lines")], empty, rows)}
            {follow(move || state.open.get().map(|group| view! { <Lines state group /> }))}
        </div>
    }
    .into_any()
}

fn row(state: State, group: &QuarantineGroup) -> AnyView {
    let [shown, again, gone] = [(); 3].map(|()| group.clone());
    let about = format!("{}, {}: {}", group.source, group.format, group.reason);
    let open = {
        let group = group.clone();
        move || state.open.with(|open| open.as_ref().is_some_and(|open| same(open, &group)))
    };
    let replay = move |_| {
        let group = again.clone();
        state.act(replay_quarantined(group), |Replayed { understood, stored, duplicate, broken }| {
            say!("quarantine.read", lines = lines(understood), stored = stored, duplicate = duplicate, broken = lines(broken))
        });
    };
    let drop_all =
        Callback::new(move |()| state.act(drop_quarantined(gone.clone()), |count| say!("quarantine.dropped", lines = lines(count))));
    view! {
        <tr>
            <th scope="row">{visible(&group.source).into_owned()}</th>
            <td>{group.format.clone()}</td>
            <td class="wrap">{visible(&group.reason).into_owned()}</td>
            <td>{intl::number(i64::try_from(group.lines).unwrap_or(i64::MAX))}</td>
            <td class="actions">
                <button type="button" class="button small" aria-pressed=when(move || if open() { "true" } else { "false" })
                    aria-label=say!("quarantine.show-of", about = &about) on:click=move |_| state.open.set(Some(shown.clone()))>{say!("quarantine.show")}</button>
                <button type="button" class="button small" disabled=state.busy aria-label=say!("quarantine.again-of", about = &about) on:click=replay>{say!("quarantine.again")}</button>
                <Confirm label=say!("quarantine.drop") described=say!("quarantine.drop-of", about = &about) act=say!("quarantine.drop-of", about = lines(group.lines)) on_confirm=drop_all
                    question=say!("quarantine.question", count = group.lines, source = visible(&group.source)) />
            </td>
        </tr>
    }
    .into_any()
}

/// Whether two name the same lines, however many there were.
fn same(a: &QuarantineGroup, b: &QuarantineGroup) -> bool {
    (&a.source, &a.format, &a.reason) == (&b.source, &b.format, &b.reason)
}

/// The lines of a group, page by page.
#[component]
fn Lines(state: State, group: QuarantineGroup) -> impl IntoView {
    let prefs = expect_context::<Prefs>();
    let before = RwSignal::new(None::<i64>);
    let asked = group.clone();
    let page = load(
        move || {
            state.changes.track();
            Some(before.get())
        },
        move |before| quarantined(asked.clone(), before),
    );
    let shown = move || {
        let clock = Clock::of(prefs, prefs.zone_name());
        page.value.with(|page| page.as_ref().map(|page| page.lines.iter().map(|line| one(line, &clock)).collect_view()))
    };
    let next = move || page.value.with(|page| page.as_ref().and_then(|page| page.next));
    view! {
        <section class="lines" aria-label=say!("quarantine.lines")>
            <h2>{format!("{}: {}", visible(&group.source), visible(&group.reason))}</h2>
            {failed(page)}
            <ol>{follow(shown)}</ol>
            <p class="row">
                <button type="button" class="button" disabled=when(move || before.get().is_none()) on:click=move |_| before.set(None)>{say!("quarantine.newest")}</button>
                <button type="button" class="button" disabled=when(move || next().is_none()) on:click=move |_| before.set(next())>{say!("quarantine.older")}</button>
            </p>
        </section>
    }
    .into_any()
}

fn one(line: &QuarantineLine, clock: &Clock) -> AnyView {
    let detail = (!line.detail.is_empty()).then(|| view! { <span>{visible(&line.detail).into_owned()}</span> });
    view! {
        <li>
            <p class="row"><span class="mono muted">{line.id}</span>{clock.time(line.received)}{detail}</p>
            <div class="original"><pre tabindex="0" aria-label=say!("quarantine.line", number = line.id.to_string())>{visible(&line.original).into_owned()}</pre></div>
        </li>
    }
    .into_any()
}
