//! Verdicts in words.

use super::cell;
use crate::model::{Tone, Verdict};
use crate::text;
use crate::words::Text;
use leptos::prelude::*;

/// A verdict in words.
pub const fn label(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Expected => text!("choice.verdict.Expected"),
        Verdict::FollowUp => text!("choice.verdict.Follow up"),
        Verdict::Incident => text!("choice.verdict.Incident"),
    }
}

/// The same in its colour.
pub fn drawn(verdict: Verdict) -> AnyView {
    let tone = match verdict {
        Verdict::Expected => Tone::Good,
        Verdict::FollowUp => Tone::Warning,
        Verdict::Incident => Tone::Bad,
    };
    cell::toned(label(verdict).said().to_owned(), tone)
}
