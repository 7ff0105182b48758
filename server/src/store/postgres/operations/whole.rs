//! Operations as they are kept, for a copy of the database.

use crate::store::postgres::copy::Rows;
use crate::store::postgres::find::any_value;
use crate::store::value::Value;
use crate::store::whole::WholeOperation;
use deadpool_postgres::{Object, Transaction};
use std::collections::HashMap;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

pub(in crate::store::postgres) async fn after(client: &Object, after: i64, limit: u32) -> Result<Vec<WholeOperation>, Error> {
    let sql = format!("SELECT id, {} FROM operation WHERE id > $1 ORDER BY id LIMIT {limit}", WholeOperation::COLUMNS.join(", "));
    let found = client.query(&client.prepare_cached(&sql).await?, &[&after]).await?;
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return Ok(Vec::new()) };
    let (first, last): (i64, i64) = (first.try_get(0)?, last.try_get(0)?);
    let sql = format!(
        "SELECT operation, {} FROM operation_history WHERE operation >= $1 AND operation <= $2 ORDER BY operation, number",
        WholeOperation::HISTORY.join(", ")
    );
    let mut history: HashMap<i64, Vec<Vec<Value>>> = HashMap::new();
    for row in client.query(&client.prepare_cached(&sql).await?, &[&first, &last]).await? {
        history.entry(row.try_get(0)?).or_default().push(values(&row)?);
    }
    found
        .iter()
        .map(|row| {
            let id = row.try_get(0)?;
            Ok(WholeOperation { id, queue: values(row)?, history: history.remove(&id).unwrap_or_default() })
        })
        .collect()
}

/// All but the first, which is the id.
fn values(row: &Row) -> Result<Vec<Value>, Error> {
    (1..row.len()).map(|at| any_value(row, at)).collect()
}

pub(in crate::store::postgres) async fn put(transaction: &Transaction<'_>, operations: &[WholeOperation]) -> Result<(), Error> {
    let ids: Vec<i64> = operations.iter().map(|operation| operation.id).collect();
    let find = transaction.prepare_cached("SELECT id, key FROM password_operation_detail WHERE id = ANY($1)").await?;
    let mut keys: HashMap<i64, Uuid> = HashMap::with_capacity(ids.len());
    for row in transaction.query(&find, &[&ids]).await? {
        keys.insert(row.try_get(0)?, row.try_get(1)?);
    }
    let mut rows = Rows::new(WholeOperation::COLUMNS.len() + 2);
    let mut steps = Rows::new(WholeOperation::HISTORY.len() + 1);
    for WholeOperation { id, queue, history } in operations {
        // One without its row would be refused here: keys are unique.
        rows.row().number(*id).bytes(keys.get(id).unwrap_or(&Uuid::nil()).as_bytes());
        queue.iter().for_each(|value| add(&mut rows, value));
        for step in history {
            steps.row().number(*id);
            step.iter().for_each(|value| add(&mut steps, value));
        }
    }
    let copy =
        |table: &str, first: &str, columns: &[&str]| format!("COPY {table} ({first}, {}) FROM STDIN (FORMAT binary)", columns.join(", "));
    rows.send(transaction, &copy("operation", "id, key", &WholeOperation::COLUMNS)).await?;
    steps.send(transaction, &copy("operation_history", "operation", &WholeOperation::HISTORY)).await
}

fn add(rows: &mut Rows, value: &Value) {
    match value {
        Value::Number(number) => rows.number(*number),
        Value::Text(text) => rows.text(text),
        Value::Bytes(bytes) => rows.bytes(bytes),
    };
}
