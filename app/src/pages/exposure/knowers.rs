//! Who could know a credential at a moment.

use super::address::Asked;
use super::find;
use crate::api::exposure::credential_knowers;
use crate::browser::intl::count as number;
use crate::components::follow::follow;
use crate::components::load::{failed, load};
use crate::components::prefs::Prefs;
use crate::components::report::cell::{self, Clock};
use crate::components::report::links::link;
use crate::components::wide_table::numbered_table;
use crate::model::{Knower, visible};
use crate::story::Subject;
use crate::{say, text};
use leptos::prelude::*;

pub fn view(asked: Memo<Asked>) -> AnyView {
    let prefs = expect_context::<Prefs>();
    let question = move || asked.with(|asked| asked.is_of_credential().then(|| (asked.device.clone(), asked.username.clone(), asked.at)));
    let all = load(question, |(device, username, at)| credential_knowers(device, username, at));
    let rows = move || {
        let clock = Clock::of(prefs, prefs.zone_name());
        all.value.get().unwrap_or_default().into_iter().map(|knower| row(&knower, &clock)).collect_view()
    };
    let title = move || asked.with(|asked| say!("exposure.title", credential = find::name(&asked.device, &asked.username)));
    let nobody = move || {
        all.value.with(|all| all.as_ref().is_some_and(Vec::is_empty)).then(|| view! { <p class="state">{say!("exposure.nobody")}</p> })
    };
    let heads = [
        text!("report.password-view.user.label"),
        text!("exposure.login"),
        text!("exposure.kind"),
        text!("exposure.views"),
        text!("exposure.last"),
    ];
    view! {
        <h2>{follow(title)}</h2>
        {find::credential(asked)}
        {failed(all)}
        {follow(nobody)}
        {numbered_table(text!("exposure.people"), &heads, &[3], move || all.value.with(|all| all.as_ref().is_none_or(Vec::is_empty)), rows)}
    }
    .into_any()
}

fn row(knower: &Knower, clock: &Clock) -> AnyView {
    let user = if knower.user.is_empty() { cell::nothing() } else { link(&Subject::User(knower.user.clone()), &clock.zone) };
    let whose = Asked { user: knower.user.clone(), ..Asked::default() }.address();
    let link = (!knower.user.is_empty())
        .then(|| view! { <a class="link" href=whose>{say!("exposure.of-person", user = visible(&knower.user))}</a> });
    view! {
        <tr>
            <th scope="row">{user}</th>
            <td>{visible(&knower.login).into_owned()}</td>
            <td>{visible(&knower.actor_kind).into_owned()}</td>
            <td class="number">{number(knower.views)}</td>
            <td>{clock.time(knower.last)}</td>
            <td class="actions">{link}</td>
        </tr>
    }
    .into_any()
}
