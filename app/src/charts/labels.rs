//! Which labels of a row are shown, so that none touches another.

use super::boxes::TENTHS;
use super::text::{fitted, width};

/// A label that is shown, and where its middle is, in tenths of a pixel.
#[derive(Debug, PartialEq)]
pub struct Shown {
    pub index: usize,
    pub text: String,
    pub middle: i32,
}

impl Shown {
    /// Its left and right end.
    pub fn ends(&self) -> (i32, i32) {
        let half = (width(&self.text) + 1) / 2;
        (self.middle - half, self.middle + half)
    }
}

/// As many of the labels as fit, evenly apart, the last one among them: the latest day is what readers look for. Each stands under the middle that it is given, or is moved as far as it takes to be
/// within the picture, and none is wider than a third of it. Empty ones count as none.
pub fn spread<'a>(labels: impl Iterator<Item = (&'a str, i32)>, picture: i32) -> Vec<Shown> {
    let mut all: Vec<Shown> = labels
        .enumerate()
        .filter(|(_, (text, _))| !text.is_empty())
        .map(|(index, (text, middle))| {
            let text = fitted(text, picture / 3);
            let half = (width(&text) + 1) / 2;
            Shown { index, text, middle: middle.min(picture - half).max(half) }
        })
        .collect();
    let count = all.len();
    let apart = (1..=count).find(|apart| fits(&all, *apart)).unwrap_or(1);
    let mut at = 0;
    all.retain(|_| {
        at += 1;
        (count - at).is_multiple_of(apart)
    });
    all
}

/// Whether all of them fit, without one left out.
pub fn all_fit<'a>(labels: impl Iterator<Item = (&'a str, i32)>, room: i32) -> bool {
    let mut labels = labels;
    labels.all(|(text, _)| width(text) + GAP <= room)
}

/// The least room between two labels: 12 pixels.
pub const GAP: i32 = 12 * TENTHS;

fn fits(all: &[Shown], apart: usize) -> bool {
    let clear = |left: &Shown, right: &Shown| left.ends().1 + GAP <= right.ends().0;
    let count = all.len();
    let first = (count - 1) % apart;
    (first..count).step_by(apart).zip((first..count).step_by(apart).skip(1)).all(|(left, right)| clear(&all[left], &all[right]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(texts: &[String], picture: i32) -> Vec<Shown> {
        let column = picture / texts.len().max(1) as i32;
        spread(texts.iter().enumerate().map(|(at, text)| (text.as_str(), column * at as i32 + column / 2)), picture)
    }

    #[test]
    fn labels_never_overlap_and_the_last_is_there() {
        for count in [1, 2, 3, 15, 31, 45, 365, 3_653] {
            for picture in [3_200, 7_000, 12_000] {
                let texts: Vec<String> = (0..count).map(|day| format!("{} Nov", day + 1)).collect();
                let shown = row(&texts, picture);
                assert_eq!(shown.last().map(|label| label.index), Some(count - 1));
                for pair in shown.windows(2) {
                    assert!(pair[0].ends().1 + GAP <= pair[1].ends().0, "{count} in {picture}");
                    assert_eq!(pair[1].index - pair[0].index, shown[1].index - shown[0].index, "evenly apart");
                }
                assert!(shown.iter().all(|label| label.ends().0 >= 0 && label.ends().1 <= picture));
            }
        }
    }

    #[test]
    fn a_label_without_end_is_cut() {
        let texts = vec!["x".repeat(100_000), "\u{202e}<script>".to_owned(), String::new()];
        let shown = row(&texts, 3_200);
        assert!(shown.iter().all(|label| width(&label.text) <= 3_200 / 3));
        assert_eq!(shown.last().map(|label| label.index), Some(1), "an empty label is none");
        assert!(row(&[], 3_200).is_empty());
    }
}
