//! What finding rows costs, in nanoseconds or so. Guesses, which only decide between ways that find the same: of leaves that the cache has
//! already it is much less.

use crate::index::segment::leaves::LEAF;

/// Reading a leaf, alone and among others.
const ALONE: u64 = 2_000;
const IN_RUN: u64 = 700;
/// Looking at the code of a row, of rows that follow each other.
pub const LOOK: u64 = 1;
/// Testing a row that stands far from the last one.
pub const TEST: u64 = 12;
/// Looking into a value for a text, roughly.
pub const SEARCH: u64 = 20;
/// Sorting a row number, and marking it among all.
const SORT: u64 = 16;
const MARK: u64 = 2;
/// Rows without a mark that are passed over in the time a look takes.
const UNMARKED: u64 = 32;
/// Bytes of a bitmap that are read into memory and added to others in that time.
const UNION: u64 = 2;

/// Reading this many bytes from end to end.
pub const fn run(bytes: u64) -> u64 {
    ALONE + bytes / LEAF as u64 * IN_RUN
}

/// Reading so much here and there of a part of `bytes`.
pub const fn apart(reads: u64, bytes: u64) -> u64 {
    if reads > bytes / LEAF as u64 / 2 { run(bytes) } else { reads * ALONE }
}

/// Adding so many bitmaps that have so many rows together, of `all` rows.
pub const fn bitmaps(bitmaps: u64, rows: u64, all: u64) -> u64 {
    let (few, many) = (rows * 2, bitmaps * all / 8);
    let bytes = bitmaps * 64 + if few < many { few } else { many };
    run(bytes) + bytes / UNION
}

/// Sorting rows that are listed in so many places.
pub const fn sorted(places: u64, rows: u64) -> u64 {
    places * ALONE + run(rows * 3) + rows * SORT
}

/// Marking them among `all` rows.
pub const fn marked(places: u64, rows: u64, all: u64) -> u64 {
    places * ALONE + run(rows * 3) + rows * MARK + all / UNMARKED
}
