//! Lines that are no text.

/// Why a line is not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoText {
    /// Longer than [`MAX_LINE`](super::lines::MAX_LINE).
    TooLong,
    /// Longer than [`MAX_ITEM`](super::cutter::MAX_ITEM).
    TooLongItem,
    Nul,
    NotUtf8,
    Utf16,
    /// Shorter than the count of bytes before it, or cut by such a count, or what it left.
    WrongLength,
    /// The body ended inside a JSON array.
    OpenArray,
    /// Something stands behind the end of a JSON array.
    BehindArray,
}

impl NoText {
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "longer than 16 MiB",
            Self::TooLongItem => "longer than 1 MiB",
            Self::Nul => "contains a NUL byte",
            Self::NotUtf8 => "not UTF-8",
            Self::Utf16 => "UTF-16, not UTF-8",
            Self::WrongLength => "cut: it did not come whole, or the count of bytes before it or before the message ahead of it is wrong",
            Self::OpenArray => "the JSON array is not closed: the body was cut off",
            Self::BehindArray => "something stands behind the end of the JSON array",
        }
    }
}
