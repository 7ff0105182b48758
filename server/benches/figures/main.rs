//! The figures the project promises, measured and printed as a table: `make bench`.
//!
//! Each figure stands beside its target. Times are of this machine at this moment; compare ratios, not runs of different days.

mod backups;
mod behavior;
mod bulk;
mod commit;
mod demo;
mod executor;
mod export;
mod formats;
mod import;
mod index;
mod pages;
mod postgres;
mod process;
mod queue;
mod risk;
mod start;
mod story;
mod table;
mod wire;

use mimalloc::MiMalloc;
use table::Table;

/// As the server has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    // `cargo bench` passes --bench; anything else names the parts to run.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let mut table = Table::default();
    if wants("demo") {
        demo::measure(&mut table);
    }
    if wants("bulk") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(bulk::measure(&mut table));
    }
    if wants("commit") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(commit::measure(&mut table));
    }
    if wants("wire") || wants("wire-sqlite") {
        let folder = tempfile::tempdir().expect("a folder");
        wire::measure(&mut table, &format!("sqlite://{}", folder.path().join("vigia.db").display()), "SQLite");
    }
    if wants("wire") || wants("wire-postgres") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let server = postgres::Server::durable();
        wire::measure(&mut table, &runtime.block_on(server.database()), "PostgreSQL");
    }
    if wants("queue") || wants("queue-sqlite") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let fresh = files(folder.path());
        runtime.block_on(queue::measure(&mut table, "SQLite", fresh));
    }
    if wants("queue") || wants("queue-postgres") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let server = postgres::Server::durable();
        runtime.block_on(queue::measure(&mut table, "PostgreSQL", async || server.database().await));
    }
    if wants("executor") || wants("executor-sqlite") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let fresh = files(folder.path());
        runtime.block_on(executor::measure(&mut table, "SQLite", fresh));
    }
    if wants("executor") || wants("executor-postgres") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let server = postgres::Server::durable();
        runtime.block_on(executor::measure(&mut table, "PostgreSQL", async || server.database().await));
    }
    if wants("risk") {
        risk::measure(&mut table);
    }
    if wants("behavior") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(behavior::measure(&mut table));
    }
    if wants("story") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(story::measure(&mut table));
    }
    if wants("backups") || wants("backups-sqlite") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(backups::sqlite(&mut table));
    }
    if wants("backups") || wants("backups-postgres") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let server = postgres::Server::durable();
        runtime.block_on(async { backups::postgres(&mut table, &server.database().await).await });
    }
    if wants("export") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(export::measure(&mut table));
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
            runtime.block_on(index::measure(&mut table, &store, pages::ROWS));
        }
        drop(store);
        start::measure(&mut table, &database);
    }
    // A file that is there already, so that many rows need not be stored each time: INDEX_DATABASE names it; INDEX_ROWS makes it.
    if let Ok(rows) = std::env::var("INDEX_ROWS")
        && let Ok(database) = std::env::var("INDEX_DATABASE")
    {
        tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
            let store = vigia::store::open(&format!("sqlite://{database}"), std::time::Duration::from_secs(60)).await.expect("a store");
            for batch in 0..rows.parse::<usize>().expect("a number") / 50_000 {
                store.append(pages::rows(batch * 50_000, 50_000)).await.expect("stored");
            }
        });
    }
    if wants("index")
        && let Ok(database) = std::env::var("INDEX_DATABASE")
    {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let store = vigia::store::open(&format!("sqlite://{database}"), std::time::Duration::from_secs(60)).await.expect("a store");
            let rows = store.transfer().events(&vigia_app::reports::AUDIT_TRACKING).await.expect("a count");
            index::measure(&mut table, &store, rows as usize).await;
        });
    }
    if wants("postgres") {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (server, store) = postgres::fill(&mut table).await;
            postgres::single(&mut table, &store).await;
            drop((store, server));
        });
    }
    table.print();
}

/// SQLite databases that are not there yet, one after another.
fn files(folder: &std::path::Path) -> impl AsyncFn() -> String {
    let (folder, number) = (folder.to_owned(), std::sync::atomic::AtomicU32::new(0));
    async move || {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        format!("sqlite://{}", folder.join(format!("{number}.db")).display())
    }
}
