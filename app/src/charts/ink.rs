//! What a mark means, which is all that the drawing code says of how it looks.

use plotters::style::Color;
use plotters_backend::BackendColor;

/// How a picture says what its marks look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// By classes, for the page: `style/late/20-charts.css` has their colours.
    Classes,
    /// By colours on white, for what leaves the page: a file, a mail, a picture of pixels.
    Colours,
}

/// The meaning of a mark. plotters takes it for a colour; the backend writes its class, or its look where there is no stylesheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Lines across the plot at the numbers of the axis.
    Grid,
    /// The line at zero, and the small ones under it at the columns that have a label.
    Base,
    /// All text.
    Label,
    /// The title of a file.
    Title,
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

    /// Its look by light, as attributes, for a file that has no stylesheet.
    pub(super) fn attributes(self) -> &'static str {
        self.look().2
    }

    fn look(self) -> &'static (Self, &'static str, &'static str) {
        LOOKS.get(self as usize).unwrap_or(&LOOKS[0])
    }
}

impl Color for Ink {
    fn to_backend_color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: (0, 0, *self as u8) }
    }
}

/// In the order of the inks. The colours are those of the stylesheet by light.
const LOOKS: [(Ink, &str, &str); 16] = [
    (Ink::Grid, "c-grid", r##"fill="none" stroke="#e0e3e5" shape-rendering="crispEdges""##),
    (Ink::Base, "c-base", r##"fill="none" stroke="#8e979d" shape-rendering="crispEdges""##),
    (Ink::Label, "c-label", r##"fill="#556068""##),
    (Ink::Title, "c-title", r##"fill="#1a2229" font-weight="600""##),
    (Ink::Silent, "c-silent", ""),
    (Ink::Bar, "c-bar", r##"fill="#5e9ca5" shape-rendering="crispEdges""##),
    (Ink::BarSoFar, "c-bar-so-far", r##"fill="#e1f2f4" stroke="#5e9ca5" stroke-dasharray="3 2" shape-rendering="crispEdges""##),
    (Ink::Second, "c-second", r##"fill="#4a5a66" shape-rendering="crispEdges""##),
    (Ink::SecondSoFar, "c-second-so-far", r##"fill="#e8ebed" stroke="#4a5a66" stroke-dasharray="3 2" shape-rendering="crispEdges""##),
    (Ink::SecondLine, "c-second-line", r##"fill="none" stroke="#4a5a66""##),
    (Ink::Before, "c-before", r##"fill="#e4e8ea" shape-rendering="crispEdges""##),
    (Ink::BeforeEdge, "c-before-edge", r##"fill="none" stroke="#5d686f" shape-rendering="crispEdges""##),
    (Ink::RiskGround, "c-risk-ground", r##"fill="none" stroke="#fff" stroke-width="4" stroke-linejoin="round""##),
    (Ink::Risk, "c-risk", r##"fill="none" stroke="#8f5900" stroke-width="1.75" stroke-linejoin="round""##),
    (Ink::RiskSoFar, "c-risk-so-far", r##"fill="none" stroke="#8f5900" stroke-width="1.75" stroke-dasharray="3 2""##),
    (Ink::RiskDot, "c-risk-dot", r##"fill="#8f5900" stroke="#fff""##),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ink_comes_through_plotters_as_itself() {
        for (at, (ink, class, _)) in LOOKS.iter().enumerate() {
            assert_eq!(*ink as usize, at, "{class} stands in the place of its ink");
            assert_eq!(Ink::of(ink.to_backend_color()), *ink);
            assert_eq!(ink.class(), *class);
        }
    }

    #[test]
    fn the_stylesheet_has_each_class() {
        let stylesheet = include_str!("../../../style/late/20-charts.css");
        for (_, class, _) in LOOKS {
            assert!(stylesheet.contains(&format!(".{class} {{")) || stylesheet.contains(&format!(".{class},")), "{class}");
        }
    }
}
