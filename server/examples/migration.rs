//! Prints the tables of a report, for a migration of its own: `cargo run -p vigia --example migration -- sqlite|postgres REPORT`.

use clap::{Parser, ValueEnum};
use std::io::{self, Write as _};
use vigia::store::schema::Dialect;
use vigia_app::model::Report;

#[derive(Parser)]
struct Migration {
    dialect: Kind,
    #[arg(value_parser = |key: &str| vigia::reports::find(key).map_err(|error| error.message))]
    report: &'static Report,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

fn main() -> io::Result<()> {
    let Migration { dialect, report } = Migration::parse();
    let dialect = match dialect {
        Kind::Sqlite => Dialect::Sqlite,
        Kind::Postgres => Dialect::Postgres,
    };
    io::stdout().write_all(dialect.tables(report).as_bytes())
}
