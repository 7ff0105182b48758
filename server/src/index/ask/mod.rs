//! Questions: which rows, in which order, how many, of which values, and when.

mod codes;
mod cost;
mod count;
mod group;
mod hours;
mod matching;
mod page;
mod question;
mod spread;
#[cfg(test)]
mod tests;
mod together;
mod week;

pub use count::Counted;
pub use group::{Group, TooManyGroups};
pub use page::Order;
pub use question::Question;
