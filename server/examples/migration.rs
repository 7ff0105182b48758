//! Prints the tables of a report, for a migration of its own: `cargo run -p vigia --example migration -- sqlite|postgres REPORT`.

use std::io::Write as _;
use std::process::ExitCode;
use vigia::store::schema::Dialect;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["sqlite", report] => Some((Dialect::Sqlite, report)),
        ["postgres", report] => Some((Dialect::Postgres, report)),
        _ => None,
    };
    match asked.and_then(|(dialect, report)| Some(dialect.tables(vigia_app::reports::by_key(report)?))) {
        Some(sql) => match std::io::stdout().write_all(sql.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        None => {
            let known: Vec<_> = vigia_app::reports::ALL.iter().map(|report| report.key).collect();
            eprintln!("Write sqlite or postgres, and a report: {}.", known.join(", "));
            ExitCode::FAILURE
        }
    }
}
