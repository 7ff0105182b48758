//! The marks of a bar chart: bars, the line of risk, the period before, hatching.

use super::axis::Counts;
use super::backend::SvgBackend;
use super::boxes::TENTHS;
use super::bucket::Tally;
use super::columns::{Columns, Place};
use super::ink::Ink;
use super::picture::Done;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::Color;

/// The part of the picture where the data is.
pub type PlotArea<'a> = DrawingArea<SvgBackend<'a>, Cartesian2d<Columns, Counts>>;

/// How marks share the width of a column, in tenths of a pixel.
#[derive(Clone, Copy)]
pub struct Share {
    column: i32,
    /// Left free between the bars of two columns.
    gap: i32,
    /// Two series, side by side.
    two: bool,
}

impl Share {
    /// For columns so wide. Below four pixels there is no gap, and a second series is drawn as a line.
    pub fn new(column: i32, two: bool) -> Self {
        let two = two && column >= NARROW;
        let widest = if two { 2 * WIDEST } else { WIDEST };
        let gap = match column / TENTHS {
            ..4 => 0,
            4..8 => TENTHS,
            8..16 => 2 * TENTHS,
            pixels => pixels / 4 * TENTHS,
        };
        Self { column, gap: gap.max(column - widest) / (2 * TENTHS) * (2 * TENTHS) + gap % (2 * TENTHS), two }
    }

    const fn narrow(self) -> bool {
        self.column < NARROW
    }

    /// From where to where the first bar of a column goes.
    const fn first(self, column: usize) -> (Place, Place) {
        let (left, right) = (Place::edge(column).shifted(self.gap / 2), Place::edge(column + 1).shifted(-self.gap / 2));
        (left, if self.two { Place::middle(column).shifted(-TENTHS / 2) } else { right })
    }

    /// From where to where the second one goes.
    const fn second(self, column: usize) -> (Place, Place) {
        (Place::middle(column).shifted(TENTHS / 2), Place::edge(column + 1).shifted(-self.gap / 2))
    }

    /// From where to where the period before goes: behind the first bar, and a little wider than it.
    const fn ghost(self, column: usize) -> (Place, Place) {
        let inset = if self.gap / 2 > WIDER { self.gap / 2 - WIDER } else { 0 };
        let right = if self.two { Place::middle(column) } else { Place::edge(column + 1).shifted(-inset) };
        (Place::edge(column).shifted(inset), right)
    }

    /// Where the line stands in a column: over the middle of the first bar.
    const fn line(self, column: usize) -> Place {
        Place::middle(column).shifted(if self.two { -(self.column - self.gap) / 4 } else { 0 })
    }
}

/// Hatching over the whole height of the columns in which a source was silent.
pub fn silence(plot: &PlotArea, tallies: &[Tally], top: u64) -> Done {
    let mut from = 0;
    for run in tallies.chunk_by(|left, right| left.silent == right.silent) {
        let to = from + run.len();
        if run[0].silent {
            plot.draw(&Rectangle::new([(Place::edge(from), top), (Place::edge(to), 0)], Ink::Silent.filled()))?;
        }
        from = to;
    }
    Ok(())
}

/// The bars, and beside them those of the second series.
pub fn bars(plot: &PlotArea, tallies: &[Tally], share: Share, pixels: i32) -> Done {
    let counts = tallies.iter().map(|tally| (Some(tally.count), if tally.so_far { Ink::BarSoFar } else { Ink::Bar }));
    if share.narrow() {
        skyline(plot, counts, pixels)?;
        return steps(plot, tallies.iter().map(|tally| tally.second), Ink::SecondLine);
    }
    row(plot, counts, |column| share.first(column), pixels)?;
    let second = tallies.iter().map(|tally| (tally.second, if tally.so_far { Ink::SecondSoFar } else { Ink::Second }));
    row(plot, second, |column| share.second(column), pixels)
}

/// The period before, behind the bars.
pub fn before(plot: &PlotArea, before: &[u64], share: Share, pixels: i32) -> Done {
    let counts = before.iter().map(|count| (Some(*count), Ink::Before));
    if share.narrow() { skyline(plot, counts, pixels) } else { row(plot, counts, |column| share.ghost(column), pixels) }
}

/// The upper edges of the period before, over the bars that hide it.
pub fn before_edges(plot: &PlotArea, before: &[u64], share: Share, pixels: i32) -> Done {
    let mut from = 0;
    for run in before.chunk_by(|left, right| share.narrow() && left == right) {
        let to = from + run.len();
        let seen = plot.as_coord_spec().y_spec().seen(run[0], pixels);
        if seen > 0 {
            plot.draw(&PathElement::new([(share.ghost(from).0, seen), (share.ghost(to - 1).1, seen)], Ink::BeforeEdge))?;
        }
        from = to;
    }
    Ok(())
}

/// The line of views with risk. It is broken where there is nothing to say.
pub fn risk(plot: &PlotArea, tallies: &[Tally], share: Share) -> Done {
    let at = |column: usize| tallies.get(column).and_then(|tally| Some((share.line(column), tally.risk?)));
    let columns: Vec<usize> = (0..tallies.len()).filter(|column| at(*column).is_some()).collect();
    let roomy = share.column >= ROOMY;
    let mut so_far = Vec::new();
    let mut paths: Vec<Vec<(Place, u64)>> = Vec::new();
    for run in columns.chunk_by(|left, right| left + 1 == *right) {
        let over = run.iter().take_while(|column| !tallies[**column].so_far).count();
        let points: Vec<_> = run.iter().filter_map(|column| at(*column)).collect();
        if over < points.len() && over > 0 {
            so_far = points[over - 1..].to_vec();
        }
        paths.push(points[..over].to_vec());
    }
    if roomy {
        for path in &paths {
            plot.draw(&PathElement::new(path.clone(), Ink::RiskGround))?;
        }
    }
    for path in paths {
        plot.draw(&PathElement::new(path, Ink::Risk))?;
    }
    plot.draw(&PathElement::new(so_far, Ink::RiskSoFar))?;
    // A point between two breaks has no line: its dot is all there is of it.
    let alone = |column: usize| at(column.wrapping_sub(1)).is_none() && at(column + 1).is_none();
    for column in columns.into_iter().filter(|column| roomy || alone(*column)) {
        if let Some(point) = at(column) {
            plot.draw(&Circle::new(point, DOT, Ink::RiskDot.filled()))?;
        }
    }
    Ok(())
}

/// A bar for each count, from where to where its column says.
fn row(plot: &PlotArea, counts: impl Iterator<Item = (Option<u64>, Ink)>, ends: impl Fn(usize) -> (Place, Place), pixels: i32) -> Done {
    for (column, (count, ink)) in counts.enumerate() {
        let seen = plot.as_coord_spec().y_spec().seen(count.unwrap_or_default(), pixels);
        if seen > 0 {
            let (left, right) = ends(column);
            plot.draw(&Rectangle::new([(left, seen), (right, 0)], ink.filled()))?;
        }
    }
    Ok(())
}

/// Bars that touch, as one shape for each run of them.
fn skyline(plot: &PlotArea, counts: impl Iterator<Item = (Option<u64>, Ink)>, pixels: i32) -> Done {
    let counts: Vec<(u64, Ink)> =
        counts.map(|(count, ink)| (plot.as_coord_spec().y_spec().seen(count.unwrap_or_default(), pixels), ink)).collect();
    let mut from = 0;
    for run in counts.chunk_by(|left, right| left.1 == right.1 && (left.0 == 0) == (right.0 == 0)) {
        if run[0].0 > 0 {
            let mut points = vec![(Place::edge(from), 0)];
            points.extend(outline(from, run.iter().map(|(count, _)| *count)));
            points.push((Place::edge(from + run.len()), 0));
            plot.draw(&Polygon::new(points, run[0].1))?;
        }
        from += run.len();
    }
    Ok(())
}

/// A line of steps over each run of columns that have a count.
fn steps(plot: &PlotArea, counts: impl Iterator<Item = Option<u64>>, ink: Ink) -> Done {
    let counts: Vec<Option<u64>> = counts.collect();
    let mut from = 0;
    for run in counts.chunk_by(|left, right| left.is_some() == right.is_some()) {
        if run[0].is_some() {
            plot.draw(&PathElement::new(outline(from, run.iter().flatten().copied()), ink))?;
        }
        from += run.len();
    }
    Ok(())
}

/// The upper edge of columns from one on: two points wherever it goes up or down.
fn outline(from: usize, counts: impl Iterator<Item = u64>) -> Vec<(Place, u64)> {
    let mut points: Vec<(Place, u64)> = Vec::new();
    let mut end = from;
    for count in counts {
        match points.last() {
            Some((_, last)) if *last == count => {}
            Some((_, last)) => points.extend([(Place::edge(end), *last), (Place::edge(end), count)]),
            None => points.push((Place::edge(end), count)),
        }
        end += 1;
    }
    if let Some((_, last)) = points.last().copied() {
        points.push((Place::edge(end), last));
    }
    points
}

/// Below this, columns have no gap: 4 pixels.
const NARROW: i32 = 4 * TENTHS;
/// From here on the line has dots, and a ground of its own: 9 pixels.
const ROOMY: i32 = 9 * TENTHS;
/// No bar is wider: 56 pixels.
const WIDEST: i32 = 56 * TENTHS;
/// The period before is wider than its bar by this much on each side, where there is room: 5 pixels.
const WIDER: i32 = 5 * TENTHS;
/// The radius of a dot: 2.5 pixels.
const DOT: i32 = 25;
