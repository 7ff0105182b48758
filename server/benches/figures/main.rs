//! The figures the project promises, measured and printed as a table: `make bench`.
//!
//! Each figure stands beside its target. Times are of this machine at this moment; compare ratios, not runs of different days.

mod demo;
mod formats;
mod import;
mod pages;
mod process;
mod start;
mod table;

use table::Table;

fn main() {
    // `cargo bench` passes --bench; anything else names the parts to run.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let mut table = Table::default();
    if wants("demo") {
        demo::measure(&mut table);
    }
    if wants("import") {
        import::measure(&mut table);
    }
    if wants("formats") {
        formats::measure(&mut table);
    }
    if wants("pages") || wants("start") {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("vigia.db");
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let store = runtime.block_on(pages::fill(&mut table, &database));
        if wants("pages") {
            runtime.block_on(pages::measure(&mut table, &store));
        }
        drop(store);
        start::measure(&mut table, &database);
    }
    table.print();
}
