//! The program `vigia`.

use clap::Parser;
use mimalloc::MiMalloc;
use std::process::ExitCode;
use vigia::cli::{self, Cli};

/// It gives back what a merge or an import needed for a moment.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
