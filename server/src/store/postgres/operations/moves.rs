//! Putting steps down: queue, report rows and history together, whole batches at once.

use crate::store::changed::Changed;
use crate::store::postgres::listen;
use crate::store::postgres::queue::{entry, history};
use crate::store::steps::{Entry, Step};
use crate::store::value::{Value, keep};
use deadpool_postgres::Transaction;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;
use vigia_app::model::{Column, EventId, HistoryEntry};
use vigia_app::reports::PASSWORD_OPERATION;

/// Steps of one transaction.
#[derive(Default)]
pub(super) struct Moves {
    /// By id, as they are after their last step.
    entries: BTreeMap<i64, Entry>,
    /// What changes in the report's rows: by id, then by column.
    rows: BTreeMap<i64, BTreeMap<&'static str, Value>>,
    notes: Vec<(i64, HistoryEntry)>,
}

impl Moves {
    /// The operation has come to stand so by this step.
    pub(super) fn moved(&mut self, entry: &Entry, step: Step) {
        let row = self.rows.entry(entry.id).or_default();
        for (key, cell) in &step.row {
            if let Some(column) = PASSWORD_OPERATION.column(key) {
                row.insert(key, keep(column, cell.clone()));
            }
        }
        self.entries.insert(entry.id, entry.clone());
        self.noted(entry, step);
    }

    /// Something that the history has to say of an operation that does not move.
    pub(super) fn noted(&mut self, entry: &Entry, step: Step) {
        let Step { at, who, note, .. } = step;
        self.notes.push((entry.id, HistoryEntry { at, status: entry.status, who, note }));
    }

    /// Puts all down. `request` is the key of whoever asked.
    pub(super) async fn save(self, transaction: &Transaction<'_>, changed: &mut Changed, request: &str) -> Result<(), Error> {
        history::add(transaction, &self.notes.iter().map(|(id, step)| (*id, step, request)).collect::<Vec<_>>()).await?;
        if self.entries.is_empty() {
            return Ok(());
        }
        let entries: Vec<Entry> = self.entries.into_values().collect();
        entry::save(transaction, &entries).await?;
        changed.events(&PASSWORD_OPERATION, self.rows.keys().copied());
        report_rows(transaction, &self.rows).await?;
        listen::tell_moved(transaction, entries.iter().filter_map(|entry| EventId::from_i64(entry.id)).collect()).await
    }
}

/// Columns that some rows leave as they are.
async fn report_rows(transaction: &Transaction<'_>, rows: &BTreeMap<i64, BTreeMap<&'static str, Value>>) -> Result<(), Error> {
    let ids: Vec<i64> = rows.keys().copied().collect();
    let keys: BTreeSet<&'static str> = rows.values().flat_map(BTreeMap::keys).copied().collect();
    let columns: Vec<&'static Column> = keys.into_iter().filter_map(|key| PASSWORD_OPERATION.column(key)).collect();
    let (mut set, mut lists, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut parameters: Vec<Box<dyn ToSql + Sync + Send>> = vec![Box::new(ids)];
    for column in columns {
        let key = column.key;
        let of = |row: &BTreeMap<&'static str, Value>| row.get(key).cloned();
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        for value in rows.values().map(of) {
            match value {
                Some(Value::Number(number)) => {
                    numbers.push(Some(number));
                    texts.push(None);
                }
                Some(Value::Text(text)) => {
                    numbers.push(None);
                    texts.push(Some(text));
                }
                Some(Value::Bytes(_)) | None => {
                    numbers.push(None);
                    texts.push(None);
                }
            }
        }
        let is_text = texts.iter().any(Option::is_some);
        set.push(format!("\"{key}\" = coalesce(n.\"{key}\", e.\"{key}\")"));
        names.push(format!("\"{key}\""));
        lists.push(format!("${}::{}[]", parameters.len() + 1, if is_text { "text" } else { "bigint" }));
        parameters.push(if is_text { Box::new(texts) } else { Box::new(numbers) });
    }
    // The ids themselves tell the planner which partitions to leave out.
    let sql = format!(
        "UPDATE {} e SET {} FROM unnest($1::bigint[], {}) AS n(id, {}) WHERE e.id = n.id AND e.id = ANY($1)",
        PASSWORD_OPERATION.table,
        set.join(", "),
        lists.join(", "),
        names.join(", ")
    );
    let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|parameter| &**parameter as &(dyn ToSql + Sync)).collect();
    transaction.execute(&transaction.prepare_cached(&sql).await?, &parameters).await.map(drop)
}
