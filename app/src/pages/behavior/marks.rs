//! What a chart of the dashboard shows, as it is drawn, told and led on from.

use crate::behavior::{Step, within};
use crate::browser::intl::count as number;
use crate::charts::{BarChart, Bucket, Drawn, Paint, Size};
use crate::model::{Moment, Query};
use crate::say;
use leptos::prelude::*;

/// A span of time in a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its bounds, half-open, as an address has them.
    pub from: String,
    pub to: String,
    pub step: Step,
    /// The bar.
    pub all: u64,
    /// The line over it: how many of those stand out.
    pub part: u64,
    /// A second bar beside it.
    pub second: Option<u64>,
    /// The period before, behind it.
    pub before: Option<u64>,
    pub so_far: bool,
    pub silent: bool,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    pub all: &'static str,
    pub part: &'static str,
    pub second: Option<&'static str>,
    pub before: Option<&'static str>,
}

/// A number of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// All that stands in its column.
    Column,
    All,
    Part,
    Second,
}

/// A chart.
#[derive(Clone, Copy)]
pub struct Chart {
    /// Letters and hyphens; no other chart of the page has it. Files are named by it.
    pub name: &'static str,
    pub title: Signal<String>,
    pub marks: Memo<Vec<Mark>>,
    pub names: Memo<Names>,
    /// Pixels of the picture.
    pub height: u32,
    /// The rows that a number counts, of whatever time.
    pub rows: Callback<Count, Option<Query>>,
}

impl Chart {
    /// The rows of a stretch of marks.
    pub fn rows_of(self, first: &Mark, last: &Mark, count: Count) -> Option<Query> {
        let (from, to) = (Moment::parse(&first.from)?, Moment::parse(&last.to)?);
        self.rows.run(count).map(|query| within(&query, from, to))
    }

    pub fn draw(self, width: u32, height: u32, paint: Paint) -> Drawn {
        let (buckets, before) = self.marks.with(|marks| {
            let before = marks.iter().filter_map(|mark| mark.before).collect();
            (marks.iter().map(Mark::bucket).collect(), before)
        });
        BarChart { name: self.name.to_owned(), buckets, before, size: Size { width, height } }.draw(paint, &number)
    }

    /// What is said of a time in which a source was silent; nothing where there is none.
    pub fn silence(self) -> Option<&'static str> {
        self.marks.with(|marks| marks.iter().any(|mark| mark.silent)).then(|| say!("behavior.silent"))
    }

    /// The whole chart in a sentence.
    pub fn summary(self) -> String {
        let (title, names) = (self.title.get(), self.names.get());
        self.marks.with(|marks| {
            let all: u64 = marks.iter().map(|mark| mark.all).sum();
            let part: u64 = marks.iter().map(|mark| mark.part).sum();
            match marks.iter().max_by_key(|mark| mark.all) {
                Some(most) => say!(
                    "behavior.summary",
                    what = title,
                    all = number(all),
                    part = number(part),
                    name = names.part,
                    most = number(most.all),
                    when = most.label()
                ),
                None => title,
            }
        })
    }
}

impl Mark {
    fn bucket(&self) -> Bucket {
        let bucket = Bucket::new(self.label(), self.short(), self.all);
        // Both are counted at one moment: a part is never more than its whole.
        let mut bucket = bucket.clone().with_risk(self.part).unwrap_or(bucket);
        if let Some(second) = self.second {
            bucket = bucket.beside(second);
        }
        if self.silent {
            bucket = bucket.silent();
        }
        if self.so_far { bucket.so_far() } else { bucket }
    }

    /// The span, where there is room for all of it.
    pub fn label(&self) -> String {
        match self.step {
            Step::Week => say!("behavior.week-of", date = written(&self.from, self.step)),
            _ => written(&self.from, self.step),
        }
    }

    /// The span, where there is little room.
    fn short(&self) -> String {
        let whole = written(&self.from, self.step);
        match self.step {
            Step::Hour => whole.split_once(' ').map_or_else(String::new, |(_, time)| time.to_owned()),
            Step::Day | Step::Week => whole.get(5..).unwrap_or(&whole).to_owned(),
            Step::Month => whole,
        }
    }

    /// Its numbers, in the words of the chart; which rows each counts, where it counts rows of this period.
    pub fn counts(&self, names: Names) -> Vec<(&'static str, u64, Option<Count>)> {
        let mut counts = vec![(names.all, self.all, Some(Count::All)), (names.part, self.part, Some(Count::Part))];
        counts.extend(names.second.zip(self.second).map(|(name, count)| (name, count, Some(Count::Second))));
        counts.extend(names.before.zip(self.before).map(|(name, count)| (name, count, None)));
        counts
    }

    /// What more there is to say of it.
    pub fn remarks(&self) -> Vec<&'static str> {
        let remarks = [(self.so_far, say!("behavior.so-far")), (self.silent, say!("behavior.silent"))];
        remarks.into_iter().filter(|(there, _)| *there).map(|(_, words)| words).collect()
    }
}

/// Date and time of a moment of an address, without what is zero anyway.
fn written(moment: &str, step: Step) -> String {
    let utc = if moment.ends_with('Z') { "Z" } else { "" };
    let (date, time) = moment.trim_end_matches('Z').split_once('T').unwrap_or((moment, ""));
    match step {
        Step::Hour => format!("{date} {}{utc}", time.get(..5).unwrap_or(time)),
        Step::Day | Step::Week => date.to_owned(),
        Step::Month => date.get(..7).unwrap_or(date).to_owned(),
    }
}
