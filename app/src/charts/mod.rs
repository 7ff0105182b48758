//! Pictures of counts, as SVG text: the same code draws them in the page, in mails and in files.
//!
//! plotters draws onto a backend of our own ([`backend`]), which writes classes where others write colours: what they look like,
//! in light, dark and print, is said by `style/late/20-charts.css` alone. No document is needed to draw: text is measured by a table ([`text`]).
//!
//! What stands around a picture (the sentence, the table of its numbers, pointer and keyboard) is the page's. For that, a drawing
//! comes with the boxes of its columns.
//!
//! There is no chart of ranks ("top users"): names that are links, that can be selected and that end in an ellipsis are what a list
//! of the page does better, with a bar behind each row.

mod axis;
mod backend;
mod bars;
mod boxes;
mod bucket;
mod columns;
mod crowd;
mod file;
mod ink;
mod labels;
mod marks;
mod picture;
mod text;

#[cfg(test)]
mod check;

pub use bars::{BarChart, Drawn};
pub use boxes::{ColumnBox, Rect, Size};
pub use bucket::{Bucket, MoreRiskThanViews};
pub use file::{Key, Sheet};
pub use ink::Paint;
