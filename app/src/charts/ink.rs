//! What a mark means, which is all that the drawing code says of how it looks.

use plotters::style::Color;
use plotters_backend::BackendColor;

/// The meaning of a mark. plotters takes it for a colour; the backend writes its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Lines across the plot at the numbers of the axis.
    Grid,
    /// The line at zero, and the small ones under it at the columns that have a label.
    Base,
    /// All text.
    Label,
    /// Columns in which a source said nothing.
    Silent,
    Bar,
    /// A bar of a time that is not over.
    BarSoFar,
    Second,
    SecondSoFar,
    /// The second series where there is no room for bars side by side.
    SecondLine,
    /// The period before.
    Before,
    /// Its upper edge.
    BeforeEdge,
    /// The ground around the line of risk, which keeps it apart from the bars under it.
    RiskGround,
    Risk,
    /// The line of risk on its way to a time that is not over.
    RiskSoFar,
    RiskDot,
}

impl Ink {
    /// What the backend is handed, read back.
    pub(super) fn of(color: BackendColor) -> Self {
        LOOKS.get(usize::from(color.rgb.2)).map_or(Self::Grid, |look| look.0)
    }

    /// Its class in the stylesheet.
    pub fn class(self) -> &'static str {
        self.look().1
    }

    fn look(self) -> &'static (Self, &'static str) {
        LOOKS.get(self as usize).unwrap_or(&LOOKS[0])
    }
}

impl Color for Ink {
    fn to_backend_color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: (0, 0, *self as u8) }
    }
}

/// In the order of the inks.
const LOOKS: [(Ink, &str); 15] = [
    (Ink::Grid, "c-grid"),
    (Ink::Base, "c-base"),
    (Ink::Label, "c-label"),
    (Ink::Silent, "c-silent"),
    (Ink::Bar, "c-bar"),
    (Ink::BarSoFar, "c-bar-so-far"),
    (Ink::Second, "c-second"),
    (Ink::SecondSoFar, "c-second-so-far"),
    (Ink::SecondLine, "c-second-line"),
    (Ink::Before, "c-before"),
    (Ink::BeforeEdge, "c-before-edge"),
    (Ink::RiskGround, "c-risk-ground"),
    (Ink::Risk, "c-risk"),
    (Ink::RiskSoFar, "c-risk-so-far"),
    (Ink::RiskDot, "c-risk-dot"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ink_comes_through_plotters_as_itself() {
        for (at, (ink, class)) in LOOKS.iter().enumerate() {
            assert_eq!(*ink as usize, at, "{class} stands in the place of its ink");
            assert_eq!(Ink::of(ink.to_backend_color()), *ink);
            assert_eq!(ink.class(), *class);
        }
    }

    #[test]
    fn the_stylesheet_has_each_class() {
        let stylesheet = include_str!("../../../style/late/20-charts.css");
        for (_, class) in LOOKS {
            assert!(stylesheet.contains(&format!(".{class} {{")) || stylesheet.contains(&format!(".{class},")), "{class}");
        }
    }
}
