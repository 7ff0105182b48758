//! Operations as they are kept, for a copy of the database.

use crate::store::value::Value;
use crate::store::whole::WholeOperation;
use rusqlite::{Connection, Row, params, params_from_iter};

pub(in crate::store::sqlite) fn after(connection: &Connection, after: i64, limit: u32) -> rusqlite::Result<Vec<WholeOperation>> {
    let columns = WholeOperation::COLUMNS.join(", ");
    let mut find = connection.prepare_cached(&format!("SELECT id, {columns} FROM operation WHERE id > ? ORDER BY id LIMIT ?"))?;
    let steps = WholeOperation::HISTORY.join(", ");
    let mut history = connection.prepare_cached(&format!("SELECT {steps} FROM operation_history WHERE operation = ? ORDER BY number"))?;
    let values = |row: &Row<'_>, from: usize, count: usize| (from..from + count).map(|at| row.get(at)).collect::<rusqlite::Result<_>>();
    find.query_map(params![after, limit], |row| {
        let id: i64 = row.get(0)?;
        let history = history.query_map([id], |row| values(row, 0, WholeOperation::HISTORY.len()))?.collect::<rusqlite::Result<_>>()?;
        Ok(WholeOperation { id, queue: values(row, 1, WholeOperation::COLUMNS.len())?, history })
    })?
    .collect()
}

pub(in crate::store::sqlite) fn put(connection: &Connection, operations: &[WholeOperation]) -> rusqlite::Result<()> {
    let sql = |table: &str, first: &str, columns: &[&str]| {
        format!("INSERT INTO {table} ({first}, {}) VALUES (?{})", columns.join(", "), ", ?".repeat(columns.len()))
    };
    let mut operation = connection.prepare_cached(&sql("operation", "id", &WholeOperation::COLUMNS))?;
    let mut step = connection.prepare_cached(&sql("operation_history", "operation", &WholeOperation::HISTORY))?;
    for WholeOperation { id, queue, history } in operations {
        let id = Value::Number(*id);
        operation.execute(params_from_iter([&id].into_iter().chain(queue)))?;
        for values in history {
            step.execute(params_from_iter([&id].into_iter().chain(values)))?;
        }
    }
    Ok(())
}
