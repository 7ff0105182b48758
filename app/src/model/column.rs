//! What a column is. A report's columns are declared once, with the builder functions here; what they are called is in the words.

use super::{Cell, duration};
use crate::text;
use crate::words::{Text, Words, find};

/// A column of a report, declared as a constant.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Name in URLs, in the REST API and in the database: lower case and `_`.
    pub key: &'static str,
    /// Name on the screen.
    pub label: Text,
    /// One sentence that says what the value means.
    pub help: Text,
    pub kind: Kind,
    /// Shown until the reader chooses otherwise.
    pub shown: bool,
    /// How much the reader would miss it: where there is no room for all columns, the one of least worth gives way first.
    pub worth: u8,
    /// Characters of a value that have to be seen, and as many as most values have.
    pub chars: (u8, u8),
    /// Where the value stands in the details panel.
    pub group: Group,
    /// Vigia finds the value out itself: it does not come with an event, and is missing until then.
    pub derived: bool,
    /// The value says how things stand with the event by now: Vigia sets it after the event was stored, and may change it. No event brings one.
    pub standing: bool,
}

/// The shape of a column's values. It decides which filters the column offers and how it is drawn and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The event's [`EventId`](super::EventId).
    Id,
    /// A name or another short text.
    Text,
    /// Text that may be pages long: a justification, a message. Sorted by its first 64 characters.
    LongText,
    /// A word out of a list. An open list grows with what sources send.
    Choice {
        values: &'static [Choice],
        open: bool,
    },
    Time,
    /// 0 or more.
    Number,
    /// A number of bytes.
    Bytes,
    /// How long something took, in milliseconds; people write it like `1m20s`.
    Duration,
    Ip,
    Flag,
}

/// A word a [`Kind::Choice`] column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What is kept, and stands in addresses and in the API.
    pub name: &'static str,
    /// What stands on the screen.
    pub label: Text,
    pub tone: Tone,
}

/// What a word means for the reader; decides its colour. The word itself is always shown beside the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Bad,
    Warning,
    Running,
    Scheduled,
    Muted,
}

/// The questions the details panel answers, in the order it shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    What,
    Who,
    When,
    Why,
    Record,
}

impl Group {
    pub const ALL: [Self; 5] = [Self::What, Self::Who, Self::When, Self::Why, Self::Record];

    pub const fn label(self) -> Text {
        match self {
            Self::What => text!("group.what"),
            Self::Who => text!("group.who"),
            Self::When => text!("group.when"),
            Self::Why => text!("group.why"),
            Self::Record => text!("group.record"),
        }
    }
}

/// A choice with no colour of its own.
pub const fn plain(name: &'static str) -> Choice {
    toned(name, Tone::Plain)
}

/// Key of the column with the system an event came from.
const SOURCE: &str = "source";
/// What Vigia itself has written is told at a glance from what other systems say: nobody else sends under this name.
const OWN: &[Choice] = &[Choice { name: "vigia", label: text!("choice.source.vigia"), tone: Tone::Scheduled }];

/// A choice with a meaning.
pub const fn toned(name: &'static str, tone: Tone) -> Choice {
    Choice { name, label: Text::NONE, tone }
}

/// The choices of a list, each with its words: `choice.LIST.NAME`.
pub const fn labelled<const N: usize>(list: &str, mut choices: [Choice; N]) -> [Choice; N] {
    let mut at = 0;
    while at < N {
        choices[at].label = Text::of(&["choice.", list, ".", choices[at].name]);
        at += 1;
    }
    choices
}

/// The columns of a report, each with its words: `report.REPORT.KEY.label` and `.help`. Those that every report has stand under `any`.
pub const fn named<const N: usize>(report: &str, mut columns: [Column; N]) -> [Column; N] {
    let mut at = 0;
    while at < N {
        columns[at].label = word(report, columns[at].key, ".label");
        columns[at].help = word(report, columns[at].key, ".help");
        at += 1;
    }
    columns
}

const fn word(report: &str, key: &str, what: &str) -> Text {
    match find(&["report.", report, ".", key, what]) {
        Some(text) => text,
        None => Text::of(&["report.any.", key, what]),
    }
}

impl Column {
    const fn new(key: &'static str, kind: Kind, group: Group) -> Self {
        let chars = match kind {
            Kind::Id => (13, 13),
            Kind::Text => (12, 18),
            Kind::LongText => (12, 50),
            Kind::Choice { .. } => (10, 19),
            Kind::Time => (19, 19),
            Kind::Number | Kind::Bytes => (6, 8),
            // IPv4 is seen whole; IPv6 may have 39, and seldom has more than 33.
            Kind::Ip => (15, 33),
            Kind::Duration => (8, 12),
            Kind::Flag => (3, 3),
        };
        Self { key, label: Text::NONE, help: Text::NONE, kind, shown: true, worth: 5, chars, group, derived: false, standing: false }
    }

    /// The id column every report starts with.
    pub const fn id() -> Self {
        Self::new("id", Kind::Id, Group::Record).hidden()
    }

    /// The source column every report ends with.
    pub const fn source() -> Self {
        Self::new(SOURCE, Kind::Text, Group::Record).hidden()
    }

    pub const fn text(key: &'static str, group: Group) -> Self {
        Self::new(key, Kind::Text, group)
    }

    pub const fn long_text(key: &'static str, group: Group) -> Self {
        Self::new(key, Kind::LongText, group)
    }

    /// A word of a fixed list.
    pub const fn choice(key: &'static str, group: Group, values: &'static [Choice]) -> Self {
        Self::new(key, Kind::Choice { values, open: false }, group)
    }

    /// A word of a list that sources may add to.
    pub const fn open_choice(key: &'static str, group: Group, values: &'static [Choice]) -> Self {
        Self::new(key, Kind::Choice { values, open: true }, group)
    }

    pub const fn time(key: &'static str) -> Self {
        Self::new(key, Kind::Time, Group::When)
    }

    pub const fn number(key: &'static str, group: Group) -> Self {
        Self::new(key, Kind::Number, group)
    }

    pub const fn bytes(key: &'static str, group: Group) -> Self {
        Self::new(key, Kind::Bytes, group)
    }

    pub const fn duration(key: &'static str, group: Group) -> Self {
        Self::new(key, Kind::Duration, group)
    }

    pub const fn ip(key: &'static str) -> Self {
        Self::new(key, Kind::Ip, Group::Who)
    }

    pub const fn flag(key: &'static str, group: Group) -> Self {
        Self::new(key, Kind::Flag, group)
    }

    /// Found out by Vigia: see [`Column::derived`].
    pub const fn derived(self) -> Self {
        Self { derived: true, ..self }
    }

    /// Says how things stand by now: see [`Column::standing`].
    pub const fn standing(self) -> Self {
        Self { standing: true, ..self }
    }

    /// Whether its values come with an event.
    pub const fn is_given(&self) -> bool {
        !self.derived && !self.standing
    }

    /// Not shown until the reader chooses it.
    pub const fn hidden(self) -> Self {
        Self { shown: false, ..self }
    }

    /// Gives way before those of a higher worth; 5 where nothing is said.
    pub const fn worth(self, worth: u8) -> Self {
        Self { worth, ..self }
    }

    /// Its values are shorter, or longer, than those of its kind usually are: see [`Column::chars`].
    pub const fn chars(self, least: u8, most: u8) -> Self {
        Self { chars: (least, most), ..self }
    }

    /// Whether the search box looks into this column: a text that the event itself says.
    pub const fn searched(&self) -> bool {
        self.is_given() && matches!(self.kind, Kind::Text | Kind::LongText | Kind::Choice { .. } | Kind::Ip)
    }

    /// What a program has to know of its values: what they mean, and in which unit they are. In English, as documents for programmers are.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn meaning(&self) -> String {
        let unit = if self.kind == Kind::Duration { " In milliseconds." } else { "" };
        format!("{}{unit}", self.help.english())
    }

    /// The choice that a value of this column is, if it is one of its list.
    pub fn listed(&self, value: &str) -> Option<&'static Choice> {
        let values = match self.kind {
            Kind::Choice { values, .. } => values,
            Kind::Text if self.key == SOURCE => OWN,
            _ => &[],
        };
        values.iter().find(|choice| choice.name.eq_ignore_ascii_case(value))
    }

    /// A cell of this column as it stands in a sentence: a choice and a duration in words, everything else as it is.
    pub fn word(&self, cell: &Cell, words: &Words) -> String {
        match cell {
            Cell::Text(text) => self.listed(text).map_or_else(|| text.clone(), |choice| words.text(choice.label).to_owned()),
            Cell::Number(millis) if self.kind == Kind::Duration => duration::sentence(*millis).told(words).into_owned(),
            other => other.plain(),
        }
    }

    /// The colour meaning of a value of this column.
    pub fn tone(&self, value: &str) -> Tone {
        self.listed(value).map_or(Tone::Plain, |choice| choice.tone)
    }
}
