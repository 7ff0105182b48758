//! The worked example of docs/risk.md: its numbers are those of this test.

use super::*;
use vigia_app::model::risk::{Facts, RiskSettings, Scored};

/// A time on a day, counted from a Monday, of an hour and minute, UTC.
pub(super) fn at(day: i64, hour: i64, minute: i64) -> i64 {
    (((20_458 + day) * 24 + hour) * 60 + minute) * 60_000
}

/// Ana's usual view.
pub(super) fn usual(time: i64) -> View<'static> {
    View {
        id: 0,
        time,
        user: "ana",
        actor_kind: "",
        ip: "10.1.1.5",
        origin: "Web",
        device: "db1",
        credential: "postgres",
        emergency: false,
        governance_id: true,
    }
}

/// Twelve weeks: on each working day Ana views db1 six times between nine and two, and Ben, at the other site, web1 six times between one
/// and six.
fn weeks() -> History {
    let mut history = History::default();
    for day in (0..84).filter(|day| day % 7 < 5) {
        for hour in 0..6 {
            history.add(&usual(at(day, 9 + hour, 0)));
            let ben = View { user: "ben", ip: "10.2.1.9", device: "web1", credential: "root", ..usual(at(day, 13 + hour, 0)) };
            history.add(&ben);
        }
    }
    history
}

/// Bits to two places.
fn bits(scored: &Scored) -> Vec<f64> {
    scored.parts.iter().map(|part| (f64::from(part.bits) * 100.0).round() / 100.0).collect()
}

#[test]
fn the_numbers_of_the_document_are_these() {
    let history = weeks();
    assert_eq!(history.views(), 720);
    let settings = RiskSettings::default();

    let monday = history.score(&usual(at(84, 10, 0)), &settings);
    assert_eq!((bits(&monday), monday.score), (vec![-1.06, -1.0, -1.0, 0.0, 0.0, 0.0, 0.0], 10), "a usual view");

    let night = View { ip: "185.7.4.20", device: "web1", credential: "root", governance_id: false, ..usual(at(84, 3, 12)) };
    let night = history.score(&night, &settings);
    assert_eq!((bits(&night), night.score), (vec![4.13, 8.51, 8.5, 0.0, 0.0, 5.0, 0.0], 100), "the night view");
    assert_eq!(
        night.parts[0].facts,
        Facts::Time { from: 2, to: 4, weekend: false, user_share: 0.0, everybody_share: 0.0, user_weekend_views: 0 }
    );
    assert_eq!(
        night.parts[5].facts,
        Facts::Governance { given: false, credential_views: 360, credential_missing: 0, device_views: 360, device_missing: 0 }
    );

    // The same credential, in the office and with an ID.
    let helping = View { device: "web1", credential: "root", ..usual(at(84, 10, 0)) };
    let helping = history.score(&helping, &settings);
    assert_eq!((bits(&helping), helping.score), (vec![-1.06, -1.0, 8.5, 0.0, 0.0, 0.0, 0.0], 60), "helping Ben out");
}

#[test]
fn a_score_takes_little_room_and_comes_back_as_it_was() {
    let scored = weeks().score(&usual(at(84, 10, 0)), &RiskSettings::default());
    let bytes = postcard::to_allocvec(&scored).unwrap();
    assert!(bytes.len() < 140, "{} bytes", bytes.len());
    assert_eq!(postcard::from_bytes::<Scored>(&bytes).unwrap(), scored);
}
