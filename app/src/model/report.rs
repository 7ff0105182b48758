//! What a report is.

use super::{About, Action, Cell, Column, Kind, Role};
use crate::words::{Template, Text, Words, fill as fill_in, here};

/// A report, declared as a constant. Table, filters, sorting, URL, REST API, OpenAPI and storage follow from it.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    /// Name in URLs and in the REST API: lower case and `-`.
    pub key: &'static str,
    /// Name of its table in the database: lower case and `_`.
    pub table: &'static str,
    pub words: ReportWords,
    /// Its icon in the menu: `.icon-NAME` of `style/15-icons.css`.
    pub icon: &'static str,
    pub card: Card,
    pub about: About,
    /// Key of the column that holds the time of the event: the one the time range and the default sort, newest first, go by.
    pub time: &'static str,
    /// The first is always the id, the last always the source.
    pub columns: &'static [Column],
    /// The first is what an address shows that asks for nothing; none where that is every row.
    pub views: &'static [ReadyView],
    /// Whether an event has attempts to look at.
    pub attempts: bool,
    /// Whether the events that Vigia says of itself are backups, which administrators download, verify and restore for a drill.
    pub backups: bool,
    /// What can be done with its rows; `None` where they can only be read.
    pub actions: Option<RowActions>,
}

/// What a report is called, and how its events are told of.
#[derive(Debug, PartialEq, Eq)]
pub struct ReportWords {
    pub title: Text,
    /// One sentence on what the report proves.
    pub purpose: Text,
    /// One event in words. `{key}` stands for a column's value; a part in `[]` is left out when a value in it is missing.
    pub headline: Template,
    /// What happened, where there is no room for columns; written like the headline.
    pub card: Template,
}

impl ReportWords {
    /// `report.REPORT.title`, `.purpose`, `.headline` and `.card`.
    pub const fn of(report: &str) -> Self {
        Self {
            title: Text::of(&["report.", report, ".title"]),
            purpose: Text::of(&["report.", report, ".purpose"]),
            headline: Template::of(&["report.", report, ".headline"]),
            card: Template::of(&["report.", report, ".card"]),
        }
    }
}

/// A row where there is no room for columns: on a telephone.
#[derive(Debug, PartialEq, Eq)]
pub struct Card {
    /// Key of the column that says who it was, or where.
    pub who: &'static str,
    /// Key of the column whose word stands beside it.
    pub mark: &'static str,
}

/// A question to a report that is ready to be asked, declared with it. The page has a tab for each.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadyView {
    /// Name on its tab.
    pub name: Text,
    /// One sentence that says what it shows, and in which order.
    pub help: Text,
    /// Filters, search, time range and sort, as [`codec`](super::codec) reads them.
    pub query: &'static str,
}

impl ReadyView {
    /// A view of a report, with its words: `report.REPORT.KEY.name` and `.help`.
    pub const fn of(report: &str, key: &str, query: &'static str) -> Self {
        Self { name: Text::of(&["report.", report, ".", key, ".name"]), help: Text::of(&["report.", report, ".", key, ".help"]), query }
    }
}

/// What can be done with the rows of a report.
#[derive(Debug, PartialEq, Eq)]
pub struct RowActions {
    /// Who may; and whoever may do more.
    pub role: Role,
    /// Key of the column that says how a row stands: it decides which actions suit.
    pub status: &'static str,
    /// Key of the column that says when a row ended.
    pub ended: &'static str,
    /// The most likely one first.
    pub all: &'static [Action],
}

impl Report {
    /// The column of this key.
    pub fn column(&'static self, key: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.key == key)
    }

    /// Where the column of this key stands in [`Report::columns`].
    pub fn position(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == key)
    }

    pub fn is_time(&self, column: &Column) -> bool {
        column.key == self.time
    }

    /// Whether somebody of this role may do something with its rows.
    pub fn lets(&self, role: Role) -> bool {
        self.actions.as_ref().is_some_and(|actions| role >= actions.role)
    }

    /// The columns shown until the reader chooses otherwise.
    pub fn shown(&'static self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|column| column.shown)
    }

    /// The columns that can be filtered: all but the report's time, which the time range is for.
    pub fn filterable(&'static self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|column| !self.is_time(column))
    }

    /// The columns kept as they are: all but id and time, which are one.
    pub fn stored(&'static self) -> impl Iterator<Item = &'static Column> {
        self.filterable().filter(|column| column.kind != Kind::Id)
    }

    /// The columns whose values come with an event: all that are kept but the source, and what Vigia says itself.
    pub fn given(&'static self) -> impl Iterator<Item = &'static Column> {
        self.stored().filter(|column| column.is_given() && column.key != "source")
    }

    /// The columns that Vigia finds out itself. Where there are some, the first is a number that is missing until it has.
    pub fn derived(&'static self) -> impl Iterator<Item = &'static Column> {
        self.stored().filter(|column| column.derived)
    }

    /// Whether people review its events: it has the columns for what they say of them.
    pub fn is_reviewed(&self) -> bool {
        self.position("review").is_some()
    }

    /// The columns that a sentence about an event speaks of.
    pub fn told(&'static self, sentence: Template) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(move |column| sentence.facts.contains(&column.key))
    }

    /// A sentence about an event, of a row that has a cell for each column.
    pub fn say(&'static self, sentence: Template, cells: &[Cell], words: &Words) -> String {
        // `?` stands where a value is missing that is not left out.
        let fill = |part: &str| -> (String, bool) {
            let mut text = String::new();
            let mut complete = true;
            fill_in(part, &mut text, &mut |fact, text| {
                let at = sentence.facts.get(fact).and_then(|key| self.position(key));
                match at.and_then(|at| cells.get(at).filter(|cell| !cell.is_empty()).zip(self.columns.get(at))) {
                    Some((cell, column)) => text.push_str(&column.word(cell, words)),
                    None => {
                        complete = false;
                        text.push('?');
                    }
                }
            });
            (text, complete)
        };
        let mut said = String::new();
        let mut rest = words.text(sentence.text);
        while let Some((before, after)) = rest.split_once('[') {
            said.push_str(&fill(before).0);
            let (optional, after) = after.split_once(']').unwrap_or((after, ""));
            if let (text, true) = fill(optional) {
                said.push_str(&text);
            }
            rest = after;
        }
        said.push_str(&fill(rest).0);
        said
    }

    /// One event in words, for whoever reads, of a row that has a cell for each column.
    pub fn headline(&'static self, cells: &[Cell]) -> String {
        self.say(self.words.headline, cells, here())
    }

    /// The same for what is kept: in English.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn headline_kept(&'static self, cells: &[Cell]) -> String {
        self.say(self.words.headline, cells, &crate::words::LANGUAGES[0])
    }
}
