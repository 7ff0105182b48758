//! The tables of a report, as its declaration has them. Migrations are files, and are never made while the server runs: this prints what
//! goes into one (`cargo run -p vigia --example migration`), and tests hold what the migrations have made against it.

use super::value::MISSING;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use vigia_app::model::{Column, Kind, Report};

/// The column that says where an event came from.
const SOURCE: &str = "source";

/// A database that Vigia keeps events in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// The events that have no score yet, so that they are found at once: mostly there are none.
fn unscored(table: &str, column: &Column) -> String {
    format!("CREATE INDEX {table}_unscored ON {table} (id) WHERE \"{}\" = {MISSING};\n", column.key)
}

impl Dialect {
    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// A URL of such a database.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite://data/restored.db",
            Self::Postgres => "postgres://vigia:PASSWORD@db.example/restored",
        }
    }

    /// The tables of a report, as SQL that makes them.
    pub fn tables(self, report: &'static Report) -> String {
        let table = report.table;
        let mut sql = format!("CREATE TABLE {table} (\n");
        let (own, end) = match self {
            Self::Sqlite => ("    id INTEGER PRIMARY KEY,\n    key BLOB NOT NULL UNIQUE", ") STRICT;\n\n"),
            Self::Postgres => ("    id bigint NOT NULL PRIMARY KEY", ") PARTITION BY RANGE (id);\n\n"),
        };
        sql.push_str(own);
        for column in report.stored() {
            let _ = write!(sql, ",\n{}", self.column(column));
        }
        sql.push('\n');
        sql.push_str(end);
        sql.push_str(&self.index(table));
        if let Some(column) = report.derived().next() {
            sql.push_str(&unscored(table, column));
        }
        sql.push_str(&self.beside().replace("{table}", table));
        if report.derived().next().is_some() {
            sql.push_str(&self.score(table));
        }
        if report.attempts {
            sql.push_str(&self.attempts().replace("{table}", table));
        }
        sql
    }

    /// A column of a report whose tables are there already, as SQL that adds it. Rows that are there have no value in it.
    pub fn added(self, report: &'static Report, column: &Column) -> String {
        let table = report.table;
        let missing = match (self, column.kind) {
            (_, Kind::Text | Kind::LongText | Kind::Choice { .. }) | (Self::Postgres, Kind::Ip) => "''",
            (Self::Sqlite, Kind::Ip) => "x''",
            (_, Kind::Id | Kind::Time | Kind::Number | Kind::Bytes | Kind::Duration | Kind::Flag) => "-1",
        };
        let mut sql = String::new();
        let _ = writeln!(sql, "ALTER TABLE {table} ADD COLUMN {} DEFAULT {missing};", self.column(column).trim());
        if column.key == SOURCE {
            sql.push_str(&self.index(table));
        }
        if report.derived().next().is_some_and(|first| first.key == column.key) {
            sql.push_str(&unscored(table, column));
        }
        sql
    }

    /// What a score is made of, as it is kept; nothing until there is one.
    fn score(self, table: &str) -> String {
        let kind = match self {
            Self::Sqlite => "BLOB NOT NULL DEFAULT x''",
            Self::Postgres => "bytea NOT NULL DEFAULT ''",
        };
        format!("\nALTER TABLE {table}_detail ADD COLUMN score {kind};\n")
    }

    /// The events of a source, for retention. Everything else is found by the index beside the database.
    fn index(self, table: &str) -> String {
        let on = match self {
            Self::Sqlite => format!("\"{SOURCE}\""),
            Self::Postgres => format!("lower(\"{SOURCE}\"), id"),
        };
        format!("CREATE INDEX {table}_{SOURCE} ON {table} ({on});\n")
    }

    fn column(self, column: &Column) -> String {
        let key = column.key;
        match (self, column.kind) {
            (Self::Sqlite, Kind::LongText) => format!("    \"{key}\" TEXT NOT NULL"),
            (Self::Sqlite, Kind::Text | Kind::Choice { .. }) => format!("    \"{key}\" TEXT NOT NULL COLLATE NOCASE"),
            (Self::Sqlite, Kind::Ip) => format!("    \"{key}\" BLOB NOT NULL"),
            (Self::Sqlite, Kind::Id | Kind::Time | Kind::Number | Kind::Bytes | Kind::Duration | Kind::Flag) => {
                format!("    \"{key}\" INTEGER NOT NULL")
            }
            (Self::Postgres, Kind::Text | Kind::LongText | Kind::Choice { .. }) => format!("    \"{key}\" text COLLATE \"C\" NOT NULL"),
            (Self::Postgres, Kind::Ip) => format!("    \"{key}\" bytea NOT NULL"),
            (Self::Postgres, Kind::Id | Kind::Time | Kind::Number | Kind::Bytes | Kind::Duration | Kind::Flag) => {
                format!("    \"{key}\" bigint NOT NULL")
            }
        }
    }

    /// What stands beside the table of every report.
    const fn beside(self) -> &'static str {
        match self {
            Self::Sqlite => {
                r#"
CREATE TABLE {table}_detail (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL,
    received INTEGER NOT NULL,
    extra TEXT NOT NULL, -- JSON: [[name, value], ...]
    original TEXT NOT NULL DEFAULT '' -- the line it was read from, masked and cut; '' when there is none
) STRICT;
"#
            }
            Self::Postgres => {
                r#"
CREATE TABLE {table}_key (
    key uuid NOT NULL PRIMARY KEY
);

CREATE TABLE {table}_detail (
    id bigint NOT NULL PRIMARY KEY,
    key uuid NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    received bigint NOT NULL,
    extra text COLLATE "C" NOT NULL, -- JSON: [[name, value], ...]
    original text COLLATE "C" NOT NULL -- the line it was read from, masked and cut; '' when there is none
) PARTITION BY RANGE (id);
"#
            }
        }
    }

    /// The tries of a report's events.
    const fn attempts(self) -> &'static str {
        match self {
            Self::Sqlite => {
                r#"
CREATE TABLE {table}_attempt (
    event INTEGER NOT NULL, -- {table}.id
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    executor TEXT NOT NULL,
    result TEXT NOT NULL,
    error_class TEXT NOT NULL,
    message TEXT NOT NULL,
    connector TEXT NOT NULL DEFAULT '',
    template TEXT NOT NULL DEFAULT '',
    version TEXT NOT NULL DEFAULT '',
    log TEXT NOT NULL DEFAULT '', -- a line a line
    PRIMARY KEY (event, number)
) STRICT, WITHOUT ROWID;
"#
            }
            Self::Postgres => {
                r#"
CREATE TABLE {table}_attempt (
    event bigint NOT NULL, -- {table}.id
    number bigint NOT NULL,
    start bigint NOT NULL,
    "end" bigint NOT NULL,
    executor text COLLATE "C" NOT NULL,
    result text COLLATE "C" NOT NULL,
    error_class text COLLATE "C" NOT NULL,
    message text COLLATE "C" NOT NULL,
    connector text COLLATE "C" NOT NULL DEFAULT '',
    template text COLLATE "C" NOT NULL DEFAULT '',
    version text COLLATE "C" NOT NULL DEFAULT '',
    log text COLLATE "C" NOT NULL DEFAULT '', -- a line a line
    PRIMARY KEY (event, number)
) PARTITION BY RANGE (event);
"#
            }
        }
    }
}
