//! Asking for a change of all that is left, after a question that says how many.

use super::address::Asked;
use super::find;
use crate::api::exposure::change_seen_credentials;
use crate::components::follow::follow;
use crate::components::load::Load;
use crate::components::notice::Problem;
use crate::model::{ChangeAsked, ChangeRequest, Exposure};
use crate::pages::admin::confirm::Confirm;
use crate::say;
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

pub fn view(asked: Memo<Asked>, all: Load<Exposure>) -> AnyView {
    let problem = RwSignal::new(None::<String>);
    let refused = RwSignal::new(Vec::<ChangeAsked>::new());
    // How many are left, and how many of those have a connector.
    let left = Memo::new(move |_| {
        all.value.with(|all| {
            let left = all.iter().flat_map(|all| &all.credentials).filter(|seen| seen.unchanged > 0);
            let ways = left.clone().filter(|seen| matches!(seen.way, Some(Ok(_)))).count();
            (left.count(), ways)
        })
    });
    let ask = Callback::new(move |()| {
        let Asked { user, until, .. } = asked.get_untracked();
        let count = u32::try_from(left.get_untracked().0).unwrap_or(u32::MAX);
        // Of this press alone: what is asked for once more is looked at anew.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of nine digits, by chance")]
        let key = format!("page-{}-{:09}", crate::browser::now(), (js_sys::Math::random() * 1e9) as u64);
        spawn_local_scoped_with_cancellation(async move {
            match change_seen_credentials(ChangeRequest { user, until, count }, key).await {
                Ok(asked) => {
                    problem.set(None);
                    refused.set(asked.into_iter().filter(|asked| asked.result.is_err()).collect());
                }
                Err(error) => problem.set(Some(error.message.said().into_owned())),
            }
            all.renew();
        });
    });
    let button = move || {
        let (left, ways) = left.get();
        let count = ways as u64;
        (ways > 0).then(|| {
            let label = say!("exposure.change", count = count);
            let mut question = say!("exposure.change.question", count = count);
            if ways < left {
                question.push(' ');
                question.push_str(&say!("exposure.change.others", count = (left - ways) as u64));
            }
            view! { <Confirm label=label.clone() described=label.clone() question act=label on_confirm=ask /> }
        })
    };
    let not_asked = move || {
        let all = refused.get();
        (!all.is_empty()).then(|| {
            let rows = all.iter().filter_map(|asked| {
                let why = asked.result.as_ref().err()?.said().into_owned();
                Some(view! { <li>{find::name(&asked.device, &asked.username)} ": " {why}</li> })
            });
            view! {
                <div class="warning" role="status">
                    <p>{say!("exposure.refused", count = all.len() as u64)}</p>
                    <ul>{rows.collect_view()}</ul>
                </div>
            }
        })
    };
    view! {
        {follow(button)}
        <Problem message=problem />
        {follow(not_asked)}
    }
    .into_any()
}
