//! The program `vigia`.

use clap::Parser;
use std::process::ExitCode;
use vigia::cli::{self, Cli};

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(Cli::parse(), std::env::vars_os().collect()).await {
        Ok(status) => status.into(),
        Err(error) => {
            eprint!("{}", cli::sentences(&error));
            cli::Status::of(&error).into()
        }
    }
}
