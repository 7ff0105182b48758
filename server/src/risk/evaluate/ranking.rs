//! Figures of a ranking.

/// How well a ranking has those on top that belong there. All are from 0 to 1.
///
/// Rows of equal score could stand in any order. The figures are what all these orders give on average: they need no chance, and favour
/// nobody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Precision at k: the share of labelled rows among the k highest, where k is the number of labelled rows.
    pub precision_at_k: f64,
    /// The share of labelled rows that are found when 0.5% of the others are flagged.
    pub recall_at_half_percent: f64,
    /// The same with 5%.
    pub recall_at_five_percent: f64,
}

/// Rows of equal score.
#[derive(Default)]
struct Tie {
    labels: usize,
    others: usize,
}

impl Figures {
    /// Of scores and labels, of which there are some and some not.
    pub(super) fn of(mut rows: Vec<(f64, bool)>) -> Self {
        rows.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let labels = rows.iter().filter(|(_, label)| *label).count();
        let others = rows.len() - labels;
        let ties: Vec<Tie> = rows
            .chunk_by(|(a, _), (b, _)| a == b)
            .map(|tie| {
                let labels = tie.iter().filter(|(_, label)| *label).count();
                Tie { labels, others: tie.len() - labels }
            })
            .collect();
        let share = |found: f64| found / labels as f64;
        Self {
            precision_at_k: share(among(&ties, labels)),
            recall_at_half_percent: share(before(&ties, others / 200)),
            recall_at_five_percent: share(before(&ties, others / 20)),
        }
    }
}

/// How many labelled rows are among so many highest.
fn among(ties: &[Tie], mut places: usize) -> f64 {
    let mut found = 0.0;
    for tie in ties {
        let rows = tie.labels + tie.others;
        let taken = rows.min(places);
        found += tie.labels as f64 * taken as f64 / rows as f64;
        places -= taken;
    }
    found
}

/// How many labelled rows stand before the first of the others that is one too many.
fn before(ties: &[Tie], mut allowed: usize) -> f64 {
    let mut found = 0.0;
    for tie in ties {
        if tie.others > allowed {
            // The others part the labelled rows of a tie into `others + 1` groups, which are equally large on average.
            return found + (tie.labels * (allowed + 1)) as f64 / (tie.others + 1) as f64;
        }
        allowed -= tie.others;
        found += tie.labels as f64;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_counted_by_hand() {
        // Two labelled rows: the highest one, and one with two of the others before it.
        let mut rows: Vec<(f64, bool)> = (0..100).map(|n| (f64::from(n), false)).collect();
        rows.push((200.0, true));
        rows.push((97.5, true));
        let figures = Figures::of(rows);
        assert_eq!(figures, Figures { precision_at_k: 0.5, recall_at_half_percent: 0.5, recall_at_five_percent: 1.0 });
    }

    #[test]
    fn ties_are_the_average_of_their_orders() {
        // In one tie a labelled row and two others, of which none may be flagged: it comes first in one order of three.
        let figures = Figures::of(vec![(1.0, true), (1.0, false), (1.0, false)]);
        assert_eq!(figures, Figures { precision_at_k: 1.0 / 3.0, recall_at_half_percent: 1.0 / 3.0, recall_at_five_percent: 1.0 / 3.0 });
    }
}
