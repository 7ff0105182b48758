//! The axis of columns: so many of them, equally wide, that touch.

use super::boxes::{ColumnBox, Plot, TENTHS, pixels};
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged};
use std::ops::Range;

/// So many columns side by side. Where they are a few pixels wide, their edges stand on whole pixels.
#[derive(Clone, Copy)]
pub struct Columns(usize);

/// A place on the axis: the edge or the middle of a column, and how far from there, in tenths of a pixel.
#[derive(Clone, Copy)]
pub struct Place {
    column: usize,
    middle: bool,
    shift: i32,
}

impl Place {
    /// Where a column begins; the one after the last is where the axis ends.
    pub const fn edge(column: usize) -> Self {
        Self { column, middle: false, shift: 0 }
    }

    /// The middle of a column.
    pub const fn middle(column: usize) -> Self {
        Self { column, middle: true, shift: 0 }
    }

    /// Further to the right, or to the left when negative.
    pub const fn shifted(self, tenths: i32) -> Self {
        Self { shift: self.shift + tenths, ..self }
    }
}

impl Columns {
    pub const fn new(count: usize) -> Self {
        Self(count)
    }

    /// How wide a column is between two ends, in tenths; at most the difference of one pixel apart from the real one.
    pub fn width(self, (from, to): (i32, i32)) -> i32 {
        i32::try_from(self.0).map_or(0, |count| (to - from) / count.max(1))
    }

    /// The boxes of the columns of a plot.
    pub fn boxes(self, plot: Plot) -> Vec<ColumnBox> {
        self.spans(plot.across()).map(|(from, to)| ColumnBox { x: pixels(from), width: pixels(to - from) }).collect()
    }

    fn spans(self, limit: (i32, i32)) -> impl Iterator<Item = (i32, i32)> {
        (0..self.0).map(move |column| (self.edge(column, limit), self.edge(column + 1, limit)))
    }

    fn edge(self, column: usize, (from, to): (i32, i32)) -> i32 {
        let (span, count) = (i64::from(to - from), i64::try_from(self.0.max(1)).unwrap_or(i64::MAX));
        let at = i64::try_from(column).map_or(span, |column| span.saturating_mul(column) / count).min(span);
        let (tenths, wide) = (i64::from(TENTHS), span >= count * i64::from(WIDE));
        let at = if wide { (at + tenths / 2) / tenths * tenths } else { at };
        from + i32::try_from(at).unwrap_or_default()
    }
}

/// From here on a column begins on a whole pixel: 3 pixels.
pub const WIDE: i32 = 3 * TENTHS;

impl Ranged for Columns {
    type FormatOption = NoDefaultFormatting;
    type ValueType = Place;

    fn map(&self, place: &Place, limit: (i32, i32)) -> i32 {
        let edge = self.edge(place.column, limit);
        place.shift + if place.middle { i32::midpoint(edge, self.edge(place.column + 1, limit)) } else { edge }
    }

    /// No lines are drawn between columns.
    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<Place> {
        Vec::new()
    }

    fn range(&self) -> Range<Place> {
        Place::edge(0)..Place::edge(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_cover_the_axis_without_gaps() {
        for count in [1, 2, 7, 15, 24, 90, 365, 3_653] {
            for (left, right) in [(30, 320), (41, 700), (0, 1_600)] {
                let plot = Plot { left, top: 0, right, bottom: 10 };
                let boxes = Columns::new(count).boxes(plot);
                assert_eq!(boxes.len(), count);
                assert!((boxes[0].x - f64::from(left)).abs() < 1e-9);
                for pair in boxes.windows(2) {
                    assert!((pair[0].x + pair[0].width - pair[1].x).abs() < 1e-9);
                }
                let last = boxes[count - 1];
                assert!((last.x + last.width - f64::from(right)).abs() < 1e-9);
                if (right - left) / count as i32 >= 3 {
                    assert!(boxes.iter().all(|column| column.x.fract() == 0.0 && column.width >= 3.0), "whole pixels");
                }
            }
        }
        assert!(Columns::new(0).boxes(Plot { left: 0, top: 0, right: 10, bottom: 10 }).is_empty());
    }
}
