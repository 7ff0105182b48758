//! Tokens of the API.

use super::confirm::Confirm;
use super::new_token::NewToken;
use crate::api::admin::{revoke_token, tokens};
use crate::browser;
use crate::components::each::each_item;
use crate::components::follow::follow;
use crate::components::load::{Load, failed, load};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::report::cell::{self, Clock};
use crate::components::said::{paragraph, span};
use crate::components::wide_table::wide_table;
use crate::model::{TokenInfo, Tone, visible};
use crate::{say, text};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

#[component]
pub fn Tokens() -> impl IntoView {
    let prefs = expect_context::<Prefs>();
    let all = load(|| Some(()), |()| tokens());
    let problem = RwSignal::new(None::<String>);
    let rows = move || {
        let items = move || all.value.get().unwrap_or_default();
        each_item(items, |token| token.name.clone(), move |token| row(&token, &Clock::of(prefs, prefs.zone_name()), all, problem))
    };
    let empty = move || all.value.with(|tokens| tokens.as_ref().is_some_and(Vec::is_empty));
    view! {
        <div class="admin">
            <h1>{say!("page.tokens")}</h1>
            <p class="muted">{say!("tokens.about")}" "<a href="/api/docs" rel="external">{say!("tokens.docs")}</a></p>
            <NewToken made=Callback::new(move |()| all.retry()) />
            <h2>{say!("tokens.title")}</h2>
            <Problem message=problem />
            {failed(all)}
            {wide_table(text!("tokens.title"), &[text!("tokens.name"), text!("tokens.state"), text!("tokens.may"), text!("tokens.bound-to"), text!("tokens.last-used"), text!("tokens.expires"), text!("tokens.created")], empty, rows)}
            {follow(move || empty().then(|| paragraph("muted", text!("tokens.none"))))}
        </div>
    }
    .into_any()
}

fn row(token: &TokenInfo, clock: &Clock, all: Load<Vec<TokenInfo>>, problem: RwSignal<Option<String>>) -> AnyView {
    #[expect(clippy::cast_precision_loss, reason = "43 bits fit a double")]
    let expired = token.expires.is_some_and(|expires| (expires.millis() as f64) <= browser::now());
    let (state, tone) = match (token.revoked.is_some(), expired) {
        (true, _) => (say!("tokens.revoked"), Tone::Muted),
        (_, true) => (say!("tokens.expired"), Tone::Warning),
        _ => (say!("tokens.valid"), Tone::Good),
    };
    let time = |at| match at {
        Some(at) => clock.time(at),
        None => span("muted", text!("never")),
    };
    let may = token.scope.words().said();
    let sources = match (token.scope.bound_to(), token.sources.is_empty()) {
        (None, _) => cell::nothing(),
        (_, true) => span("muted", text!("tokens.any")),
        _ => token.sources.join(", ").into_any(),
    };
    let name = token.name.clone();
    let revoke = (token.revoked.is_none()).then(|| {
        let shown = visible(&name).into_owned();
        let on_confirm = Callback::new(move |()| {
            let name = name.clone();
            spawn_local_scoped_with_cancellation(async move {
                problem.set(revoke_token(name).await.err().map(|error| error.message.said().into_owned()));
                all.retry();
            });
        });
        view! {
            <Confirm label=say!("tokens.revoke") described=say!("tokens.revoke-name", name = &shown) act=say!("tokens.revoke-name", name = &shown) on_confirm
                question=say!("tokens.revoke.question", name = &shown) />
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
            <td>{clock.time(token.created)}" "{say!("tokens.by", name = visible(&token.created_by))}</td>
            <td class="actions">{revoke}</td>
        </tr>
    }
    .into_any()
}
