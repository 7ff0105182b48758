//! Schemas that say what a field's type does not: the words it can hold, and limits that are constants.

use serde_json::Value;
use std::ops::RangeInclusive;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// One of these words.
pub(super) fn word(words: impl IntoIterator<Item = &'static str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

/// One of these words, or null.
pub(super) fn word_or_null(words: impl IntoIterator<Item = &'static str>) -> Object {
    let words = words.into_iter().map(Value::from).chain([Value::Null]);
    ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null])).enum_values(Some(words)).build()
}

/// So many of these.
pub(super) fn list(length: RangeInclusive<usize>, items: impl Into<RefOr<Schema>>) -> Array {
    let least = Some(*length.start()).filter(|least| *least > 0);
    ArrayBuilder::new().items(items.into()).min_items(least).max_items(Some(*length.end())).build()
}

/// A text.
pub(super) fn text() -> Object {
    Object::with_type(Type::String)
}

/// A whole number from 1 on.
pub(super) fn count(most: u32) -> Object {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(most)).build()
}

/// What a field means, which utoipa takes from its doc comment only where the schema is its own.
pub(super) fn described<T>(mut schema: T, description: &str) -> T
where
    T: Described,
{
    *schema.description() = Some(description.to_owned());
    schema
}

/// A schema that can have a description.
pub(super) trait Described {
    fn description(&mut self) -> &mut Option<String>;
}

impl Described for Object {
    fn description(&mut self) -> &mut Option<String> {
        &mut self.description
    }
}

impl Described for Array {
    fn description(&mut self) -> &mut Option<String> {
        &mut self.description
    }
}
