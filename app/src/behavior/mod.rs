//! The Behavior dashboard, and the board of password changes beside it ([`changes`]): what they are asked, and what they show.
//!
//! Every figure is the number of rows that a question to a report has, and both the server, which counts them, and the page, which leads to
//! them, make that question here: so whatever is clicked opens exactly the rows that were counted.

mod asked;
pub mod changes;
mod shown;

pub use asked::{Asked, RISKY, Show, excessive, first, having, hour, of_credential, risky, standing_out, trend, within};
pub use shown::{Behavior, Excess, Figure, Measure, Patterns, Span, Step, Stretch, Tally, Top, Trend, TrendKind, Used, ViewSeen};
