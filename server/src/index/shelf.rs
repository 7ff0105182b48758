//! The segments of a report, as the one who follows the journal changes them.
//!
//! What comes is a small segment in memory at first. Segments of one size are merged when there are four of them, into one of the next size:
//! so a row is written some five times until it lies among a million, and a question meets few segments. When the state is to
//! survive the process, those in memory become one in a file.

use super::folder::{Folder, Kept};
use super::segment::{Builder, Damaged, MOST, Segment, merge, merge_into};
use super::snapshot::{Held, Snapshot};
use crate::store::rows::KeptRow;
use roaring::RoaringBitmap;
use std::sync::Arc;
use vigia_app::model::Report;

/// Segments of one size that become one of the next.
const FAN: usize = 4;
/// Rows of the smallest size.
const SMALL: u64 = 1024;
/// Merges of more rows are left to [`Shelf::large_merge`].
const QUICK: u64 = 32 << 10;

/// See the module.
pub struct Shelf {
    pub report: &'static Report,
    books: Vec<Book>,
    /// Those a large merge is at.
    busy: Vec<Arc<Segment>>,
}

/// A segment, and the number of its file where it has one.
struct Book {
    held: Held,
    file: Option<u64>,
}

/// A merge that takes its time: done beside everything else, while the segments are still asked.
pub struct LargeMerge(Vec<Held>);

impl Shelf {
    pub const fn new(report: &'static Report) -> Self {
        Self { report, books: Vec::new(), busy: Vec::new() }
    }

    pub fn open(report: &'static Report, folder: &Folder, kept: &[Kept]) -> Result<Self, Damaged> {
        let (snapshot, files) = folder.open(report, kept)?;
        let books = snapshot.held.into_iter().zip(files).map(|(held, file)| Book { held, file: Some(file) }).collect();
        Ok(Self { report, books, busy: Vec::new() })
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot { held: self.books.iter().map(|book| book.held.clone()).collect() }
    }

    /// Rows in segments that would have to be read from the database again.
    pub fn rows_in_memory(&self) -> u64 {
        self.books.iter().filter(|book| book.file.is_none()).map(|book| book.held.rows()).sum()
    }

    /// These events are now what `rows` says, or gone where it says nothing of them.
    pub fn replace(&mut self, ids: &[i64], rows: Vec<KeptRow>) -> Result<(), Damaged> {
        for book in &mut self.books {
            let mut dead = Vec::new();
            for id in ids {
                dead.extend(book.held.segment.row(*id)?);
            }
            book.bury(dead);
        }
        self.add(rows);
        Ok(())
    }

    /// Takes rows that are in none of its segments.
    pub fn add(&mut self, rows: Vec<KeptRow>) {
        if !rows.is_empty() {
            let mut builder = Builder::new(self.report);
            rows.into_iter().for_each(|(id, values)| builder.push(id, values));
            self.books.push(Book { held: Held::new(builder.finish()), file: None });
        }
    }

    /// Takes a segment that is in a file, if there is one.
    pub fn add_kept(&mut self, kept: Option<(u64, Segment)>) {
        self.books.extend(kept.map(|(file, segment)| Book { held: Held::new(segment), file: Some(file) }));
    }

    /// Of the events below an id only these are left, which are in order.
    pub fn leave_below(&mut self, below: i64, left: &[i64]) -> Result<(), Damaged> {
        for book in &mut self.books {
            let segment = &book.held.segment;
            let mut dead = Vec::new();
            for row in (0..segment.row_from(below)?).filter(|row| !book.held.dead.contains(*row)) {
                if left.binary_search(&segment.id(row)?).is_err() {
                    dead.push(row);
                }
            }
            book.bury(dead);
        }
        Ok(())
    }

    /// Takes away what has no row that lives, and merges small segments.
    pub fn tidy(&mut self) -> Result<(), Damaged> {
        let busy = &self.busy;
        self.books.retain(|book| book.held.rows() > 0 || busy.iter().any(|busy| Arc::ptr_eq(busy, &book.held.segment)));
        while let Some(places) = self.due().filter(|places| self.rows_of(places) <= QUICK) {
            self.merge(&places)?;
        }
        Ok(())
    }

    /// Those that should be merged, if they are many; nothing while another large merge is at work.
    pub fn large_merge(&mut self) -> Option<LargeMerge> {
        let places = self.due().filter(|places| self.busy.is_empty() && self.rows_of(places) > QUICK)?;
        let held: Vec<Held> = places.into_iter().map(|place| self.books[place].held.clone()).collect();
        self.busy = held.iter().map(|held| held.segment.clone()).collect();
        Some(LargeMerge(held))
    }

    /// Has the segment that a large merge has made in the place of those it was made of.
    pub fn merged(&mut self, merge: &LargeMerge, made: Option<(u64, Segment)>) -> Result<(), Damaged> {
        self.busy.clear();
        let mut dead = Vec::new();
        for was in &merge.0 {
            // It is there: nothing else takes those away that are busy.
            let Some(place) = self.books.iter().position(|book| Arc::ptr_eq(&book.held.segment, &was.segment)) else { continue };
            let book = self.books.remove(place);
            // Died while it was merged.
            for row in (&*book.held.dead - &*was.dead).iter() {
                dead.push(book.held.segment.id(row)?);
            }
        }
        if let Some((file, segment)) = made {
            let mut book = Book { held: Held::new(segment), file: Some(file) };
            let rows = dead.into_iter().map(|id| book.held.segment.row(id)).collect::<Result<Vec<_>, _>>()?;
            book.bury(rows.into_iter().flatten());
            self.books.push(book);
        }
        Ok(())
    }

    /// Makes one segment in a file of those in memory, and says what a manifest has to name.
    pub fn keep(&mut self, folder: &Folder) -> Result<Vec<Kept>, Damaged> {
        let places: Vec<usize> =
            (0..self.books.len()).filter(|place| self.books[*place].file.is_none() && !self.is_busy(&self.books[*place])).collect();
        let kept = folder.keep(self.report, |path| merge_into(&self.pairs(&places), path))?;
        self.take_out(&places);
        self.add_kept(kept);
        for book in self.books.iter_mut().filter(|book| book.file.is_none()) {
            let kept = folder.keep(self.report, |path| book.held.segment.write(path).map(|()| true))?;
            // The one in memory goes on: it is what the merge knows.
            book.file = kept.map(|(file, _)| file);
        }
        let kept = self.books.iter().filter_map(|book| {
            let mut dead = Vec::new();
            // Writing into memory does not fail.
            let _ = book.held.dead.serialize_into(&mut dead);
            Some(Kept { file: book.file?, dead })
        });
        Ok(kept.collect())
    }

    /// The first size of which there are enough, as places of the smallest of that size, or one that is mostly dead.
    fn due(&self) -> Option<Vec<usize>> {
        let mut by_size: Vec<(u32, u64, usize)> = self
            .books
            .iter()
            .enumerate()
            .filter(|(_, book)| !self.is_busy(book))
            .map(|(place, book)| (size(book.held.rows()), book.held.rows(), place))
            .collect();
        by_size.sort_unstable();
        let groups = by_size.chunk_by(|(a, ..), (b, ..)| a == b);
        for group in groups.filter(|group| group.len() >= FAN) {
            let mut sum = 0;
            let places: Vec<usize> = group
                .iter()
                .take_while(|(_, rows, _)| {
                    sum += rows;
                    sum <= u64::from(MOST)
                })
                .map(|(.., place)| *place)
                .collect();
            if places.len() > 1 {
                return Some(places);
            }
        }
        let mostly_dead = |book: &Book| !self.is_busy(book) && book.held.dead.len() > SMALL && book.held.dead.len() > book.held.rows();
        self.books.iter().position(mostly_dead).map(|place| vec![place])
    }

    fn is_busy(&self, book: &Book) -> bool {
        self.busy.iter().any(|busy| Arc::ptr_eq(busy, &book.held.segment))
    }

    fn rows_of(&self, places: &[usize]) -> u64 {
        places.iter().map(|place| self.books[*place].held.rows()).sum()
    }

    fn pairs(&self, places: &[usize]) -> Vec<(Arc<Segment>, Arc<RoaringBitmap>)> {
        places.iter().map(|place| &self.books[*place].held).map(|held| (held.segment.clone(), held.dead.clone())).collect()
    }

    fn merge(&mut self, places: &[usize]) -> Result<(), Damaged> {
        let made = merge(&self.pairs(places))?;
        self.take_out(places);
        self.books.extend(made.map(|segment| Book { held: Held::new(segment), file: None }));
        Ok(())
    }

    fn take_out(&mut self, places: &[usize]) {
        let mut place = 0;
        self.books.retain(|_| {
            place += 1;
            !places.contains(&(place - 1))
        });
    }
}

impl Book {
    fn bury(&mut self, rows: impl IntoIterator<Item = u32>) {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_some() {
            Arc::make_mut(&mut self.held.dead).extend(rows);
        }
    }
}

impl LargeMerge {
    /// Makes the segment, in a file; `None` where no row lives.
    pub fn make(&self, folder: &Folder) -> Result<Option<(u64, Segment)>, Damaged> {
        let pairs: Vec<_> = self.0.iter().map(|held| (held.segment.clone(), held.dead.clone())).collect();
        let Some((segment, _)) = pairs.first() else { return Ok(None) };
        folder.keep(segment.report, |path| merge_into(&pairs, path))
    }
}

/// Which size a segment of so many rows has: 0 up to 1,024 rows, then one more for each four times as many.
const fn size(rows: u64) -> u32 {
    let mut size = 0;
    let mut most = SMALL;
    while most < rows {
        most *= FAN as u64;
        size += 1;
    }
    size
}
