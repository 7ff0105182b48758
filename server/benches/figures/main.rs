//! The figures the project promises, measured and printed as a table: `make bench`.
//!
//! Each figure stands beside its target. Times are of this machine at this moment; compare ratios, not runs of different days.

mod pages;
mod table;

use table::Table;

fn main() {
    // `cargo bench` passes --bench; anything else names the parts to run.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut table = Table::default();
    if wanted.is_empty() || wanted.iter().any(|name| name == "pages") {
        runtime.block_on(pages::measure(&mut table));
    }
    table.print();
}
