//! What a request carried or a response answered, as far as it may be looked at.
//!
//! Only the fields named here are ever read: a secret among the others cannot reach an event, however it was logged.

use super::text::Text;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The `data` of a request or of a response. Values are hashed by OpenBao unless it was told otherwise.
#[derive(Debug, Default)]
pub(super) struct Data<'a> {
    /// How many fields there are.
    pub fields: usize,
    /// The answer's error; an error response has no other field.
    pub error: Text<'a>,
    pub username: Text<'a>,
    pub db_name: Text<'a>,
    pub plugin_name: Text<'a>,
    pub lease_id: Text<'a>,
    pub version: Text<'a>,
    /// Status of an answer that is logged as raw HTTP: of deleted versions, and of what is unwrapped.
    pub http_status_code: Text<'a>,
    /// `data` inside the data, as in an answer of kv version 2, and it is null: the version is deleted.
    pub deleted: bool,
    /// A field that only kv's own bookkeeping (`metadata/`, `config`, `subkeys/`) answers with is there.
    pub bookkeeping: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Data<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DataVisitor)
    }
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = Data<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data<'de>, A::Error> {
        let mut data = Data::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            data.fields += 1;
            let field = match &*key {
                "error" => &mut data.error,
                "username" => &mut data.username,
                "db_name" => &mut data.db_name,
                "plugin_name" => &mut data.plugin_name,
                "lease_id" => &mut data.lease_id,
                "version" => &mut data.version,
                "http_status_code" => &mut data.http_status_code,
                "data" => {
                    data.deleted = map.next_value::<IsNull>()?.0;
                    continue;
                }
                "versions" | "current_version" | "max_versions" | "cas_required" | "subkeys" => {
                    data.bookkeeping = true;
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *field = map.next_value()?;
        }
        Ok(data)
    }

    fn visit_unit<E>(self) -> Result<Data<'de>, E> {
        Ok(Data::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Data<'de>, E> {
        Ok(Data::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Data<'de>, E> {
        Ok(Data::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Data<'de>, E> {
        Ok(Data::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Data<'de>, E> {
        Ok(Data::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Data<'de>, E> {
        Ok(Data::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Data::default())
    }
}

/// Whether a value is null.
struct IsNull(bool);

impl<'de> Deserialize<'de> for IsNull {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::<IgnoredAny>::deserialize(deserializer)?.is_none()))
    }
}
