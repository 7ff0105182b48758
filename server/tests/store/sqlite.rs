//! Tests for what only a SQLite file can do wrong.

use std::path::Path;
use std::time::Duration;
use vigia::event::Event;
use vigia::store;
use vigia_app::model::Timestamp;

async fn refusal(path: &Path) -> String {
    let url = format!("sqlite://{}", path.display());
    match store::open(&url, Duration::from_secs(1)).await {
        Ok(_) => panic!("{url} should be refused"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_of_ours_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, ".repeat(1000)).expect("written");
    assert!(refusal(&text).await.contains("not a SQLite database"));

    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).and_then(|db| db.execute_batch("CREATE TABLE notes (text)")).expect("made");
    assert!(refusal(&other).await.contains("database of another program"));

    let newer = folder.path().join("newer.db");
    drop(super::sqlite(folder.path()).await);
    std::fs::rename(folder.path().join("vigia.db"), &newer).expect("moved");
    rusqlite::Connection::open(&newer).and_then(|db| db.pragma_update(None, "user_version", 999)).expect("changed");
    assert!(refusal(&newer).await.contains("written by a newer Vigia (schema 999"));

    assert!(refusal(folder.path()).await.contains("cannot be opened"));
    assert!(store::open("mysql://x", Duration::from_secs(1)).await.err().expect("refused").to_string().contains("sqlite://"));
}

#[tokio::test]
async fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    drop(super::sqlite(folder.path()).await);
    let mode = std::fs::metadata(folder.path().join("vigia.db")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// What there is of the tables of a report: columns with their types, and what each index is sorted by.
fn tables(db: &rusqlite::Connection, report: &vigia_app::model::Report) -> String {
    let listed = |sql: &str, of: &str| -> Vec<String> {
        let rows = db.prepare(sql).and_then(|mut statement| {
            let columns = statement.column_count();
            let told = |row: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
                let cells: Result<Vec<_>, _> = (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at)).collect();
                Ok(format!("{:?}", cells?))
            };
            statement.query_map([of], told)?.collect()
        });
        rows.expect("an answer")
    };
    let mut all = String::new();
    let named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ? ORDER BY name";
    for table in listed(named, &format!("{}*", report.table)) {
        let table = table.split('"').nth(1).expect("a name").to_owned();
        // Statements name the columns of a report: where one that was added later stands, and what it was filled with, is all the same.
        let told = if table == report.table {
            "name, type, \"notnull\", pk, hidden"
        } else {
            "cid, name, type, \"notnull\", dflt_value, pk, hidden"
        };
        let columns = listed(&format!("SELECT {told} FROM pragma_table_xinfo(?) ORDER BY 1"), &table);
        assert!(columns.len() > 1, "{table}");
        let strict = listed("SELECT strict, wr FROM pragma_table_list(?)", &table);
        all.push_str(&format!("{table}: {columns:#?} {strict:?}\n"));
        let named = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? ORDER BY name";
        for index in listed(named, &table) {
            let name = index.split('"').nth(1).expect("a name").to_owned();
            let sorted = listed("SELECT seqno, name, desc, coll FROM pragma_index_xinfo(?)", &name);
            all.push_str(&format!("  {name}: {sorted:?}\n"));
        }
    }
    all
}

/// What the migrations have made is what the declaration says: types, and what each index is sorted by.
#[tokio::test]
async fn the_schema_is_what_the_declarations_say() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(super::sqlite(folder.path()).await);
    let migrated = rusqlite::Connection::open(folder.path().join("vigia.db")).expect("opens");
    let declared = rusqlite::Connection::open_in_memory().expect("opens");
    for report in vigia_app::reports::ALL {
        declared.execute_batch(&store::schema::Dialect::Sqlite.tables(report)).expect("made");
        let (made, said) = (tables(&migrated, report), tables(&declared, report));
        assert!(made.contains(&format!("  {}_source: ", report.table)), "{made}");
        assert_eq!(made, said, "{}", report.key);
    }
}

/// An upgrade that was interrupted goes on where it was.
#[tokio::test]
async fn what_is_not_needed_any_more_goes_with_an_upgrade() {
    let declared = rusqlite::Connection::open_in_memory().expect("opens");
    let report = &vigia_app::reports::AUDIT_TRACKING;
    declared.execute_batch(&store::schema::Dialect::Sqlite.tables(report)).expect("made");
    for done in ["", "DROP INDEX audit_tracking_user; DROP TABLE audit_tracking_text; DROP TABLE audit_tracking_value;"] {
        let folder = tempfile::tempdir().expect("a folder");
        drop(crate::earlier::sqlite(folder.path(), 6, done).await);
        let upgraded = rusqlite::Connection::open(folder.path().join("vigia.db")).expect("opens");
        assert_eq!(tables(&upgraded, report), tables(&declared, report));
    }
}

/// A column that is added later is like one that was there from the beginning; rows that were there have no value in it.
#[test]
fn a_column_is_added_as_its_declaration_says() {
    let dialect = store::schema::Dialect::Sqlite;
    for report in vigia_app::reports::ALL {
        for column in report.stored() {
            let db = rusqlite::Connection::open_in_memory().expect("opens");
            db.execute_batch(&dialect.tables(report)).expect("made");
            let whole = tables(&db, report);
            // What is found by the column goes with it.
            let found_by = if report.derived().next() == Some(column) { "unscored" } else { column.key };
            let index = format!("DROP INDEX IF EXISTS {}_{found_by};", report.table);
            db.execute_batch(&format!("{index} ALTER TABLE {} DROP COLUMN \"{}\";", report.table, column.key)).expect("gone");
            assert_ne!(tables(&db, report), whole);
            db.execute_batch(&dialect.added(report, column)).expect("added");
            assert_eq!(tables(&db, report), whole, "{}: {}", report.key, column.key);
        }
    }
}

#[tokio::test]
async fn a_second_process_on_the_file_reads_and_writes_beside_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, two) = (super::sqlite(folder.path()).await, super::sqlite(folder.path()).await);
    let report = &vigia_app::reports::AUDIT_TRACKING;
    let (a, b) = tokio::join!(one.append(super::samples::events(report, 500, 1)), two.append(super::samples::events(report, 500, 2)));
    assert_eq!(a.expect("stored").stored + b.expect("stored").stored, 1000);
    let page = super::queries::ask(&one, vigia_app::model::Query { limit: 500, ..vigia_app::model::Query::all(report) }).await;
    assert!(page.rows.len() == 500 && page.next.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_the_inbox_gives_its_room_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = crate::sqlite(folder.path()).await;
    let inbox = || std::fs::metadata(folder.path().join("vigia.db-inbox")).expect("an inbox").len();
    let mut largest = 0;
    for batch in 0..20 {
        let events = (0..1_000).map(|n| {
            let at = Timestamp::saturating(crate::samples::START + n);
            let mut event = Event::new(&vigia_app::reports::AUDIT_TRACKING, &"a".into(), format!("{batch}-{n}"), at);
            event.original = "x".repeat(1_000);
            event
        });
        store.append(events.collect()).await.expect("stored");
        largest = largest.max(inbox());
    }
    store.settle().await;
    drop(store);
    assert!(largest > 1 << 20, "the burst went through the inbox: {largest} bytes");
    assert!(inbox() < 64 << 10, "{} bytes are left of {largest}", inbox());
}

/// What waits in the inbox both processes share.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_what_another_process_has_acknowledged_is_in_a_still_view() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, two) = (crate::sqlite(folder.path()).await, crate::sqlite(folder.path()).await);
    let report = &vigia_app::reports::AUDIT_TRACKING;
    let mut all = 0;
    for round in 0..10 {
        let senders = (0..10).map(|sender| {
            let two = two.clone();
            tokio::spawn(async move {
                let at = Timestamp::saturating(crate::samples::START);
                let events = (0..200).map(|n| Event::new(report, &"a".into(), format!("{round}-{sender}-{n}"), at)).collect();
                two.append(events).await.expect("stored").stored
            })
        });
        for sender in senders.collect::<Vec<_>>() {
            all += sender.await.expect("no panic");
        }
        let mut view = one.transfer().still().await.expect("a view");
        assert_eq!(crate::still::count(&mut *view, report).await, all, "round {round}");
    }
    let inbox = rusqlite::Connection::open(folder.path().join("vigia.db-inbox")).expect("opens");
    let batches: i64 = inbox.query_row("SELECT seq FROM sqlite_sequence", [], |row| row.get(0)).expect("a number");
    assert!(batches > 10, "{batches} batches went through the inbox");
}
