//! What stands with events by now, in their rows.

use super::{SqliteStore, journal};
use crate::store::StoreError;
use crate::store::standings::Standings;
use async_trait::async_trait;
use vigia_app::model::{Column, Report};

#[async_trait]
impl Standings for SqliteStore {
    async fn set_standing(&self, report: &'static Report, column: &'static Column, values: Vec<(i64, i64)>) -> Result<(), StoreError> {
        let sql = format!("UPDATE {} SET \"{}\" = ? WHERE id = ?", report.table, column.key);
        self.write(move |connection| {
            journal::noting(connection, |changed| {
                let mut row = connection.prepare_cached(&sql)?;
                for (id, value) in &values {
                    if row.execute([value, id])? == 1 {
                        changed.events(report, [*id]);
                    }
                }
                Ok(())
            })
        })
        .await
    }
}
