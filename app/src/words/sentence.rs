//! A text with its facts, said when it is known who reads it.

use super::language::{Words, fill, here};
use super::text::Text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// What is to be said. Two are equal where they say the same.
#[derive(Clone)]
pub enum Sentence {
    Of(Text, Arc<[Fact]>),
    /// Said already, by the server or by another program.
    Said(String),
}

/// Something that stands in a sentence.
#[derive(Debug, Clone)]
pub enum Fact {
    Word(String),
    Number(i64),
    Text(Text),
    Sentence(Sentence),
}

/// The facts of a sentence that is being made. What it does is not inlined: sentences are made all over the page, and each place counts.
#[derive(Default)]
pub struct Facts(Vec<Fact>);

impl Facts {
    pub fn with(self, fact: impl Into<Fact>) -> Self {
        self.and(fact.into())
    }

    #[inline(never)]
    fn and(mut self, fact: Fact) -> Self {
        self.0.push(fact);
        self
    }

    /// For whoever reads.
    #[inline(never)]
    pub fn said(self, text: Text) -> String {
        here().say(text, &self.0)
    }

    /// A sentence that is said later.
    pub fn of(self, text: Text) -> Sentence {
        Sentence::Of(text, self.0.into())
    }
}

impl Sentence {
    /// For whoever reads.
    pub fn said(&self) -> Cow<'_, str> {
        self.told(here())
    }

    pub fn told(&self, words: &Words) -> Cow<'_, str> {
        match self {
            Self::Of(text, facts) if facts.is_empty() => words.text(*text).into(),
            Self::Of(text, facts) => words.say(*text, facts).into(),
            Self::Said(said) => said.into(),
        }
    }
}

/// What it says.
impl fmt::Debug for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.said(), f)
    }
}

impl PartialEq for Sentence {
    fn eq(&self, other: &Self) -> bool {
        self.said() == other.said()
    }
}

impl Eq for Sentence {}

impl Words {
    /// A text with its facts, in the order of its table.
    pub fn say(&self, text: Text, facts: &[Fact]) -> String {
        let text = self.text(text);
        let form = match facts.first() {
            Some(Fact::Number(count)) if text.contains('\t') => self.form(text, *count),
            _ => text,
        };
        let mut said = String::new();
        fill(form, &mut said, &mut |at, said| {
            if let Some(fact) = facts.get(at) {
                fact.tell(self, said);
            }
        });
        said
    }
}

impl Fact {
    fn tell(&self, words: &Words, said: &mut String) {
        match self {
            Self::Word(word) => said.push_str(word),
            Self::Number(number) => said.push_str(&words.number(*number)),
            Self::Text(text) => said.push_str(words.text(*text)),
            Self::Sentence(sentence) => said.push_str(&sentence.told(words)),
        }
    }
}

/// For logs and for what is kept: in English.
#[cfg(not(target_arch = "wasm32"))]
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(&super::language::LANGUAGES[0]))
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl From<Sentence> for String {
    fn from(sentence: Sentence) -> Self {
        sentence.to_string()
    }
}

/// For the reader of the page.
#[cfg(target_arch = "wasm32")]
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said())
    }
}

/// It travels as text, for whoever reads.
impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.said())
    }
}

impl<'de> Deserialize<'de> for Sentence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::Said)
    }
}

/// `a, b, c`: names, or the words of a list.
pub fn listed<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let mut all = String::new();
    for name in names {
        if !all.is_empty() {
            all.push_str(", ");
        }
        all.push_str(name.as_ref());
    }
    all
}

/// `a or b or c`.
pub fn any_of(names: impl IntoIterator<Item = impl Into<Fact>>) -> Sentence {
    let mut names = names.into_iter().map(Into::into);
    let first = match names.next() {
        Some(Fact::Sentence(sentence)) => sentence,
        Some(Fact::Text(text)) => text.into(),
        Some(Fact::Word(word)) => Sentence::Said(word),
        Some(Fact::Number(number)) => Sentence::Said(number.to_string()),
        None => Sentence::Said(String::new()),
    };
    names.fold(first, |all, next| crate::sentence!("list.or", one = all, other = next))
}

impl From<Text> for Sentence {
    fn from(text: Text) -> Self {
        Self::Of(text, Arc::default())
    }
}

impl From<String> for Sentence {
    fn from(said: String) -> Self {
        Self::Said(said)
    }
}

impl From<&str> for Sentence {
    fn from(said: &str) -> Self {
        Self::Said(said.to_owned())
    }
}

impl From<Text> for Fact {
    #[inline(never)]
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<Sentence> for Fact {
    #[inline(never)]
    fn from(sentence: Sentence) -> Self {
        Self::Sentence(sentence)
    }
}

impl From<&Sentence> for Fact {
    #[inline(never)]
    fn from(sentence: &Sentence) -> Self {
        Self::Sentence(sentence.clone())
    }
}

impl From<String> for Fact {
    #[inline(never)]
    fn from(word: String) -> Self {
        Self::Word(word)
    }
}

impl From<&str> for Fact {
    #[inline(never)]
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

impl From<&String> for Fact {
    #[inline(never)]
    fn from(word: &String) -> Self {
        Self::Word(word.clone())
    }
}

impl From<Cow<'_, str>> for Fact {
    #[inline(never)]
    fn from(word: Cow<'_, str>) -> Self {
        Self::Word(word.into_owned())
    }
}

impl From<i64> for Fact {
    #[inline(never)]
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u16> for Fact {
    #[inline(never)]
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl From<u32> for Fact {
    #[inline(never)]
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Fact {
    #[inline(never)]
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Fact {
    #[inline(never)]
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
