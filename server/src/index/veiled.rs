//! A question whose reader sees pseudonyms: what tests them, and what is seen of its answer.

use crate::fold::{folded, text_key};
use crate::store::ResolvedQuery;
use crate::veil::{Cover, Veil, cover};
use std::cmp::Reverse;
use std::sync::Arc;
use vigia_app::model::{Cell, Column, Report, Test};

/// A test of the pseudonyms of names. A name itself is never looked at, so asking for one is asking for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfPseudonyms {
    veil: Arc<Veil>,
    test: Folded,
}

/// What a pseudonym has to be, folded as every text is that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Folded {
    Is(Vec<String>),
    Not(Vec<String>),
    Contains(String),
    Starts(String),
}

impl OfPseudonyms {
    /// The test that a reader of a question makes of this column; `None` where it is made of the values as they are.
    pub fn new(resolved: &ResolvedQuery, column: &Column, test: &Test) -> Option<Self> {
        let veil = resolved.veil.as_ref().filter(|_| cover(resolved.query.report, column).is_some())?;
        let one = |text: &str| folded(text).into_owned();
        let all = |texts: &[String]| texts.iter().map(|text| one(text)).collect();
        let test = match test {
            Test::Is(texts) => Folded::Is(all(texts)),
            Test::Not(texts) => Folded::Not(all(texts)),
            Test::Contains(text) => Folded::Contains(one(text)),
            Test::Starts(text) => Folded::Starts(one(text)),
            _ => return None,
        };
        Some(Self { veil: veil.clone(), test })
    }

    /// Whether a name passes; `key` is its own, empty where the name is missing.
    pub fn accepts(&self, key: &[u8]) -> bool {
        let seen = if key.is_empty() { String::new() } else { self.veil.pseudonym(key).to_ascii_lowercase() };
        match &self.test {
            Folded::Is(texts) => texts.contains(&seen),
            Folded::Not(texts) => !texts.contains(&seen),
            Folded::Contains(text) => seen.contains(text),
            Folded::Starts(text) => seen.starts_with(text),
        }
    }
}

/// Whether the search box of a question's reader looks into this column.
pub fn searched(resolved: &ResolvedQuery, column: &Column) -> bool {
    column.searched() && (resolved.veil.is_none() || cover(resolved.query.report, column).is_none())
}

/// What stands for a name.
pub fn pseudonym(veil: &Veil, name: &str) -> String {
    veil.pseudonym(&text_key(name))
}

/// A cell as it is seen through a veil.
pub fn seen_through(veil: &Veil, report: &Report, column: &Column, cell: Cell) -> Cell {
    match (cover(report, column), cell) {
        (None, cell) => cell,
        (Some(Cover::Names), Cell::Text(name)) => Cell::Text(pseudonym(veil, &name)),
        (Some(_), _) => Cell::Empty,
    }
}

/// A cell as a question's reader sees it.
pub fn seen(resolved: &ResolvedQuery, column: &Column, cell: Cell) -> Cell {
    match &resolved.veil {
        Some(veil) => seen_through(veil, resolved.query.report, column, cell),
        None => cell,
    }
}

/// Whether a question's reader sees something else than is in one of these columns. What is counted by them has to come whole then, for
/// [`foremost`]: among equals the index has names in their order.
pub fn hides(resolved: &ResolvedQuery, columns: &[&Column]) -> bool {
    resolved.veil.is_some() && columns.iter().any(|column| cover(resolved.query.report, column).is_some())
}

/// Those with most rows, and among equals in the order of what is seen.
pub fn foremost<T>(all: &mut Vec<T>, limit: usize, of: impl Fn(&T) -> (u64, &[Cell])) {
    all.sort_by_cached_key(|one| {
        let (rows, cells) = of(one);
        (Reverse(rows), cells.iter().map(Cell::plain).collect::<Vec<_>>())
    });
    all.truncate(limit);
}
