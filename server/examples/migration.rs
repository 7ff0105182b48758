//! Prints the tables of a report, for a migration of its own, or what adds one column to them:
//! `cargo run -p vigia --example migration -- sqlite|postgres REPORT [COLUMN]`.

use clap::{Parser, ValueEnum};
use std::io::{self, Write as _};
use vigia::store::schema::Dialect;
use vigia_app::model::Report;

#[derive(Parser)]
struct Migration {
    dialect: Kind,
    #[arg(value_parser = |key: &str| vigia::reports::find(key).map_err(|error| error.message.to_string()))]
    report: &'static Report,
    /// Prints what adds this column to a report that has tables.
    column: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

fn main() -> io::Result<()> {
    let Migration { dialect, report, column } = Migration::parse();
    let dialect = match dialect {
        Kind::Sqlite => Dialect::Sqlite,
        Kind::Postgres => Dialect::Postgres,
    };
    let sql = match column {
        None => dialect.tables(report),
        Some(key) => {
            let column = report.column(&key).ok_or_else(|| io::Error::other(format!("{} has no column {key}", report.key)))?;
            dialect.added(report, column)
        }
    };
    io::stdout().write_all(sql.as_bytes())
}
