//! Short texts in which nothing was found lately. The same people, devices and words come line after line: to know one again costs less than to
//! look through it once more.

use rustc_hash::FxHasher;
use std::cell::RefCell;
use std::hash::Hasher;
use std::thread::LocalKey;

/// Longest text that is kept, in bytes.
const LONGEST: usize = 64;
/// How many are kept; each has one place, which the next one takes.
const PLACES: usize = 2048;

thread_local! {
    /// Texts without a secret.
    pub(super) static TEXTS: Harmless = Harmless::new();
    /// Names that announce none.
    pub(super) static NAMES: Harmless = Harmless::new();
}

/// What each thread has found to be harmless.
pub(super) struct Harmless(RefCell<Vec<String>>);

impl Harmless {
    fn new() -> Self {
        Self(RefCell::new(vec![String::new(); PLACES]))
    }

    /// Whether the text is harmless: known to be, or as `look` says.
    pub fn is(this: &'static LocalKey<Self>, text: &str, look: impl FnOnce() -> bool) -> bool {
        if text.is_empty() || text.len() > LONGEST {
            return look();
        }
        let mut hasher = FxHasher::default();
        hasher.write(text.as_bytes());
        let place = hasher.finish() as usize % PLACES;
        if this.with(|it| it.0.borrow()[place] == text) {
            return true;
        }
        let harmless = look();
        if harmless {
            this.with(|it| {
                let mut kept = it.0.borrow_mut();
                kept[place].clear();
                kept[place].push_str(text);
            });
        }
        harmless
    }
}
