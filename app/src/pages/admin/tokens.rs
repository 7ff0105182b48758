//! Tokens of the API.

use super::confirm::Confirm;
use super::new_token::NewToken;
use crate::api::admin::{revoke_token, tokens};
use crate::browser;
use crate::components::follow::follow;
use crate::components::load::{Load, failed, load};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::report::cell::{self, Clock};
use crate::components::wide_table::wide_table;
use crate::model::{TokenInfo, Tone, visible};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

#[component]
pub fn Tokens() -> impl IntoView {
    let prefs = expect_context::<Prefs>();
    let all = load(|| Some(()), |()| tokens());
    let problem = RwSignal::new(None::<String>);
    let rows = move || {
        let clock = Clock::of(prefs, prefs.zone_name());
        all.value.get().unwrap_or_default().into_iter().map(|token| row(&token, &clock, all, problem)).collect_view()
    };
    let empty = move || all.value.with(|tokens| tokens.as_ref().is_some_and(Vec::is_empty));
    view! {
        <div class="admin">
            <h1>"API tokens"</h1>
            <p class="muted">"Other systems send events, and programs read reports, with a token instead of a password. The documentation of the "<a href="/api/docs" rel="external">"API"</a>" says how."</p>
            <NewToken made=Callback::new(move |()| all.retry()) />
            <h2>"Tokens"</h2>
            <Problem message=problem />
            {failed(all)}
            {wide_table("Tokens", &["Name", "State", "May", "Bound to", "Last used", "Expires", "Created"], empty, rows)}
            {follow(move || empty().then(|| view! { <p class="muted">"There is no token yet. Make one above for the first system that is to send its events."</p> }))}
        </div>
    }
    .into_any()
}

fn row(token: &TokenInfo, clock: &Clock, all: Load<Vec<TokenInfo>>, problem: RwSignal<Option<String>>) -> AnyView {
    #[expect(clippy::cast_precision_loss, reason = "43 bits fit a double")]
    let expired = token.expires.is_some_and(|expires| (expires.millis() as f64) <= browser::now());
    let (state, tone) = match (token.revoked.is_some(), expired) {
        (true, _) => ("Revoked", Tone::Muted),
        (_, true) => ("Expired", Tone::Warning),
        _ => ("Valid", Tone::Good),
    };
    let time = |at| match at {
        Some(at) => clock.time(at),
        None => view! { <span class="muted">"never"</span> }.into_any(),
    };
    let may = token.scope.words();
    let sources = match (token.scope.bound_to(), token.sources.is_empty()) {
        (None, _) => cell::nothing(),
        (_, true) => view! { <span class="muted">"any"</span> }.into_any(),
        _ => token.sources.join(", ").into_any(),
    };
    let name = token.name.clone();
    let revoke = (token.revoked.is_none()).then(|| {
        let shown = visible(&name).into_owned();
        let on_confirm = Callback::new(move |()| {
            let name = name.clone();
            spawn_local_scoped_with_cancellation(async move {
                problem.set(revoke_token(name).await.err().map(|error| error.message));
                all.retry();
            });
        });
        view! {
            <Confirm label="Revoke" described=format!("Revoke {shown}") act=format!("Revoke {shown}") on_confirm
                question=format!("Whatever uses the token {shown} is refused from now on. A revoked token cannot be brought back.") />
        }
    });
    view! {
        <tr>
            <th scope="row">{visible(&token.name).into_owned()}</th>
            <td>{cell::toned(state.to_owned(), tone)}</td>
            <td>{may}</td>
            <td class="wrap">{sources}</td>
            <td>{time(token.last_used)}</td>
            <td>{time(token.expires)}</td>
            <td>{clock.time(token.created)}" by "{visible(&token.created_by).into_owned()}</td>
            <td class="actions">{revoke}</td>
        </tr>
    }
    .into_any()
}
