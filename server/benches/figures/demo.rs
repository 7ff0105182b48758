//! Making demo events up, without storing them.

use super::table::Table;
use std::time::Instant;
use vigia_app::model::Timestamp;

const EVENTS: u64 = 1_000_000;

pub fn measure(table: &mut Table) {
    let start = Instant::now();
    let made = vigia::demo::generate(EVENTS, 90, 1, Timestamp::saturating(1_795_300_000_000)).count();
    table.row("demo", format!("{made} events made up"), format!("{:.0} events/s", made as f64 / start.elapsed().as_secs_f64()), "");
}
