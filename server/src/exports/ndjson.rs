//! A JSON object a line (NDJSON): each row as the REST API has it. Times are in UTC, which they say; JSON has no formulas.

use super::sending::Form;
use crate::reports::json::RowJson;
use vigia_app::model::{Column, Row};

pub struct Ndjson {
    pub columns: Vec<&'static Column>,
}

impl Form for Ndjson {
    fn head(&mut self, _: &mut Vec<u8>) {}

    fn row(&mut self, row: &Row, out: &mut Vec<u8>) {
        let columns = self.columns.iter().copied().zip(&row.cells);
        // Writing into memory does not fail, and every cell can be JSON.
        let _ = serde_json::to_writer(&mut *out, &RowJson { id: Some(row.id), columns });
        out.push(b'\n');
    }
}
