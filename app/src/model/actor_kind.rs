//! What kind of somebody has acted.

/// Who or what acted: people are what reports are mostly read for, and there are far more events of machines. It is missing where the source does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    Person,
    /// A program with a name and credentials of its own: an application, a bot, a machine account.
    Service,
    /// The product that the event is of, by itself.
    System,
}

impl ActorKind {
    pub const ALL: [Self; 3] = [Self::Person, Self::Service, Self::System];
    /// All that are no people.
    pub const MACHINES: [Self; 2] = [Self::Service, Self::System];

    /// The word that is kept.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Service => "Service",
            Self::System => "System",
        }
    }

    /// The kind that a word means, without regard to the case of A to Z.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word().eq_ignore_ascii_case(word))
    }
}
