//! How much one page may hold: texts may be long, and a page is in memory until its reader has taken it.

use crate::store::cursor::Place;
use vigia_app::model::{Cell, Row};

/// Most bytes of text in the rows of a page, but for a single row: a page ends before the row that would be more, and the next one goes on there.
pub const PAGE_BYTES: usize = 4 << 20;
/// What a cell takes beside its text.
const CELL: usize = 16;

/// Rows for a page, with where they stand.
pub(super) struct Room {
    wanted: usize,
    bytes: usize,
    /// How many of the rows the page has.
    fit: usize,
    rows: Vec<(Row, Place)>,
}

impl Room {
    /// For a page of so many rows at most.
    pub(super) fn new(limit: usize) -> Self {
        Self { wanted: limit, bytes: 0, fit: 0, rows: Vec::new() }
    }

    /// Takes the row that comes next. The first that is too much shows that there are more.
    pub(super) fn take(&mut self, row: Row, place: Place) {
        if self.is_full() {
            return;
        }
        self.bytes += row.cells.iter().map(bytes).sum::<usize>();
        self.rows.push((row, place));
        if self.fit < self.wanted && (self.fit == 0 || self.bytes <= PAGE_BYTES) {
            self.fit += 1;
        }
    }

    /// Whether nothing more need be read.
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() > self.fit
    }

    /// How many rows may still be looked for, the one that shows that there are more among them.
    pub(super) fn left(&self) -> usize {
        if self.is_full() { 0 } else { self.wanted + 1 - self.rows.len() }
    }

    /// The rows of the page, and whether there are more.
    pub(super) fn page(mut self) -> (Vec<(Row, Place)>, bool) {
        let more = self.is_full();
        self.rows.truncate(self.fit);
        (self.rows, more)
    }
}

/// The first of what is counted by its values, no more than a page may hold, but at least one.
pub(super) fn within_a_page<T>(mut counted: Vec<T>, cells: impl Fn(&T) -> &[Cell]) -> Vec<T> {
    let mut held = 0;
    let fit = counted.iter().take_while(|one| {
        held += cells(one).iter().map(bytes).sum::<usize>();
        held <= PAGE_BYTES
    });
    let fit = fit.count().max(1);
    counted.truncate(fit);
    counted
}

fn bytes(cell: &Cell) -> usize {
    CELL + if let Cell::Text(text) = cell { text.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_app::model::EventId;

    /// A page of these rows, by the lengths of their texts.
    fn page(limit: usize, lengths: &[usize]) -> (usize, bool) {
        let mut room = Room::new(limit);
        for (id, length) in (1..).zip(lengths) {
            if room.is_full() {
                break;
            }
            let event = EventId::from_i64(id).expect("an id");
            room.take(Row { id: event, cells: vec![Cell::Text("x".repeat(*length))] }, Place { key: Vec::new(), id });
        }
        let (rows, more) = room.page();
        (rows.len(), more)
    }

    #[test]
    fn what_is_counted_ends_with_the_bytes_of_a_page() {
        let of = |lengths: &[usize]| {
            let cells = lengths.iter().map(|length| [Cell::Text("x".repeat(*length))]).collect();
            within_a_page(cells, |one: &[Cell; 1]| one).len()
        };
        let (half, most) = (PAGE_BYTES / 2, PAGE_BYTES);
        assert_eq!([of(&[]), of(&[1, 1, 1]), of(&[half, half, 1]), of(&[most, 1]), of(&[1, most])], [0, 3, 1, 1, 1]);
    }

    #[test]
    fn a_page_ends_with_its_limit_or_with_its_bytes_and_knows_whether_there_are_more() {
        let (half, most) = (PAGE_BYTES / 2, PAGE_BYTES);
        assert_eq!(page(3, &[]), (0, false));
        assert_eq!(page(3, &[1, 1, 1]), (3, false));
        assert_eq!(page(3, &[1, 1, 1, 1]), (3, true));
        assert_eq!(page(3, &[half, half]), (1, true), "cells take something, too");
        assert_eq!(page(3, &[half, half - 100]), (2, false));
        assert_eq!(page(3, &[half, half - 100, 100]), (2, true));
        assert_eq!(page(3, &[most, most]), (1, true), "one row there always is");
        assert_eq!(page(3, &[2 * most]), (1, false));
    }
}
