//! What Vigia says, apart from the code that says it.
//!
//! The texts are in `words/en.ini`, and in a file beside it for each further language. Code names a text by its key, which the compiler
//! looks up: what remains of it is a [`Text`], an index. The language is that of whoever reads: on the page it is one for the whole page, on
//! the server it is that of the request at hand ([`in_language`]).
//!
//! - `say!("key")` is the text, and `say!("key", name = value)` the text with its facts, for whoever reads.
//! - `text!("key")` and `sentence!("key", name = value)` are values that are said later, by [`Text::said`] and [`Sentence::said`]: labels in
//!   declarations, errors.
//!
//! Facts are given in the order in which they stand in the English text; where a number chooses the form, `count` comes first.

mod language;
#[cfg(feature = "csr")]
pub mod on_page;
#[cfg(not(target_arch = "wasm32"))]
mod plural;
mod sentence;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use language::fill;
#[cfg(not(target_arch = "wasm32"))]
pub use language::{LANGUAGES, choose, in_language};
pub use language::{Words, here};
#[cfg(feature = "csr")]
pub use language::{add, begin};
pub use sentence::{Fact, Facts, Sentence, any_of, listed};
pub(crate) use text::find;
pub use text::{Template, Text};

/// A text without facts, as a value. A key that is not there does not compile.
#[macro_export]
macro_rules! text {
    ($key:literal) => {
        const { $crate::words::Text::plain($key) }
    };
}

/// A text with its facts, as a value. A key that is not there does not compile, and neither do other facts than those of the text.
#[macro_export]
macro_rules! sentence {
    ($key:literal) => {
        $crate::words::Sentence::from($crate::text!($key))
    };
    ($key:literal, $($fact:ident = $value:expr),+ $(,)?) => {
        $crate::words::Facts::default()$(.with($value))+.of(const { $crate::words::Text::told($key, &[$(stringify!($fact)),+]) })
    };
}

/// A text for whoever reads: a `&'static str` without facts, a `String` with them.
#[macro_export]
macro_rules! say {
    ($key:literal) => {
        $crate::text!($key).said()
    };
    ($key:literal, $($fact:ident = $value:expr),+ $(,)?) => {
        $crate::words::Facts::default()$(.with($value))+.said(const { $crate::words::Text::told($key, &[$(stringify!($fact)),+]) })
    };
}
