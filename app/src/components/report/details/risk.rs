//! Why a view has the risk it has: what each part adds, and what it was compared with.

use crate::browser::intl;
use crate::components::report::cell::Clock;
use crate::model::risk::{Facts, Part, Population, Scored};
use crate::model::{EventId, Timestamp};
use crate::words::Text;
use crate::{say, text};
use leptos::prelude::*;

const HOUR: i64 = 3_600_000;

/// The parts of a score, those that add most first.
pub fn parts(id: EventId, scored: &Scored, clock: &Clock) -> AnyView {
    let mut parts: Vec<&Part> = scored.parts.iter().collect();
    parts.sort_by(|one, other| other.bits.total_cmp(&one.bits));
    let parts = parts.into_iter().map(|part| {
        let class = if part.unusual { "risk-part unusual" } else { "risk-part" };
        view! {
            <li class=class>
                <b>{name(&part.facts).said()}</b> <span class="bits">{bits(part.bits)}</span>
                <p>{sentence(&part.facts, scored, id.time(), clock)}</p>
            </li>
        }
    });
    let of = match scored.population {
        Population::People => say!("risk.of-people", count = i64::from(scored.everybody_views)),
        Population::Services => say!("risk.of-services", count = i64::from(scored.everybody_views)),
    };
    let new = [(scored.new_user(), text!("risk.new-user")), (scored.new_credential, text!("risk.new-credential"))];
    let new = new.into_iter().filter(|(is, _)| *is).map(|(_, words)| view! { <p class="risk-new">{words.said()}</p> });
    view! {
        <section class="risk-parts">
            <h3>{say!("risk.title", score = i64::from(scored.score))}</h3>
            {new.collect_view()}
            <ul>{parts.collect_view()}</ul>
            <p class="muted">{of}</p>
        </section>
    }
    .into_any()
}

const fn name(facts: &Facts) -> Text {
    match facts {
        Facts::Time { .. } => text!("risk.time"),
        Facts::Origin { .. } => text!("risk.origin"),
        Facts::Credential { .. } => text!("risk.credential"),
        Facts::Volume { .. } => text!("risk.volume"),
        Facts::Emergency { .. } => text!("risk.emergency"),
        Facts::Governance { .. } => text!("risk.governance"),
        Facts::Change { .. } => text!("risk.change"),
    }
}

fn sentence(facts: &Facts, scored: &Scored, at: Timestamp, clock: &Clock) -> String {
    let number = |count: u32| intl::number(i64::from(count));
    match facts {
        Facts::Time { from, to, user_share, everybody_share, .. } => say!(
            "risk.time.why",
            from = hour(at, *from, clock),
            to = hour(at, *to, clock),
            user = percent(*user_share),
            views = number(scored.user_views),
            everybody = percent(*everybody_share)
        ),
        Facts::Origin { address_views, network_views, network_users, network_share, .. } => say!(
            "risk.origin.why",
            address = number(*address_views),
            network = number(*network_views),
            users = number(*network_users),
            everybody = percent(*network_share)
        ),
        Facts::Credential { credential_views, credential_others, device_views, .. } => say!(
            "risk.credential.why",
            credential = number(*credential_views),
            device = number(*device_views),
            others = number(*credential_others)
        ),
        Facts::Volume { today, usual, everybody_usual, .. } => {
            say!("risk.volume.why", today = number(*today), usual = tenths(*usual), everybody = tenths(*everybody_usual))
        }
        Facts::Emergency { user_emergencies, everybody_share, .. } => {
            say!(
                "risk.emergency.why",
                user = number(*user_emergencies),
                views = number(scored.user_views),
                everybody = percent(*everybody_share)
            )
        }
        Facts::Governance { credential_views, credential_missing, .. } => {
            say!("risk.governance.why", missing = number(*credential_missing), views = number(*credential_views))
        }
        Facts::Change { last_by_hand: None, .. } => say!("risk.change.unknown").to_owned(),
        Facts::Change { last_by_hand: Some(true), earlier, by_hand } => {
            say!("risk.change.by-hand", earlier = number(*earlier), hand = number(*by_hand))
        }
        Facts::Change { last_by_hand: Some(false), earlier, by_hand } => {
            say!("risk.change.automatic", earlier = number(*earlier), hand = number(*by_hand))
        }
    }
}

/// A full hour of the day of a view, in UTC, as the reader's clock shows it.
fn hour(at: Timestamp, hour: u8, clock: &Clock) -> String {
    let hours = at.millis().div_euclid(HOUR);
    // The next such hour, before or after: on the clock of the zone they are alike.
    let at = (hours - hours.rem_euclid(24) + i64::from(hour)) * HOUR;
    intl::clock(Timestamp::saturating(at), &clock.zone).get(11..16).unwrap_or_default().to_owned()
}

/// Of a share from 0 to 1, in tenths of a percent.
fn percent(share: f32) -> String {
    tenths(share * 100.0)
}

#[expect(clippy::cast_possible_truncation, reason = "bounded")]
fn tenths(number: f32) -> String {
    intl::tenths((f64::from(number) * 10.0).round().clamp(0.0, 1e15) as i64)
}

/// How many bits a part adds, or takes away.
fn bits(bits: f32) -> String {
    let sign = if bits < 0.0 { "\u{2212}" } else { "+" };
    say!("risk.bits", bits = format!("{sign}{}", tenths(bits.abs())))
}
