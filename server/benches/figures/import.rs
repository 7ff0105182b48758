//! Importing a large OpenBao audit log: lines a second, of the processor and of the clock, and the memory it takes.

#[path = "../support/audit_log.rs"]
mod audit_log;

use super::process;
use super::table::Table;
use std::process::Command;
use std::time::Instant;
use vigia::ingest::{OpenBao, import};
use vigia::store::Appended;

const LINES: usize = 1_000_000;

pub fn measure(table: &mut Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("audit.log");
    let text = audit_log::synthetic_log(LINES, 7);
    std::fs::write(&log, &text).expect("written");

    let start = Instant::now();
    import(text.as_bytes(), &mut OpenBao::new(OpenBao::SOURCE), &mut |batch: Vec<vigia::event::Event>| {
        Ok(Appended { stored: batch.len() as u64, duplicate: 0 })
    })
    .expect("read");
    table.row("import", "reading and mapping alone", format!("{:.0} lines/s", LINES as f64 / start.elapsed().as_secs_f64()), "");
    drop(text);

    let database = format!("sqlite://{}", folder.path().join("vigia.db").display());
    let mut child = Command::new(env!("CARGO_BIN_EXE_vigia"))
        .args(["import", "--format", "openbao", "--database", &database])
        .arg(&log)
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("starts");
    let start = Instant::now();
    let mut usage = process::Usage::default();
    while child.try_wait().expect("a child").is_none() {
        usage = process::usage(child.id()).unwrap_or(usage);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let seconds = start.elapsed().as_secs_f64();
    let figure = format!(
        "{:.0} lines/s ({:.0} a second of processor), peak {} MB",
        LINES as f64 / seconds,
        LINES as f64 / usage.processor.as_secs_f64(),
        usage.peak_kb / 1024
    );
    table.row("import", format!("{LINES} lines into SQLite"), figure, "50,000 lines/s on one core");
}
