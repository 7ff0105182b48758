//! Where things are in a picture, in pixels from its upper left corner.

/// Tenths of a pixel: what plotters takes for a pixel here, so that a line may run between two of them.
pub(super) const TENTHS: i32 = 10;

/// The size of a picture in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    /// The size within what can be drawn: no smaller than the widest number beside the axis needs, no larger than any screen.
    pub(super) fn drawable(self, least: Self) -> Self {
        Self { width: self.width.clamp(least.width, 8_192), height: self.height.clamp(least.height, 8_192) }
    }
}

/// A part of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A column of a picture; columns touch, and together are as wide as the plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnBox {
    pub x: f64,
    pub width: f64,
}

/// Where in a picture the data is drawn, in whole pixels; around it are labels.
#[derive(Clone, Copy)]
pub(super) struct Plot {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl Plot {
    /// From left to right, in tenths.
    pub const fn across(self) -> (i32, i32) {
        (self.left * TENTHS, self.right * TENTHS)
    }

    /// From bottom to top, in tenths.
    pub const fn upward(self) -> (i32, i32) {
        (self.bottom * TENTHS, self.top * TENTHS)
    }

    pub fn rect(self) -> Rect {
        Rect {
            x: f64::from(self.left),
            y: f64::from(self.top),
            width: f64::from(self.right - self.left),
            height: f64::from(self.bottom - self.top),
        }
    }
}

/// Tenths as pixels.
pub(super) fn pixels(tenths: i32) -> f64 {
    f64::from(tenths) / f64::from(TENTHS)
}
