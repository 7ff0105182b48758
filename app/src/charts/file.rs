//! A chart that stands alone: a file, or a part of a mail.

use super::boxes::{Size, TENTHS};
use super::ink::{Ink, Paint};
use super::picture::{label, picture};
use super::text;
use plotters::element::{PathElement, Rectangle};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};
use std::fmt::Write as _;

/// What a mark of a bar chart is called in its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The bars.
    Bars,
    /// The second series of bars.
    Second,
    /// The line of views with risk.
    Risk,
    /// The period before.
    Before,
    /// Columns in which a source was silent.
    Silent,
}

/// What stands over a picture that has left the page.
pub struct Sheet<'a> {
    /// What the picture shows, in a line: "Views a day, 1 to 15 November 2026, Europe/Madrid".
    pub title: &'a str,
    /// The marks, and what they are called; empty where there is no need.
    pub key: &'a [(Key, &'a str)],
}

impl Sheet<'_> {
    /// A whole SVG file from a picture that was drawn with [`Paint::Colours`] in the given size: on white, with title and key above.
    pub fn around(&self, picture_svg: &str, size: Size) -> String {
        let above = if self.key.is_empty() { 28 } else { 48 };
        let (width, height) = (size.width + 2 * MARGIN, size.height + above + 2 * MARGIN);
        let head = self.head(Size { width: size.width, height: above });
        let mut svg = String::with_capacity(picture_svg.len() + head.len() + 512);
        let _ = write!(
            svg,
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"><title>{}</title><rect width="{width}" height="{height}" fill="#fff"/>"##,
            text::escaped(&text::fitted(self.title, i32::MAX))
        );
        for (y, part) in [(MARGIN, head.as_str()), (MARGIN + above, picture_svg)] {
            let _ = write!(svg, r#"<g transform="translate({MARGIN} {y})">{part}</g>"#);
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn head(&self, size: Size) -> String {
        let end = size.width.cast_signed() * TENTHS;
        picture("head", size, Paint::Colours, |root| {
            // Bold letters are about a tenth wider than the table says.
            root.draw(&label(text::fitted(self.title, end * 88 / 100), (0, 0), Ink::Title, HPos::Left, VPos::Top))?;
            let (mut x, middle) = (0, 27 * TENTHS);
            for (key, name) in self.key {
                let (left, right) = (x, x + SWATCH);
                let name = text::fitted(name, end - right - BEFORE_NAME);
                if name.is_empty() {
                    break;
                }
                let line = |ink| PathElement::new([(left, middle), (right, middle)], ink);
                let block = |ink: Ink| Rectangle::new([(left, middle - 40), (right, middle + 40)], ink.filled());
                match key {
                    Key::Bars => root.draw(&block(Ink::Bar))?,
                    Key::Second => root.draw(&block(Ink::Second))?,
                    Key::Silent => root.draw(&block(Ink::Silent))?,
                    Key::Risk => root.draw(&line(Ink::Risk))?,
                    Key::Before => {
                        root.draw(&block(Ink::Before))?;
                        root.draw(&PathElement::new([(left, middle - 40), (right, middle - 40)], Ink::BeforeEdge))?;
                    }
                }
                root.draw(&label(&name, (right + BEFORE_NAME, middle), Ink::Label, HPos::Left, VPos::Center))?;
                x = right + BEFORE_NAME + text::width(&name) + 16 * TENTHS;
            }
            Ok(())
        })
    }
}

/// Pixels around the whole.
const MARGIN: u32 = 16;
/// The width of a mark in the key, in tenths of a pixel.
const SWATCH: i32 = 14 * TENTHS;
/// From a mark to its name.
const BEFORE_NAME: i32 = 5 * TENTHS;

#[cfg(test)]
mod tests {
    use super::super::check::{sound, texts};
    use super::super::{BarChart, Bucket};
    use super::*;

    fn file(title: &str, key: &[(Key, &str)]) -> String {
        let buckets = vec![Bucket::new("", "", 3).silent(), Bucket::new("", "", 5).with_risk(1).expect("a part").beside(2)];
        let chart = BarChart { name: "views".to_owned(), buckets, before: vec![4], size: Size { width: 600, height: 200 } };
        let drawn = chart.draw(Paint::Colours, &|number| number.to_string());
        Sheet { title, key }.around(&drawn.svg, chart.size)
    }

    #[test]
    fn a_file_needs_no_stylesheet() {
        let key = [
            (Key::Bars, "Views"),
            (Key::Second, "Sessions"),
            (Key::Risk, "Views with risk"),
            (Key::Before, "October"),
            (Key::Silent, "A source was silent"),
        ];
        let svg = file("Views a day", &key);
        sound(&svg);
        assert!(!svg.contains("class=") && !svg.contains("var("));
        for name in ["Views a day", "Views", "Sessions", "Views with risk", "October", "A source was silent"] {
            assert!(texts(&svg).iter().any(|text| text.3 == name), "{name} is there");
        }
    }

    #[test]
    fn what_others_wrote_is_text_in_a_file_too() {
        let svg = file("</title><script>alert(1)</script>\u{202e}\u{0}", &[(Key::Bars, "<b>\"&'")]);
        sound(&svg);
        assert!(!svg.contains("<script"));
        sound(&file(&"long ".repeat(10_000), &[(Key::Bars, &"long ".repeat(10_000)), (Key::Risk, "no room is left")]));
    }
}
