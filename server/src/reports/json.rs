//! Rows as JSON, as the API answers with them and exports have them.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use vigia_app::model::{Cell, Column, EventId, Kind};

/// A row as an object: the id, then the columns in the order they were asked for.
pub struct RowJson<I> {
    pub id: Option<EventId>,
    pub columns: I,
}

impl<'a, I: Iterator<Item = (&'static Column, &'a Cell)> + Clone> Serialize for RowJson<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        if let Some(id) = self.id {
            object.serialize_entry("id", &id.to_string())?;
        }
        for (column, cell) in self.columns.clone().filter(|(column, _)| column.kind != Kind::Id) {
            object.serialize_entry(column.key, &CellJson(cell))?;
        }
        object.end()
    }
}

/// A value as JSON: times in RFC 3339, addresses as text, missing as null.
pub struct CellJson<'a>(pub &'a Cell);

impl Serialize for CellJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Empty => serializer.serialize_none(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Number(number) => serializer.serialize_i64(*number),
            Cell::Flag(flag) => serializer.serialize_bool(*flag),
            Cell::Time(_) | Cell::Ip(_) => serializer.serialize_str(&self.0.plain()),
        }
    }
}
