//! Which columns there is room for, and how wide each is. It follows from the columns and the room alone, so that nothing jumps when
//! rows arrive.

use crate::model::{Column, Kind, Query, Tone};

/// Blank at both sides of a cell, in pixels; see `style/50-report.css`.
const PADDING: u32 = 12;
/// Width of the dot before a word that has a colour.
const DOT: u32 = 15;
/// Width of the arrow in the head of the column that the rows are sorted by.
const ARROW: u32 = 16;
/// Width of a character of the mono face, in tenths of a pixel.
const MONO: u32 = 73;

/// How the columns of a table share its width.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fit {
    /// In pixels, one for each column.
    pub widths: Vec<u32>,
    /// Places of the columns that give way.
    pub away: Vec<usize>,
    /// Whether the table is wider than the room, and has to be scrolled sideways.
    pub scrolls: bool,
}

/// What there is for columns. Fonts differ by a fifth, so that they are measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Room {
    /// In pixels.
    pub width: u32,
    /// Width of a hundred digits in the face of the table.
    pub digits: u32,
    /// Width of a hundred letters, as they come in sentences.
    pub letters: u32,
}

/// Width that a column has to have, that is enough for most of its values, and that is enough for all.
fn span(column: &Column, sorted: bool, room: Room) -> [u32; 3] {
    let part = |count: u32, hundred: u32, percent: u32| (count * hundred * percent).div_ceil(10_000);
    let dotted = matches!(column.kind, Kind::Choice { values, .. } if values.iter().any(|choice| choice.tone != Tone::Plain));
    let value = |count: u32| match column.kind {
        Kind::Ip | Kind::Id => count * MONO / 10,
        // In a smaller size, and not of digits alone.
        Kind::Time => part(count, room.digits, 82),
        // Names have capitals and digits, which are wider.
        _ => part(count, room.letters, 112) + if dotted { DOT } else { 0 },
    };
    // Bold, and perhaps in two lines.
    let word = column.label.said().split(' ').map(|word| word.chars().count()).max().unwrap_or_default();
    let head = part(u32::try_from(word).unwrap_or_default(), room.letters, 120) + if sorted { ARROW } else { 0 };
    let (least, most) = (u32::from(column.chars.0), u32::from(column.chars.1));
    let all = match column.kind {
        Kind::Ip => 39,
        Kind::LongText => 2 * most,
        _ => most,
    };
    [least, most, all].map(|count| PADDING + head.max(value(count)))
}

/// Lets columns share the room. `giving`: where they do not fit, columns give way, the least worthy first, but never the one that the
/// rows are sorted by. Otherwise, and where they still do not fit, the table is scrolled sideways.
pub fn fit(query: &Query, room: Room, giving: bool) -> Fit {
    let sort = query.sort.column;
    let spans: Vec<_> = query.columns.iter().map(|column| span(column, *column == sort, room)).collect();
    let mut shown: Vec<usize> = (0..spans.len()).collect();
    let least = |shown: &[usize]| shown.iter().map(|at| spans[*at][0]).sum::<u32>();
    while giving && least(&shown) > room.width && shown.len() > 1 {
        // Of several of one worth the last.
        let worth = |at: &usize| (query.columns[*at] == sort, query.columns[*at].worth, std::cmp::Reverse(*at));
        let Some(away) = shown.iter().copied().min_by_key(worth) else { break };
        shown.retain(|at| *at != away);
    }
    let away = (0..spans.len()).filter(|at| !shown.contains(at)).collect();
    let Some(left) = room.width.checked_sub(least(&shown)) else {
        // What is scrolled may as well be read.
        return Fit { widths: spans.iter().map(|span| span[1]).collect(), away, scrolls: true };
    };
    let mut widths: Vec<u32> = spans.iter().map(|span| span[0]).collect();
    let mut left = left;
    let mut grow = |to: &dyn Fn(usize) -> u32| {
        let wish: u32 = shown.iter().map(|at| to(*at)).sum();
        let more = left.min(wish);
        for at in &shown {
            widths[*at] += to(*at) * more / wish.max(1);
        }
        left -= more;
    };
    // A part of an address says nothing: addresses first, then all as much as most values need, then more.
    let addresses = |at: usize| if query.columns[at].kind == Kind::Ip { spans[at][1] - spans[at][0] } else { 0 };
    grow(&addresses);
    grow(&|at| spans[at][1] - spans[at][0] - addresses(at));
    grow(&|at| spans[at][2] - spans[at][1]);
    let total: u32 = shown.iter().map(|at| spans[*at][2]).sum();
    grow(&|at| spans[at][2] * room.width.saturating_sub(total) / total.max(1));
    Fit { widths, away, scrolls: false }
}

/// Whether the columns are the report's own, and not chosen by hand.
pub fn is_own(query: &Query) -> bool {
    query.columns.iter().copied().eq(query.report.shown())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Sort};
    use crate::reports::{ALL, AUDIT_TRACKING, PASSWORD_OPERATION};

    /// DejaVu Sans Condensed, which is wider than the faces that most people have.
    const WIDE: Room = Room { width: 0, digits: 744, letters: 627 };
    /// What a window of 1,440 px leaves with the menu open, with the boxes to choose rows and the actions of an administrator.
    const DESK: u32 = 1440 - 220 - 40 - 32;

    const SCROLL_BAR: u32 = 15;

    fn of(query: &Query, width: u32) -> Fit {
        fit(query, Room { width, ..WIDE }, true)
    }

    fn away(query: &Query, width: u32) -> Vec<&'static str> {
        of(query, width).away.into_iter().map(|at| query.columns[at].key).collect()
    }

    #[test]
    fn the_columns_of_every_report_fit_a_desk() {
        for report in ALL {
            let query = Query::all(report);
            // Where there are no boxes, the first column begins 18 px further to the right instead.
            let desk = if report.actions.is_some() { DESK } else { DESK + 40 - 18 } - SCROLL_BAR;
            assert!(away(&query, desk).is_empty(), "{}: {:?} give way", report.key, away(&query, desk));
        }
    }

    #[test]
    fn what_does_not_fit_gives_way_in_the_order_of_its_worth() {
        let query = Query::all(&PASSWORD_OPERATION);
        let mut before = Vec::new();
        for width in (200..DESK).rev() {
            let now = away(&query, width);
            assert!(before.iter().all(|key| now.contains(key)), "{width}: {before:?} gave way to a narrower table, {now:?}");
            let Fit { widths, away, scrolls } = of(&query, width);
            let total: u32 = (0..widths.len()).filter(|at| !away.contains(at)).map(|at| widths[at]).sum();
            assert!(scrolls || (total <= width && total + 20 > width), "{width}: {total} px");
            before = now;
        }
        let away = away(&query, 420);
        let kept: Vec<_> = query.columns.iter().map(|column| column.key).filter(|key| !away.contains(key)).collect();
        assert_eq!(kept, ["device", "status", "schedule_date"]);
    }

    #[test]
    fn the_column_of_the_sort_stays() {
        let mut query = Query::all(&PASSWORD_OPERATION);
        query.sort = Sort { column: query.columns[2], direction: Direction::Ascending };
        assert!(!away(&query, 400).contains(&"credential_type"));
    }

    #[test]
    fn columns_chosen_by_hand_are_never_away() {
        let query = Query { columns: PASSWORD_OPERATION.columns.iter().collect(), ..Query::all(&PASSWORD_OPERATION) };
        assert!(!is_own(&query));
        let narrow = fit(&query, Room { width: 500, ..WIDE }, is_own(&query));
        assert!(narrow.away.is_empty() && narrow.scrolls);
    }

    #[test]
    fn an_address_is_whole_where_there_is_room() {
        let ip = |query: &Query, width| {
            query.columns.iter().zip(of(query, width).widths).find(|(column, _)| column.kind == Kind::Ip).map(|(_, width)| width)
        };
        let audit = Query::all(&AUDIT_TRACKING);
        assert_eq!(ip(&audit, DESK + 24), Some(12 + 33 * 73 / 10), "on a desk, one as long as they usually are");
        assert!(ip(&audit, 1900) >= Some(12 + 39 * 73 / 10), "on a wide screen, the longest there is");
    }
}
