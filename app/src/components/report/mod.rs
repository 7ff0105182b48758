//! A report on the screen: filters, table, paging, details.

pub mod acting;
pub mod address;
pub mod asked;
pub mod backup;
mod beside;
pub mod cell;
pub mod columns;
pub mod details;
mod export;
pub mod failures;
pub mod feed;
pub mod filters;
pub mod fit;
pub mod head;
pub mod late;
pub mod links;
pub mod live;
pub mod narrowing;
pub mod paging;
pub mod press;
pub mod print;
pub mod review;
pub mod row;
pub mod selection;
pub mod standing;
pub mod state;
pub mod status;
pub mod story;
pub mod summary;
pub mod table;
pub mod tabs;
pub mod tools;
pub mod verdict;
pub mod view;
pub mod views;

pub use view::ReportView;
