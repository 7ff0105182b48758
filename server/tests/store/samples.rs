//! Events for tests: few values a column, so that every filter lets many rows, few rows or none through.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::net::IpAddr;
use std::sync::Arc;
use vigia::event::Event;
use vigia_app::model::{Cell, Column, Kind, Report, Timestamp};

/// 2026-11-01T00:00:00Z.
pub const START: i64 = 1_793_491_200_000;

const WORDS: [&str; 12] =
    ["srv-db-01", "SRV-DB-01", "srv-db-02", "srv", "Иван Петров", "王伟", "José", "a b", "100%_\\'\"", "", "", "ΟΔΥΣΣΕΥΣ"];
const ADDRESSES: [&str; 6] = ["10.0.0.1", "10.0.0.2", "10.1.2.3", "192.168.0.1", "2001:db8::1", "2001:db8::2"];

/// Events of a report: the first value of each column in half of the rows, the others ever rarer; times with ties.
pub fn events(report: &'static Report, count: usize, seed: u64) -> Vec<Event> {
    let mut rng = StdRng::seed_from_u64(seed);
    let source: Arc<str> = "test".into();
    (0..count)
        .map(|number| {
            let time = Timestamp::saturating(START + rng.random_range(0..count as i64 / 4) * 1000);
            let mut event = Event::new(report, &source, format!("{}-{seed}-{number}", report.key), time);
            for column in report.stored().filter(|column| column.key != "source") {
                event.set(column.key, value(column, &mut rng));
            }
            event
        })
        .collect()
}

/// A value a column may have, also a missing one.
pub fn value(column: &Column, rng: &mut StdRng) -> Cell {
    let rank = (1.0 / rng.random_range(0.0001f64..1.0)).log2() as usize;
    match column.kind {
        Kind::Choice { values, .. } => values.get(rank).map_or(Cell::Empty, |choice| Cell::text(choice.name)),
        Kind::Text => Cell::text(WORDS[(rank + column.key.len()) % WORDS.len()]),
        Kind::LongText => {
            let words: Vec<_> = (0..rank * 3).filter_map(|_| WORDS.choose(rng)).copied().collect();
            Cell::text(words.join(" ").trim())
        }
        Kind::Time if rank > 3 => Cell::Empty,
        Kind::Time => Cell::Time(Timestamp::saturating(START + rng.random_range(0..2000) * 1000)),
        Kind::Number | Kind::Bytes | Kind::Duration if rank > 5 => Cell::Empty,
        Kind::Number | Kind::Bytes | Kind::Duration => Cell::Number(rank as i64),
        Kind::Ip => ADDRESSES.get(rank).map_or(Cell::Empty, |ip| Cell::from(ip.parse::<IpAddr>().expect("an address"))),
        Kind::Flag => Cell::Flag(rank == 0),
        Kind::Id => Cell::Empty,
    }
}
