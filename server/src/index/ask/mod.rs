//! Questions: which rows, in which order, how many, of which values, and when.

mod any;
mod codes;
mod cost;
mod count;
mod group;
mod hours;
mod matching;
mod page;
mod parts;
mod question;
mod spread;
#[cfg(test)]
mod tests;
mod together;
mod week;

pub use any::Any;
pub use count::Counted;
pub use group::Group;
pub use page::Order;
pub use parts::TooManyGroups;
pub use question::Question;
