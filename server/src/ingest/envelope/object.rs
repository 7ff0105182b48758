//! A JSON object as fields: members of members are named with dots (`request.user.name`).

use super::Field;
use crate::ingest::json::{Json, Members};
use crate::ingest::text;
use std::borrow::Cow;

pub(super) fn read<'a>(payload: &'a str, fields: &mut Vec<Field<'a>>) -> Result<(), String> {
    match Json::parse(payload)? {
        Json::Object(members) => {
            for (name, value) in members {
                flatten(name, value, fields);
            }
            Ok(())
        }
        other => Err(format!("it is {}; a JSON object is needed", other.kind())),
    }
}

/// Longest name of a field, in bytes; a longer one is cut, so that nesting cannot make a line grow without bounds.
const MAX_NAME: usize = 256;

fn join<'a>(outer: &str, inner: &str) -> Cow<'a, str> {
    Cow::Owned(text::cut(&format!("{}.{}", text::cut(outer, MAX_NAME), text::cut(inner, MAX_NAME)), MAX_NAME).into_owned())
}

fn flatten<'a>(name: Cow<'a, str>, value: Json<'a>, fields: &mut Vec<Field<'a>>) {
    match value {
        Json::Object(members) => {
            for (inner, value) in members {
                flatten(join(&name, &inner), value, fields);
            }
        }
        Json::List(list) if list.iter().all(|value| named(value).is_some()) => {
            for value in list {
                if let Json::Object(members) = value
                    && let Some((inner, value)) = take_named(members)
                {
                    flatten(join(&name, &inner), value, fields);
                }
            }
        }
        Json::Null => {}
        value => fields.push((name, value.into_text())),
    }
}

/// The name in `{"Name": ..., "Value": ...}`.
fn named<'v>(value: &'v Json<'_>) -> Option<&'v str> {
    let Json::Object(members) = value else { return None };
    let [(first, Json::Text(name)), (second, _)] = members.as_slice() else { return None };
    (["name", "key"].iter().any(|word| first.eq_ignore_ascii_case(word)) && second.eq_ignore_ascii_case("value")).then_some(name)
}

fn take_named(members: Members<'_>) -> Option<(Cow<'_, str>, Json<'_>)> {
    let mut members = members.into_iter();
    let (_, name) = members.next()?;
    let (_, value) = members.next()?;
    Some((name.into_text(), value))
}
