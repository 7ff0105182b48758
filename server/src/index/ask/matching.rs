//! Which rows of one segment a question is about.

use super::codes::{Member, Wanted};
use super::cost;
use super::hours::hours;
use super::question::{Condition, Question, digest};
use crate::index::cache::{Answer, Name};
use crate::index::segment::{Damaged, Segment};
use crate::index::snapshot::Held;
use roaring::{MultiOps, RoaringBitmap};
use std::ops::Range;
use std::sync::Arc;
use vigia_app::model::Kind;

/// A question put to a segment: its conditions as codes. Nothing of the rows was looked at yet.
pub struct Matching<'a> {
    pub held: &'a Held,
    /// Rows whose id is within the question's.
    pub range: Range<u32>,
    /// The one that the fewest rows meet first.
    clauses: Vec<Clause>,
    /// Of all conditions together.
    name: Name,
}

/// A condition that not all rows meet.
struct Clause {
    met: Met,
    /// Of the condition, where finding its rows is so dear that they are to be remembered.
    name: Option<Name>,
}

enum Met {
    /// One of these columns has one of these codes.
    Any(Vec<Wanted>),
    /// The rows, found already.
    Rows(Arc<RoaringBitmap>),
}

/// What finding rows must cost at least to be remembered, in all and for each byte they take.
const DEAR: u64 = 20_000;
const WORTH: u64 = 8;
/// Values that are looked through so fast that nothing has to be remembered.
const FEW: u64 = 1_000;
/// As many values are looked through while one pseudonym is made.
const PSEUDONYM: u64 = 100;

impl<'a> Matching<'a> {
    /// `None` where no row can be meant.
    pub fn new(held: &'a Held, question: &Question) -> Result<Option<Self>, Damaged> {
        Self::within(held, question, &question.ids)
    }

    /// The same of rows whose ids are within these.
    pub fn within(held: &'a Held, question: &Question, ids: &Range<i64>) -> Result<Option<Self>, Damaged> {
        let segment = &*held.segment;
        if ids.start > segment.last() || ids.end <= segment.first() {
            return Ok(None);
        }
        let range = segment.row_from(ids.start)?..segment.row_from(ids.end)?;
        if range.is_empty() {
            return Ok(None);
        }
        let mut clauses = Vec::with_capacity(question.conditions.len());
        for (condition, name) in question.conditions.iter().zip(&question.names) {
            let clause = Clause::new(segment, condition, *name)?;
            let rows = clause.met.rows();
            if rows == 0 {
                return Ok(None);
            }
            // A clause of several columns only has an estimate, from above.
            if rows < segment.rows() || matches!(&clause.met, Met::Any(all) if all.iter().all(|one| one.rows < segment.rows())) {
                clauses.push(clause);
            }
        }
        if !together(&mut clauses, segment) {
            return Ok(None);
        }
        clauses.sort_by_key(|clause| clause.met.rows());
        Ok(Some(Self { held, range, clauses, name: question.name }))
    }

    /// Whether every row of the range is meant.
    pub fn is_all(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The codes that a condition leaves of a column, in order, if there is one on that column alone.
    pub fn codes_of(&self, column: usize) -> Option<&[Range<u32>]> {
        self.clauses.iter().find_map(|clause| clause.met.codes_of(column))
    }

    /// How many rows are meant, roughly: as if the conditions had nothing to do with each other.
    pub fn estimate(&self) -> f64 {
        let all = f64::from(self.held.segment.rows());
        self.clauses.iter().fold(f64::from(self.range.end - self.range.start), |rows, clause| {
            rows * f64::from(clause.met.rows().min(self.held.segment.rows())) / all
        })
    }

    /// What it costs to find all of them.
    pub fn cost(&self) -> u64 {
        let Some((first, others)) = self.clauses.split_first() else { return 0 };
        let rows = u64::from(first.met.rows());
        first.met.cost()
            + others
                .iter()
                .map(|other| other.met.cost().min(other.met.cost_of_test(&self.held.segment, rows) + rows * cost::TEST))
                .sum::<u64>()
    }

    /// The conditions that rows with certain codes of a column may not meet: all but the one that left these codes.
    fn others(&self, but: Option<usize>) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(move |clause| but.is_none_or(|column| clause.met.codes_of(column).is_none()))
    }

    /// What it costs to have a [test](Self::test).
    pub fn cost_of_test(&self, apart: u64, but: Option<usize>) -> u64 {
        let segment = &*self.held.segment;
        self.others(but).map(|clause| clause.met.cost().min(clause.met.cost_of_test(segment, apart))).sum()
    }

    /// What tells of one row whether it is meant; `apart`: how many rows it is asked of that stand far from each other;
    /// `but`: a column of which it is asked only of rows with codes that a condition on it [leaves](Self::codes_of).
    pub fn test(&self, apart: u64, but: Option<usize>) -> impl Fn(u32) -> bool {
        let segment = &*self.held.segment;
        let test = |clause: &Clause| {
            if clause.met.cost() < clause.met.cost_of_test(segment, apart) {
                RowTest::Rows(clause.bitmap(segment))
            } else {
                clause.met.test(segment, apart)
            }
        };
        let tests = self.others(but).map(test).collect::<Vec<_>>();
        let dead = &self.held.dead;
        move |row| tests.iter().all(|test| test.test(row)) && !dead.contains(row)
    }

    /// How many rows are meant.
    pub fn count(&self) -> u64 {
        match &self.clauses[..] {
            // Known without looking for them.
            [Clause { met: Met::Any(all), .. }]
                if all.len() == 1 && self.held.dead.is_empty() && self.range == (0..self.held.segment.rows()) =>
            {
                all[0].rows.into()
            }
            _ => self.rows().len(),
        }
    }

    /// The rows meant.
    pub fn rows(&self) -> Selection<'_> {
        let segment = &*self.held.segment;
        let mut rows = self.all();
        if let Some(rows) = &mut rows {
            if self.range != (0..segment.rows()) {
                let rows = Arc::make_mut(rows);
                rows.remove_range(..self.range.start);
                rows.remove_range(self.range.end..);
            }
            if !self.held.dead.is_empty() {
                *Arc::make_mut(rows) -= &*self.held.dead;
            }
        }
        Selection { rows, range: self.range.clone(), dead: &self.held.dead }
    }
}

impl Matching<'_> {
    /// The rows that meet all conditions, whatever their ids, dead ones included; nothing where every row does.
    fn all(&self) -> Option<Arc<RoaringBitmap>> {
        let segment = &*self.held.segment;
        let (first, others) = self.clauses.split_first()?;
        if others.is_empty() {
            return Some(first.bitmap(segment));
        }
        if let Some(rows) = segment.known(self.name) {
            return Some(rows);
        }
        let mut rows = first.bitmap(segment);
        for clause in others {
            rows = Arc::new(if rows.len() * cost::TEST + clause.met.cost_of_test(segment, rows.len()) < clause.met.cost() {
                let test = clause.met.test(segment, rows.len());
                RoaringBitmap::from_sorted_iter(rows.iter().filter(|row| test.test(*row))).unwrap_or_default()
            } else {
                &*rows & &*clause.bitmap(segment)
            });
        }
        // The same conditions are mostly put several times: for a page, its count, the values of columns.
        if self.cost() >= DEAR.max(rows.serialized_size() as u64) {
            segment.remember(self.name, &rows);
        }
        Some(rows)
    }

    /// What `find` finds out of the rows meant, as numbers. A segment in a file that was asked before still knows it, unless more rows died since: `what`
    /// says what is found out.
    pub fn answer(&self, what: impl std::fmt::Debug, find: impl FnOnce() -> Result<Vec<u64>, Damaged>) -> Result<Answer, Damaged> {
        let segment = &*self.held.segment;
        let Some((cache, number)) = segment.file() else { return Ok(find()?.into()) };
        let of = (what, &self.range, self.held.dead.len());
        let name = digest(&[&self.name[..], format!("{of:?}").as_bytes()].concat());
        if let Some(answer) = cache.answer(number, name) {
            return Ok(answer);
        }
        let answer: Answer = find()?.into();
        segment.sound()?;
        cache.keep_answer(number, name, answer.clone());
        Ok(answer)
    }
}

/// Makes one clause of those of one column; false where no code is left.
fn together(clauses: &mut Vec<Clause>, segment: &Segment) -> bool {
    let mut kept: Vec<Clause> = Vec::with_capacity(clauses.len());
    for clause in clauses.drain(..) {
        let Met::Any(all) = &clause.met else {
            kept.push(clause);
            continue;
        };
        let same = kept.iter_mut().find_map(|kept| match (&kept.met, &all[..]) {
            (Met::Any(others), [one]) if matches!(&others[..], [other] if other.column == one.column) => {
                Some((others[0].and(one, segment), kept))
            }
            _ => None,
        });
        match same {
            Some((both, kept)) => {
                if both.rows == 0 {
                    return false;
                }
                *kept = Clause { met: Met::Any(vec![both]), name: None };
            }
            None => kept.push(clause),
        }
    }
    *clauses = kept;
    true
}

impl Clause {
    fn new(segment: &Segment, condition: &Condition, name: Name) -> Result<Self, Damaged> {
        if let Some(rows) = segment.known(name) {
            return Ok(Self { met: Met::Rows(rows), name: None });
        }
        let met = met(segment, condition)?;
        let values = |column: &usize| u64::from(segment.values(*column));
        let looked_through = match condition {
            Condition::Containing(columns, _) => columns.iter().map(values).sum::<u64>(),
            Condition::Seen(column, _) => values(column) * PSEUDONYM,
            Condition::In(..) | Condition::Outside(..) | Condition::Ids(_) | Condition::Hours(..) => 0,
        };
        // What finding the rows costs is little beside the search for the values: it is not to be done again.
        if looked_through >= FEW && met.cost() <= looked_through * cost::SEARCH {
            let rows = Arc::new(met.bitmap(segment));
            segment.remember(name, &rows);
            return Ok(Self { met: Met::Rows(rows), name: None });
        }
        let name = Some(name).filter(|_| met.cost() >= DEAR);
        Ok(Self { met, name })
    }

    fn bitmap(&self, segment: &Segment) -> Arc<RoaringBitmap> {
        if let Met::Rows(rows) = &self.met {
            return rows.clone();
        }
        let rows = Arc::new(self.met.bitmap(segment));
        if let Some(name) = self.name {
            // What takes much room and is soon found again would only push out others.
            if self.met.cost() > rows.serialized_size() as u64 * WORTH {
                segment.remember(name, &rows);
            }
        }
        rows
    }
}

impl Met {
    fn codes_of(&self, column: usize) -> Option<&[Range<u32>]> {
        match self {
            Self::Any(all) => all.first().filter(|one| all.len() == 1 && one.column == column).map(|one| &one.ranges[..]),
            Self::Rows(_) => None,
        }
    }

    fn rows(&self) -> u32 {
        match self {
            Self::Any(all) => all.iter().fold(0, |sum, wanted| sum.saturating_add(wanted.rows)),
            Self::Rows(rows) => rows.len() as u32,
        }
    }

    fn cost(&self) -> u64 {
        match self {
            Self::Any(all) => all.iter().map(|wanted| wanted.cost).sum(),
            Self::Rows(_) => 0,
        }
    }

    fn bitmap(&self, segment: &Segment) -> RoaringBitmap {
        match self {
            Self::Any(all) => all.iter().map(|wanted| wanted.rows(segment)).union(),
            Self::Rows(rows) => rows.as_ref().clone(),
        }
    }

    /// What it costs to read what tests rows.
    fn cost_of_test(&self, segment: &Segment, apart: u64) -> u64 {
        match self {
            Self::Any(all) => all.iter().map(|wanted| cost::apart(apart, segment.bytes_of_codes(wanted.column))).sum(),
            Self::Rows(_) => 0,
        }
    }

    fn test(&self, segment: &Segment, apart: u64) -> RowTest {
        match self {
            Self::Any(all) => RowTest::Any(all.iter().map(|wanted| wanted.member(segment, apart)).collect()),
            Self::Rows(rows) => RowTest::Rows(rows.clone()),
        }
    }
}

enum RowTest {
    Any(Vec<Member>),
    Rows(Arc<RoaringBitmap>),
}

impl RowTest {
    #[inline]
    fn test(&self, row: u32) -> bool {
        match self {
            Self::Any(members) => members.iter().any(|member| member.test(row)),
            Self::Rows(rows) => rows.contains(row),
        }
    }
}

fn met(segment: &Segment, condition: &Condition) -> Result<Met, Damaged> {
    let within = |column: usize, all: &[crate::index::order::Keys]| {
        let dictionary = segment.dictionary(column);
        Wanted::new(segment, column, all.iter().map(|keys| dictionary.codes(keys)).collect())
    };
    Ok(match condition {
        Condition::In(column, all) => Met::Any(vec![within(*column, all)]),
        Condition::Outside(column, all) => Met::Any(vec![within(*column, all).complement(segment)]),
        Condition::Containing(columns, needle) => {
            let mut all = Vec::with_capacity(columns.len());
            for column in columns {
                let (dictionary, grams) = (segment.dictionary(*column), segment.grams(*column));
                let is_address = segment.report.stored().nth(*column).is_some_and(|column| column.kind == Kind::Ip);
                let codes =
                    if is_address { dictionary.addresses_containing(needle, &grams) } else { dictionary.containing(needle, &grams) };
                if !codes.is_empty() {
                    all.push(Wanted::new(segment, *column, codes));
                }
            }
            Met::Any(all)
        }
        Condition::Seen(column, test) => {
            let dictionary = segment.dictionary(*column);
            let codes = (0..dictionary.len()).filter(|code| test.accepts(&dictionary.key(*code))).map(|code| code..code + 1).collect();
            Met::Any(vec![Wanted::new(segment, *column, codes)])
        }
        Condition::Ids(ids) => {
            let rows = ids.iter().map(|id| segment.row(*id)).collect::<Result<Vec<_>, _>>()?;
            Met::Rows(Arc::new(rows.into_iter().flatten().collect()))
        }
        Condition::Hours(zone, wanted) => {
            let mut rows = RoaringBitmap::new();
            hours(segment, 0..segment.rows(), *zone, |hour, run| {
                if wanted.contains(&hour) {
                    rows.insert_range(run);
                }
            })?;
            Met::Rows(Arc::new(rows))
        }
    })
}

/// Rows of a segment that live.
pub struct Selection<'a> {
    /// Those of the range that are not dead where there is nothing.
    rows: Option<Arc<RoaringBitmap>>,
    range: Range<u32>,
    dead: &'a RoaringBitmap,
}

impl Selection<'_> {
    pub fn len(&self) -> u64 {
        match &self.rows {
            Some(rows) => rows.len(),
            None => u64::from(self.range.end - self.range.start) - self.dead.range_cardinality(self.range.clone()),
        }
    }

    /// How many are in this range.
    pub fn within(&self, range: Range<u32>) -> u64 {
        match &self.rows {
            Some(rows) => rows.range_cardinality(range),
            None => {
                let range = range.start.max(self.range.start)..range.end.min(self.range.end);
                if range.is_empty() { 0 } else { u64::from(range.end - range.start) - self.dead.range_cardinality(range) }
            }
        }
    }

    /// How many rows of these are among them.
    pub fn among(&self, other: &RoaringBitmap) -> u64 {
        match &self.rows {
            Some(rows) => rows.intersection_len(other),
            None if self.dead.is_empty() => other.range_cardinality(self.range.clone()),
            None => other.range(self.range.clone()).filter(|row| !self.dead.contains(*row)).count() as u64,
        }
    }

    /// Whether it is every row of the segment, none of them dead.
    pub fn is_whole(&self, segment: &Segment) -> bool {
        self.rows.is_none() && self.dead.is_empty() && self.range == (0..segment.rows())
    }

    /// All of them.
    pub fn bitmap(&self) -> RoaringBitmap {
        match &self.rows {
            Some(rows) => rows.as_ref().clone(),
            None => {
                let mut rows = RoaringBitmap::new();
                rows.insert_range(self.range.clone());
                rows - self.dead
            }
        }
    }

    /// Takes each row, in order.
    pub fn each(&self, take: impl FnMut(u32)) {
        match &self.rows {
            Some(rows) => rows.iter().for_each(take),
            None => self.range.clone().filter(|row| !self.dead.contains(*row)).for_each(take),
        }
    }

    /// Rows in this range, in order.
    pub fn range(&self, range: Range<u32>) -> Box<dyn DoubleEndedIterator<Item = u32> + '_> {
        match &self.rows {
            Some(rows) => Box::new(rows.range(range)),
            None => {
                let range = range.start.max(self.range.start)..range.end.min(self.range.end).max(range.start.max(self.range.start));
                Box::new(range.filter(|row| !self.dead.contains(*row)))
            }
        }
    }
}
