//! The texts of one language, and which language is spoken.

use super::text::Text;
use serde::{Serialize, Serializer};
use std::cell::Cell;

include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// The texts of one language.
#[derive(Debug)]
pub struct Words {
    /// As BCP 47 names it: `en`, `pt-BR`.
    pub language: &'static str,
    texts: &'static [&'static str],
}

impl Words {
    /// The texts in the order of the tables (`build.rs`).
    pub const fn new(language: &'static str, texts: &'static [&'static str]) -> Self {
        Self { language, texts }
    }

    /// Every text, as it stands in the table.
    pub const fn texts(&self) -> &'static [&'static str] {
        self.texts
    }

    pub fn text(&self, text: Text) -> &'static str {
        self.entry(text)
    }

    fn entry(&self, text: Text) -> &'static &'static str {
        // A table of the page that is not there yet.
        self.texts.get(text.place()).unwrap_or(&"\u{2026}")
    }

    /// The form of the number's category; the last, `other`, where there is none.
    pub(super) fn form(&self, text: &'static str, count: i64) -> &'static str {
        let wanted = self.category(count);
        let mut chosen = "";
        for (category, form) in text.split('\t').filter_map(|form| form.split_once(' ')) {
            if category == wanted {
                return form;
            }
            if category == "other" {
                chosen = form;
            }
        }
        chosen
    }

    #[cfg(target_arch = "wasm32")]
    fn category(&self, count: i64) -> String {
        super::on_page::category(count)
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn category(&self, count: i64) -> &'static str {
        super::plural::category(self.language, count)
    }

    /// With the separators of the language on the page; elsewhere as programs write it.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn number(&self, number: i64) -> String {
        super::on_page::number(number, self.language)
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn number(&self, number: i64) -> String {
        number.to_string()
    }
}

/// Writes what stands in a table: its text as it is, and for each fact, by its number, what `put` writes.
pub(crate) fn fill(written: &str, said: &mut String, put: &mut dyn FnMut(usize, &mut String)) {
    let mut parts = written.split('\u{1}');
    said.push_str(parts.next().unwrap_or_default());
    for part in parts {
        if let Some((fact, rest)) = part.split_at_checked(1) {
            put(usize::from(fact.as_bytes()[0] - b'a'), said);
            said.push_str(rest);
        }
    }
}

#[cfg(target_arch = "wasm32")]
static NONE: Words = Words::new("en", &[]);

thread_local! {
    #[cfg(target_arch = "wasm32")]
    static HERE: Cell<&'static Words> = const { Cell::new(&NONE) };
    #[cfg(not(target_arch = "wasm32"))]
    static HERE: Cell<&'static Words> = const { Cell::new(&LANGUAGES[0]) };
}

/// The words of whoever reads what is being made: the page's, or those of the request at hand; English where nobody asks.
pub fn here() -> &'static Words {
    HERE.get()
}

impl Text {
    /// For whoever reads.
    pub fn said(self) -> &'static str {
        self.entry()
    }

    /// Not inlined, and one number large: each place where the page says something counts.
    #[inline(never)]
    fn entry(self) -> &'static &'static str {
        here().entry(self)
    }

    /// For logs, and for what is kept.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn english(self) -> &'static str {
        LANGUAGES[0].text(self)
    }
}

/// It travels as text, for whoever reads.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.said())
    }
}

/// Speaks a language on this page from now on, with the texts of its first table.
#[cfg(feature = "csr")]
pub fn begin(language: String, table: String) {
    speak(language.leak(), Vec::new(), table);
}

/// Adds the texts of the next table.
#[cfg(feature = "csr")]
pub fn add(table: String) {
    speak(here().language, here().texts.to_vec(), table);
}

/// A page speaks until it is closed: what is leaked is needed until then.
#[cfg(feature = "csr")]
fn speak(language: &'static str, mut texts: Vec<&'static str>, table: String) {
    texts.extend(table.leak().lines());
    HERE.set(Box::leak(Box::new(Words::new(language, texts.leak()))));
}

/// Does work in a language: what is said meanwhile is for somebody who reads that.
#[cfg(not(target_arch = "wasm32"))]
pub async fn in_language<F: Future>(words: &'static Words, work: F) -> F::Output {
    /// What this thread spoke before, also where the work panics.
    struct Before(&'static Words);
    impl Drop for Before {
        fn drop(&mut self) {
            HERE.set(self.0);
        }
    }
    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|context| {
        let _before = Before(HERE.replace(words));
        work.as_mut().poll(context)
    })
    .await
}

/// The language that a reader would rather have, by the header `Accept-Language`: the one they name first, whole or by its first part; the
/// first there is where they name none of them, English where there is none.
#[cfg(not(target_arch = "wasm32"))]
pub fn choose(accepted: &str, languages: &'static [Words]) -> &'static Words {
    let mut wanted: Vec<(&str, f32)> = accepted
        .split(',')
        .map(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
            (name.trim(), weight.trim().trim_start_matches("q=").parse().unwrap_or(0.0))
        })
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    wanted.sort_by(|a, b| b.1.total_cmp(&a.1));
    let primary = |name: &str| name.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let find = |name: &str| {
        let whole = languages.iter().find(|words| words.language.eq_ignore_ascii_case(name));
        whole.or_else(|| languages.iter().find(|words| primary(words.language) == primary(name)))
    };
    wanted.into_iter().find_map(|(name, _)| find(name)).or(languages.first()).unwrap_or(&LANGUAGES[0])
}
