//! `vigia demo`: made-up events.

use clap::Args;

#[derive(Args)]
pub(super) struct Demo {
    /// How many events
    #[arg(long, value_name = "N", default_value_t = 50_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub(super) events: u64,
    /// Over how many days up to now
    #[arg(long, value_name = "D", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub(super) days: u32,
    /// The same seed makes the same events
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(super) seed: u64,
    /// Remove all made-up events; the users of the demo stay (see `vigia user list`)
    #[arg(long, conflicts_with_all = ["events", "days", "seed"])]
    pub(super) remove: bool,
}
