//! Says how many lines a second an import reads, without storing: `cargo run --release --example ingest_speed [lines]`.

#[path = "../benches/support/audit_log.rs"]
mod audit_log;

use std::io::Write as _;
use std::time::Instant;
use vigia::ingest::{OpenBao, import};
use vigia::store::Appended;

fn main() -> anyhow::Result<()> {
    let lines = std::env::args().nth(1).map_or(Ok(500_000), |lines| lines.parse())?;
    let log = audit_log::synthetic_log(lines, 7);
    let start = Instant::now();
    let mut events = 0u64;
    let summary = import(log.as_bytes(), &mut OpenBao::new(OpenBao::SOURCE), &mut |batch| {
        let stored = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        events += stored;
        Ok(Appended { stored, duplicate: 0 })
    })?;
    let seconds = start.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    write!(out, "{summary}")?;
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let (rate, mib) = (summary.lines as f64 / seconds, log.len() as f64 / f64::from(1 << 20) / seconds);
    writeln!(out, "{rate:.0} lines/s, {mib:.0} MiB/s, {events} events")?;
    Ok(())
}
