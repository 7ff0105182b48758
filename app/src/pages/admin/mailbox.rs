//! The mailbox of a demo: what would have been sent.

use crate::api::notifications::mailbox;
use crate::components::follow::follow;
use crate::components::load::{failed, load, renew_every};
use crate::components::prefs::Prefs;
use crate::components::report::cell::Clock;
use crate::components::said::paragraph;
use crate::model::{Mail, visible};
use crate::{say, text};
use leptos::prelude::*;

/// How often it is looked whether there is more, in milliseconds.
const EVERY: u32 = 3_000;
/// Most mails that are shown.
const SHOWN: usize = 50;

pub(super) fn mails() -> AnyView {
    let prefs = expect_context::<Prefs>();
    let mails = load(|| Some(()), |()| mailbox());
    renew_every(mails, EVERY);
    let shown = Memo::new(move |_| mails.value.get().flatten());
    let list = move || {
        let clock = Clock::of(prefs, prefs.zone_name());
        shown.get().map(|mails| {
            let none = mails.is_empty().then(|| paragraph("muted", text!("mailbox.empty")));
            view! {
                <section class="mailbox" aria-labelledby="mailbox">
                    <h2 id="mailbox">{say!("mailbox.title")}</h2>
                    {paragraph("muted", text!("mailbox.about"))}
                    {none}
                    <ul>{mails.iter().take(SHOWN).map(|mail| one(mail, &clock)).collect_view()}</ul>
                </section>
            }
        })
    };
    view! { {failed(mails)} {follow(list)} }.into_any()
}

fn one(mail: &Mail, clock: &Clock) -> AnyView {
    view! {
        <li>
            <p class="mail-head">{clock.time(mail.at)} <b>{visible(&mail.subject).into_owned()}</b> <span class="muted">{say!("mailbox.to", recipients = visible(&mail.to.join(", ")))}</span></p>
            <pre tabindex="0">{mail.text.lines().map(|line| visible(line).into_owned() + "\n").collect::<String>()}</pre>
        </li>
    }
    .into_any()
}
