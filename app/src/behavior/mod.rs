//! The Behavior dashboard: what it is asked, and what it shows.
//!
//! Every figure is the number of rows that a question to Password view has, and both the server, which counts them, and the page, which leads to
//! them, make that question here: so whatever is clicked opens exactly the rows that were counted.

mod asked;
mod shown;

pub use asked::{Asked, RISKY, Show, excessive, first, having, hour, of_credential, risky, standing_out, trend, within};
pub use shown::{Behavior, Excess, Figure, Measure, Patterns, Span, Step, Stretch, Tally, Top, Trend, TrendKind, Used, ViewSeen};
