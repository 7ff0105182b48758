//! Counts over time as bars, and a line of what is risky among them.

use super::axis::Counts;
use super::boxes::{ColumnBox, Plot, Rect, Size, TENTHS};
use super::bucket::Bucket;
use super::columns::{Columns, Place, WIDE};
use super::crowd;
use super::ink::{Ink, Paint};
use super::labels::{self, Shown};
use super::marks::{self, Share};
use super::picture::{Done, Root, label, picture};
use super::text;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::ranged1d::Ranged;
use plotters::element::PathElement;
use plotters::style::text_anchor::{HPos, VPos};

/// A chart of counts over time: views a day with a line of those with risk, on one axis that starts at zero.
pub struct BarChart {
    /// Letters, digits and hyphens; no other chart of the document has this name.
    pub name: String,
    /// In the order of time.
    pub buckets: Vec<Bucket>,
    /// The counts of the period before, from its begin; may be shorter, when that much of this period has passed. What is longer is cut.
    pub before: Vec<u64>,
    pub size: Size,
}

/// A chart, and where its columns are.
#[derive(Clone, PartialEq)]
pub struct Drawn {
    /// The picture as SVG.
    pub svg: String,
    /// The box of each bucket. They touch, and together are as wide as the plot.
    pub columns: Vec<ColumnBox>,
    /// Where the data is drawn; around it are labels.
    pub plot: Rect,
}

impl BarChart {
    /// Draws the chart. `number` writes the numbers beside the axis ("1,200", "1.2M").
    pub fn draw(&self, paint: Paint, number: &dyn Fn(u64) -> String) -> Drawn {
        let size = self.size.drawable(LEAST);
        let (width, height) = (size.width.cast_signed(), size.height.cast_signed());
        let counts = Counts::new(self.largest(), usize::try_from((height - ABOVE - BELOW) / APART + 1).unwrap_or_default().min(MOST));
        let numbers: Vec<(u64, String)> =
            counts.ticks().iter().map(|tick| (*tick, text::fitted(&number(*tick), width * TENTHS / 4))).collect();
        let widest = numbers.iter().map(|(_, number)| text::width(number)).max().unwrap_or_default();
        let plot = Plot { left: (widest + TENTHS - 1) / TENTHS + BESIDE, top: ABOVE, right: width, bottom: height - BELOW };
        let svg = picture(&self.name, size, paint, |root| self.draw_in(root, plot, &counts, &numbers));
        Drawn { svg, columns: self.columns().boxes(plot), plot: plot.rect() }
    }

    fn columns(&self) -> Columns {
        Columns::new(self.buckets.len())
    }

    fn largest(&self) -> u64 {
        let counted = self.buckets.iter().flat_map(|bucket| [bucket.tally.count, bucket.tally.second.unwrap_or_default()]);
        counted.chain(self.before().iter().copied()).max().unwrap_or_default()
    }

    fn before(&self) -> &[u64] {
        self.before.get(..self.buckets.len()).unwrap_or(&self.before)
    }

    fn draw_in(&self, root: &Root, plot: Plot, counts: &Counts, numbers: &[(u64, String)]) -> Done {
        let (across, upward) = (plot.across(), plot.upward());
        let columns = self.columns();
        let top = counts.range().end;
        let spec = Cartesian2d::new(columns, counts.clone(), (across.0..across.1, upward.0..upward.1));
        let area = root.apply_coord_spec(spec);
        let (tallies, before) = crowd::levelled(&self.buckets, self.before(), across.1 - across.0);
        let share = Share::new(columns.width(across), tallies.iter().any(|tally| tally.second.is_some()));
        let pixels = plot.bottom - plot.top;

        marks::silence(&area, &tallies, top)?;
        for (tick, number) in numbers {
            let y = counts.map(tick, upward);
            if *tick > 0 {
                root.draw(&PathElement::new([(across.0, y), (across.1, y)], Ink::Grid))?;
            }
            root.draw(&label(number, (across.0 - (BESIDE - 2) * TENTHS, y), Ink::Label, HPos::Right, VPos::Center))?;
        }
        marks::before(&area, &before, share, pixels)?;
        marks::bars(&area, &tallies, share, pixels)?;
        marks::before_edges(&area, &before, share, pixels)?;
        root.draw(&PathElement::new([(across.0, upward.0), (across.1, upward.0)], Ink::Base))?;
        marks::risk(&area, &tallies, share)?;
        self.draw_labels(root, plot)
    }

    /// The labels under the plot; where not each column has one, a small line says whose it is.
    fn draw_labels(&self, root: &Root, plot: Plot) -> Done {
        let shown = self.labels(plot);
        let (columns, base) = (self.columns(), plot.bottom * TENTHS);
        if shown.len() < self.buckets.len() {
            for label in &shown {
                let x = columns.map(&Place::middle(label.index), plot.across());
                root.draw(&PathElement::new([(x, base), (x, base + 4 * TENTHS)], Ink::Base))?;
            }
        }
        for shown in shown {
            root.draw(&label(shown.text, (shown.middle, base + 7 * TENTHS), Ink::Label, HPos::Center, VPos::Top))?;
        }
        Ok(())
    }

    fn labels(&self, plot: Plot) -> Vec<Shown> {
        let columns = self.columns();
        let middle = |column| columns.map(&Place::middle(column), plot.across());
        let long = || self.buckets.iter().enumerate().map(|(column, bucket)| (bucket.label.as_str(), middle(column)));
        let short = self.buckets.iter().enumerate().map(|(column, bucket)| (bucket.short.as_str(), middle(column)));
        let width = columns.width(plot.across());
        if width >= WIDE && labels::all_fit(long(), width) {
            labels::spread(long(), plot.right * TENTHS)
        } else {
            labels::spread(short, plot.right * TENTHS)
        }
    }
}

#[cfg(test)]
mod tests;

/// Pixels from the plot to the upper end of the picture: half a line of text.
const ABOVE: i32 = 8;
/// Pixels under the plot: a line of text.
const BELOW: i32 = 20;
/// Pixels between the plot and the numbers beside it.
const BESIDE: i32 = 8;
/// The least height between two numbers beside the axis.
const APART: i32 = 32;
/// More numbers beside an axis than this are noise.
const MOST: usize = 6;
/// Smaller pictures are drawn in this size.
const LEAST: Size = Size { width: 120, height: 64 };
