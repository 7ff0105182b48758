//! What plotters draws on: SVG as text, with classes for colours.

use super::boxes::TENTHS;
use super::ink::{Ink, Paint};
use super::text::{self, FONT_SIZE};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use std::convert::Infallible;
use std::fmt::Write as _;

type Done = Result<(), DrawingErrorKind<Infallible>>;

/// Writes into a string what plotters draws. A pixel of plotters is a tenth of one of the picture.
///
/// Marks of one ink that follow each other become one path: a thousand bars are a thousand short pieces of it, not a thousand elements.
pub struct SvgBackend<'a> {
    out: &'a mut String,
    /// In tenths.
    size: (u32, u32),
    paint: Paint,
    /// The id of the hatching, which has to be the only one of that name in the document.
    hatch: String,
    /// The ink of the path that is being written.
    open: Option<Ink>,
    hatch_written: bool,
}

impl<'a> SvgBackend<'a> {
    pub fn new(out: &'a mut String, (width, height): (u32, u32), paint: Paint, hatch: String) -> Self {
        let tenths = TENTHS.unsigned_abs();
        Self { out, size: (width * tenths, height * tenths), paint, hatch, open: None, hatch_written: false }
    }

    fn look(&mut self, ink: Ink) {
        match self.paint {
            Paint::Classes => drop(write!(self.out, r#" class="{}""#, ink.class())),
            Paint::Colours => drop(write!(self.out, " {}", ink.attributes())),
        }
    }

    /// Starts a piece of a path at a point, in the path of its ink.
    fn start(&mut self, ink: Ink, at: BackendCoord) {
        if self.open != Some(ink) {
            self.close();
            if ink == Ink::Silent {
                self.define_hatch();
            }
            self.out.push_str("<path");
            self.look(ink);
            if ink == Ink::Silent {
                let _ = write!(self.out, r#" fill="url(#{})""#, self.hatch);
            }
            self.out.push_str(r#" d=""#);
            self.open = Some(ink);
        }
        self.out.push('M');
        self.pair(at);
    }

    /// The lines of a path from its first point on.
    fn lines(&mut self, ink: Ink, points: impl IntoIterator<Item = BackendCoord>, closed: bool) {
        let mut points = points.into_iter();
        let Some(mut last) = points.next() else { return };
        self.start(ink, last);
        // Pieces of a level stretch are one.
        let mut level = 0;
        for point in points {
            match (point.0 - last.0, point.1 - last.1) {
                (across, 0) => level += across,
                (across, down) => {
                    self.level(&mut level);
                    if across == 0 {
                        self.one('v', down);
                    } else {
                        self.out.push('l');
                        self.pair((across, down));
                    }
                }
            }
            last = point;
        }
        self.level(&mut level);
        if closed {
            self.out.push('z');
        }
    }

    fn level(&mut self, across: &mut i32) {
        if *across != 0 {
            self.one('h', std::mem::take(across));
        }
    }

    fn one(&mut self, command: char, tenths: i32) {
        self.out.push(command);
        number(self.out, tenths);
    }

    fn pair(&mut self, (x, y): (i32, i32)) {
        number(self.out, x);
        if y >= 0 {
            self.out.push(' ');
        }
        number(self.out, y);
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.out.push_str(r#""/>"#);
        }
    }

    fn define_hatch(&mut self) {
        if self.hatch_written {
            return;
        }
        self.hatch_written = true;
        let look = match self.paint {
            Paint::Classes => r#"class="c-hatch""#,
            Paint::Colours => r##"stroke="#b4bcc2""##,
        };
        let _ = write!(
            self.out,
            r#"<defs><pattern id="{}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path {look} d="M.5 0v5"/></pattern></defs>"#,
            self.hatch
        );
    }
}

impl DrawingBackend for SvgBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        self.close();
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Done {
        self.draw_rect((x, y), (x + 1, y + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.draw_path([from, to], style)
    }

    /// Whether it is filled, outlined or both is the ink's.
    fn draw_rect<S: BackendStyle>(&mut self, (left, top): BackendCoord, (right, bottom): BackendCoord, style: &S, _fill: bool) -> Done {
        self.fill_polygon([(left, bottom), (left, top), (right, top), (right, bottom)], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        self.lines(Ink::of(style.color()), path, false);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, corners: I, style: &S) -> Done {
        self.lines(Ink::of(style.color()), corners, true);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, (x, y): BackendCoord, radius: u32, style: &S, _fill: bool) -> Done {
        let radius = i32::try_from(radius).unwrap_or_default();
        self.start(Ink::of(style.color()), (x - radius, y));
        for way in [2 * radius, -2 * radius] {
            self.one('a', radius);
            self.out.push(' ');
            number(self.out, radius);
            self.out.push_str(" 0 1 0 ");
            self.pair((way, 0));
        }
        Ok(())
    }

    /// One line of text; where it stands to its point is in the style's anchor.
    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, (x, y): BackendCoord) -> Done {
        if text.is_empty() {
            return Ok(());
        }
        self.close();
        self.out.push_str("<text");
        self.look(Ink::of(style.color()));
        self.out.push_str(r#" x=""#);
        number(self.out, x);
        self.out.push_str(r#"" y=""#);
        // To the line that letters stand on: a capital is 0.72 of the size high.
        let down = match style.anchor().v_pos {
            VPos::Top => FONT_SIZE * TENTHS * 72 / 100,
            VPos::Center => FONT_SIZE * TENTHS * 36 / 100,
            VPos::Bottom => 0,
        };
        number(self.out, y + down);
        self.out.push_str(match style.anchor().h_pos {
            HPos::Left => r#"">"#,
            HPos::Center => r#"" text-anchor="middle">"#,
            HPos::Right => r#"" text-anchor="end">"#,
        });
        self.out.push_str(&text::escaped(text));
        self.out.push_str("</text>");
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(&self, text: &str, _style: &T) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok((text::width(text).unsigned_abs(), (FONT_SIZE * TENTHS).unsigned_abs()))
    }

    /// Nothing here draws a picture in a picture.
    fn blit_bitmap(&mut self, _at: BackendCoord, _size: (u32, u32), _pixels: &[u8]) -> Done {
        Ok(())
    }
}

/// Tenths as a number of pixels, as short as it can be: `12.3`, `-.5`, `0`.
fn number(out: &mut String, tenths: i32) {
    if tenths < 0 {
        out.push('-');
    }
    let (whole, part) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    let _ = match (whole, part) {
        (whole, 0) => write!(out, "{whole}"),
        (0, part) => write!(out, ".{part}"),
        (whole, part) => write!(out, "{whole}.{part}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::style::Color;

    fn drawn(paint: Paint, draw: impl FnOnce(&mut SvgBackend) -> Done) -> String {
        let mut out = String::new();
        let mut backend = SvgBackend::new(&mut out, (100, 50), paint, "h".to_owned());
        draw(&mut backend).and_then(|()| backend.present()).expect("nothing can fail");
        out
    }

    #[test]
    fn numbers_are_short() {
        for (tenths, said) in [(0, "0"), (10, "1"), (5, ".5"), (-5, "-.5"), (-123, "-12.3"), (1_200, "120")] {
            let mut out = String::new();
            number(&mut out, tenths);
            assert_eq!(out, said);
        }
    }

    #[test]
    fn marks_of_one_ink_are_one_path() {
        let svg = drawn(Paint::Classes, |backend| {
            let (bar, risk) = (Ink::Bar.to_backend_color(), Ink::Risk.to_backend_color());
            backend.draw_rect((0, 10), (20, 50), &bar, true)?;
            backend.draw_rect((30, 45), (50, 50), &bar, true)?;
            backend.draw_path([(10, 20), (40, 15), (40, 15)], &risk)
        });
        assert_eq!(svg, r#"<path class="c-bar" d="M0 5v-4h2v4zM3 5v-.5h2v.5z"/><path class="c-risk" d="M1 2l3-.5"/>"#);
    }

    #[test]
    fn without_a_stylesheet_the_look_is_in_attributes() {
        let svg = drawn(Paint::Colours, |backend| backend.draw_rect((0, 0), (10, 10), &Ink::Silent.to_backend_color(), true));
        assert!(svg.starts_with("<defs>") && svg.contains(r#"fill="url(#h)""#) && !svg.contains("class="), "{svg}");
    }
}
