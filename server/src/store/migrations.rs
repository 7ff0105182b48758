//! How a database comes to have the tables of this version, step by step.

use super::schema::Dialect;
use std::borrow::Cow;

// `SQLITE` and `POSTGRES`: the files of `server/migrations`, in order. One that was released never changes.
include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

impl Dialect {
    /// What makes a database of this version of an empty one, in order.
    pub(super) fn migrations(self) -> Vec<Cow<'static, str>> {
        let steps = match self {
            Self::Sqlite => SQLITE,
            Self::Postgres => POSTGRES,
        };
        let steps = steps.iter().map(|step| Cow::Borrowed(*step));
        #[cfg(feature = "fifth-report")]
        let steps = steps.chain([Cow::Owned(self.tables(&vigia_app::reports::ACCOUNT_DISCOVERY))]);
        steps.collect()
    }
}
