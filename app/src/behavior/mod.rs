//! The Behavior dashboard: what it is asked, and what it shows.
//!
//! Every figure is the number of rows that a question to Password view has, and both the server, which counts them, and the page, which leads to
//! them, make that question here: so whatever is clicked opens exactly the rows that were counted.

mod asked;
mod shown;

pub use asked::{Asked, RISKY, Show, having, risky, within};
pub use shown::{Behavior, Figure, Measure, Span, Step, Tally, Top, ViewSeen};
