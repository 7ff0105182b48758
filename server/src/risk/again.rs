//! From where on views have to be scored again, as it is kept.

/// Where it is kept how far scoring is.
pub(super) const SPACE: &str = "risk";
/// The id from which on all views have to be scored again, with [`ALL`] behind it where what they are made of is another for each; empty where none
/// has to be.
pub(super) const AGAIN: &str = "again";

/// Behind an id: whatever the scores are, they are made of something else.
const ALL: &str = " all";

/// From where on views have to be scored again, and whether all of them are to be kept anew; nothing where none has to be.
pub(super) fn place(kept: &str) -> Option<(i64, bool)> {
    let (id, all) = kept.strip_suffix(ALL).map_or((kept, false), |id| (id, true));
    Some((id.parse().ok()?, all))
}

/// The same as it is kept.
pub(super) fn written(id: i64, all: bool) -> String {
    format!("{id}{}", if all { ALL } else { "" })
}
