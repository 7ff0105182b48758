//! Attempts stay with their events when a database comes to have a table of them for each report.

use super::attempts;
use crate::earlier;
use std::sync::Arc;
use vigia::store::Store;
use vigia_app::model::{EventId, Kind, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

/// An operation, of the time when all attempts were in one table; `bytes` is a missing address.
fn row(bytes: &str) -> (String, String) {
    // What says how things stand came later, and so did what the last attempt failed with.
    let columns: Vec<_> = PASSWORD_OPERATION.stored().filter(|column| column.is_given() && column.key != "error_class").collect();
    let names: Vec<_> = columns.iter().map(|column| format!("\"{}\"", column.key)).collect();
    let value = |kind| match kind {
        Kind::Text | Kind::LongText | Kind::Choice { .. } => "''",
        Kind::Ip => bytes,
        _ => "-1",
    };
    (names.join(", "), columns.iter().map(|column| value(column.kind)).collect::<Vec<_>>().join(", "))
}

const ATTEMPTS: &str = "INSERT INTO attempt (operation, number, start, \"end\", executor, result, error_class, message, log)
    VALUES (1048576, 1, 5, 6, 'one', 'Error', 'Locked', 'no', 'a\nb'), (1048576, 2, 7, -1, 'two', 'Running', '', '', ''),
        (1048577, 1, 5, 6, 'one', 'Error', 'Locked', 'no', ''), (1048577, 2, 7, 8, 'two', 'Error', 'Not found', 'no', '');";

async fn has_its_attempts(store: &Arc<dyn Store>) {
    let id = EventId::from_i64(1_048_576).expect("an id");
    let kept = attempts(store, id).await;
    let told: Vec<_> = kept.iter().map(|attempt| (attempt.number, attempt.start.millis(), &*attempt.executor, attempt.log.len())).collect();
    assert_eq!(told, [(1, 5, "one", 2), (2, 7, "two", 0)]);
    assert_eq!((kept[0].end, &*kept[0].error_class), (Some(Timestamp::saturating(6)), "Locked"));
    let at = PASSWORD_OPERATION.columns.iter().position(|column| column.key == "error_class").expect("a column");
    for (id, class) in [(1_048_576, ""), (1_048_577, "Not found")] {
        let record = store.record(&PASSWORD_OPERATION, EventId::from_i64(id).expect("an id")).await.expect("an answer").expect("a record");
        assert_eq!(record.cells[at].plain(), class, "what the last attempt failed with is in the row");
    }
    assert_eq!(store.remove_before(&PASSWORD_OPERATION, None, Timestamp::MAX, 10).await.expect("removed"), 2, "with their attempts");
    assert!(store.record(&PASSWORD_OPERATION, id).await.expect("an answer").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_attempts_of_a_database_from_before_stay_with_their_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let (names, values) = row("x''");
    let sql = format!(
        "INSERT INTO password_operation (id, key, {names}) VALUES (1048576, zeroblob(16), {values}), (1048577, x'00000000000000000000000000000001', {values});
         INSERT INTO password_operation_detail (id, source_id, received, extra) VALUES (1048576, '1', 0, '[]'), (1048577, '2', 0, '[]'); {ATTEMPTS}"
    );
    has_its_attempts(&earlier::sqlite(folder.path(), 5, &sql).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_attempts_of_a_database_from_before_stay_with_their_events() {
    let tables = ["password_operation", "password_operation_detail", "attempt"];
    let partitions =
        tables.map(|table| format!("CREATE TABLE {table}_old PARTITION OF {table} FOR VALUES FROM (0) TO (330860121292800000);"));
    let (names, values) = row("''");
    let sql = format!(
        "{} INSERT INTO event_partition (report, first, last, name) VALUES ('password-operation', 0, 330860121292799999, 'old');
         INSERT INTO password_operation_key (key) VALUES ('00000000-0000-0000-0000-000000000001'), ('00000000-0000-0000-0000-000000000002');
         INSERT INTO password_operation (id, {names}) VALUES (1048576, {values}), (1048577, {values});
         INSERT INTO password_operation_detail (id, key, source_id, received, extra, original)
         VALUES (1048576, '00000000-0000-0000-0000-000000000001', '1', 0, '[]', ''),
             (1048577, '00000000-0000-0000-0000-000000000002', '2', 0, '[]', ''); {ATTEMPTS}",
        partitions.concat()
    );
    has_its_attempts(&earlier::postgres("before_own_attempts", 5, &sql).await).await;
}
