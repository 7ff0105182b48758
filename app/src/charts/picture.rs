//! A whole SVG picture, and the text in it.

use super::backend::SvgBackend;
use super::boxes::Size;
use super::ink::{Ink, Paint};
use super::text::FONT_SIZE;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::Text;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, TextStyle};
use std::convert::Infallible;
use std::fmt::Write as _;

/// What a step of drawing comes to.
pub(super) type Done = Result<(), DrawingAreaErrorKind<Infallible>>;

/// The whole picture, in tenths of a pixel.
pub(super) type Root<'a> = DrawingArea<SvgBackend<'a>, Shift>;

/// A picture of a size. `name` has to be the only one of its kind in the document: letters, digits and hyphens.
pub(super) fn picture(name: &str, Size { width, height }: Size, paint: Paint, draw: impl FnOnce(&Root) -> Done) -> String {
    let mut svg = String::with_capacity(4096);
    let _ = write!(svg, r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}""#);
    match paint {
        // The page says in words what the picture shows.
        Paint::Classes => svg.push_str(r#" class="chart" aria-hidden="true" focusable="false">"#),
        Paint::Colours => drop(write!(svg, r#" font-family="{FACES}" font-size="{FONT_SIZE}">"#)),
    }
    let hatch: String =
        name.chars().filter(|character| character.is_ascii_alphanumeric() || *character == '-').chain("-hatch".chars()).collect();
    let root = SvgBackend::new(&mut svg, (width, height), paint, hatch).into_drawing_area();
    let done = draw(&root).and_then(|()| root.present());
    debug_assert!(done.is_ok(), "writing into memory does not fail: {done:?}");
    drop(root);
    svg.push_str("</svg>");
    svg
}

/// A text at a point of the whole picture.
pub(super) fn label<S: AsRef<str>>(text: S, at: (i32, i32), ink: Ink, across: HPos, down: VPos) -> Text<'static, (i32, i32), String> {
    // The family by its kind: by its name, plotters would bring tables of Unicode along to look for it.
    let font = FontDesc::new(FontFamily::SansSerif, f64::from(FONT_SIZE), FontStyle::Normal);
    Text::new(text.as_ref().to_owned(), at, TextStyle { font, color: ink.to_backend_color(), pos: Pos::new(across, down) })
}

/// The faces of the page, for a picture that stands alone.
const FACES: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";
