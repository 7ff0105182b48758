//! SQL put together from pieces.

/// A piece of SQL and the values of its `?`.
#[derive(Debug, Clone)]
pub struct Piece<V> {
    pub text: String,
    pub values: Vec<V>,
}

impl<V> Default for Piece<V> {
    fn default() -> Self {
        Self { text: String::new(), values: Vec::new() }
    }
}

impl<V: Clone> Piece<V> {
    pub fn new(text: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
        Self { text: text.into(), values: values.into_iter().collect() }
    }

    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    pub fn add(&mut self, other: &Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values.iter().cloned());
        self
    }
}
