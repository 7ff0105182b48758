//! Random rows, changes and questions, against a plain reading of the rows.

mod damaged;

use super::{Order, Question};
use crate::fold::{folded, text_key};
use crate::index::cache::Cache;
use crate::index::order::{key, sort_key};
use crate::index::segment::{Builder, Segment, merge};
use crate::index::snapshot::{Held, Snapshot};
use crate::store::ResolvedQuery;
use crate::store::cursor::Place;
use crate::store::value::{MISSING, Value, ip, ip_bytes};
use crate::veil::{Cover, Veil, cover};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use vigia_app::model::{
    About, Card, Column, Direction, EventId, Filter, Group, Kind, Moment, Query, Report, ReportWords, Sort, Test, TimeRange, Timestamp,
};
use vigia_app::words::Template;

/// A column of every kind.
static EVERY_KIND: Report = Report {
    key: "every-kind",
    table: "every_kind",
    words: ReportWords::of("password-view"),
    icon: "password-view",
    card: Card { who: "name", mark: "choice" },
    about: About {
        user: &["name"],
        device: Some("place"),
        username: None,
        governance_id: None,
        outcome: None,
        what: Template::of(&["report.password-view.card"]),
    },
    time: "date",
    columns: &[
        Column::id(),
        Column::time("date"),
        Column::text("name", Group::Who),
        Column::text("place", Group::Who),
        Column::long_text("story", Group::Why),
        Column::open_choice("choice", Group::What, &[]),
        Column::time("until"),
        Column::number("number", Group::What),
        Column::duration("took", Group::What),
        Column::ip("address"),
        Column::flag("flag", Group::What),
        Column::source(),
    ],
    views: &[],
    attempts: false,
    backups: false,
    actions: None,
};

type Rows = BTreeMap<i64, Vec<Value>>;

const SYLLABLES: [&str; 12] = ["a", "A", "é", "e\u{301}", "b", "İst", "ist", "ß", "ss", "-", "срв", "СРВ"];
const ADDRESSES: [&str; 7] = ["10.0.0.1", "10.0.0.200", "10.1.2.3", "192.168.7.7", "::1", "2001:db8::7", "2001:db8:1::1"];

fn text(random: &mut StdRng, most: usize) -> String {
    let syllables = random.random_range(0..=most);
    (0..syllables).map(|_| *SYLLABLES.choose(random).expect("some")).collect()
}

fn value(random: &mut StdRng, column: &Column, many: bool) -> Value {
    let number = |random: &mut StdRng| Value::Number(random.random_range(-1..if many { 5_000 } else { 5 }));
    match column.kind {
        Kind::Text if many => Value::Text(format!("{}{}", text(random, 1), random.random_range(0..3_000))),
        Kind::Text | Kind::Choice { .. } => Value::Text(text(random, 2)),
        Kind::LongText if random.random_bool(0.3) => Value::Text(format!("{}{}", "é".repeat(63), text(random, 4))),
        Kind::LongText => Value::Text(text(random, 6)),
        Kind::Ip if random.random_bool(0.2) => Value::Bytes(Vec::new()),
        Kind::Ip if many => Value::Bytes(ip_bytes(IpAddr::from([10, 0, random.random(), random.random()]))),
        Kind::Ip => Value::Bytes(ip_bytes(ADDRESSES.choose(random).expect("some").parse().expect("an address"))),
        Kind::Flag => Value::Number(random.random_range(-1..=1)),
        _ => number(random),
    }
}

/// A plain reading of what a test means.
fn passes(test: &Test, value: &Value, id: i64) -> bool {
    let text = |value: &Value| if let Value::Text(text) = value { text.clone() } else { panic!("a text: {value:?}") };
    let number = |value: &Value| if let Value::Number(number) = value { *number } else { panic!("a number: {value:?}") };
    let address = |value: &Value| if let Value::Bytes(bytes) = value { ip(bytes) } else { panic!("an address: {value:?}") };
    match test {
        Test::Is(all) => all.iter().any(|one| text_key(one) == text_key(&text(value))),
        Test::Not(all) => all.iter().all(|one| text_key(one) != text_key(&text(value))),
        Test::Contains(part) => folded(&text(value)).contains(&*folded(part)),
        Test::Starts(part) => folded(&text(value)).starts_with(&*folded(part)),
        Test::InNet(nets) => address(value).is_some_and(|ip| nets.iter().any(|net| net.contains(&ip))),
        Test::NotInNet(nets) => address(value).is_none_or(|ip| nets.iter().all(|net| !net.contains(&ip))),
        Test::Ids(ids) => ids.iter().any(|one| one.get() == id),
        Test::Flag(flag) => number(value) == i64::from(*flag),
        Test::Between { min, max } => {
            number(value) >= 0 && min.is_none_or(|min| number(value) >= min) && max.is_none_or(|max| number(value) <= max)
        }
        Test::Time { from, to } => {
            let millis = |moment: &Moment| moment.clock.and_utc().timestamp_millis();
            let at = number(value);
            at >= 0 && from.as_ref().is_none_or(|from| at >= millis(from)) && to.as_ref().is_none_or(|to| at < millis(to))
        }
        Test::Empty(empty) => {
            let missing = match value {
                Value::Number(number) => *number == MISSING,
                Value::Text(text) => text.is_empty(),
                Value::Bytes(bytes) => bytes.is_empty(),
            };
            missing == *empty
        }
    }
}

fn searched(values: &[Value], search: &str, veil: Option<&Veil>) -> bool {
    let visible = |column: &Column| column.searched() && (veil.is_none() || cover(&EVERY_KIND, column).is_none());
    search.is_empty()
        || EVERY_KIND.stored().zip(values).filter(|(column, _)| visible(column)).any(|(_, value)| match value {
            Value::Text(text) => folded(text).contains(&*folded(search)),
            Value::Bytes(bytes) => ip(bytes).is_some_and(|ip| ip.to_string().contains(search)),
            Value::Number(_) => false,
        })
}

fn test(random: &mut StdRng, column: &Column, rows: &Rows) -> Test {
    let some = |random: &mut StdRng| text(random, 2);
    let moment = |random: &mut StdRng| Moment {
        clock: chrono::DateTime::from_timestamp_millis(random.random_range(0..6)).expect("a time").naive_utc(),
        utc: true,
    };
    let kind = random.random_range(0..5);
    match column.kind {
        Kind::Id => {
            let ids: Vec<_> = rows.keys().filter_map(|id| EventId::from_i64(*id)).collect();
            Test::Ids((0..3).filter_map(|_| ids.choose(random).copied()).chain(EventId::from_i64(7)).collect())
        }
        _ if kind == 4 && column.kind != Kind::Flag => Test::Empty(random.random()),
        Kind::LongText => Test::Contains(some(random)),
        Kind::Text | Kind::Choice { .. } => match kind {
            0 => Test::Is(vec![some(random), some(random)]),
            1 => Test::Not(vec![some(random)]),
            2 => Test::Starts(some(random)),
            _ => Test::Contains(some(random)),
        },
        Kind::Ip => {
            let nets = ["10.0.0.0/24", "10.0.0.1/32", "2001:db8::/32", "::/0"].choose(random).expect("some").parse().expect("a network");
            if kind < 2 { Test::InNet(vec![nets]) } else { Test::NotInNet(vec![nets]) }
        }
        Kind::Flag => Test::Flag(random.random()),
        Kind::Time => match kind {
            0 => Test::Time { from: Some(moment(random)), to: None },
            _ => Test::Time { from: None, to: Some(moment(random)) },
        },
        Kind::Number | Kind::Bytes | Kind::Duration => {
            let (min, max) = (random.random_range(0..6), random.random_range(0..2_000));
            Test::Between { min: (kind != 0).then_some(min), max: (kind < 2).then_some(max) }
        }
    }
}

fn question(random: &mut StdRng, rows: &Rows) -> Query {
    let filters = (0..random.random_range(0..4))
        .map(|_| {
            let column = EVERY_KIND.filterable().collect::<Vec<_>>().choose(random).copied().expect("some");
            Filter { column, test: test(random, column, rows) }
        })
        .collect();
    let column = EVERY_KIND.columns.choose(random).expect("some");
    let direction = if random.random() { Direction::Ascending } else { Direction::Descending };
    let search = if random.random_bool(0.2) { text(random, 2) } else { String::new() };
    let range = if random.random_bool(0.3) {
        let day = |millis| Moment { clock: chrono::DateTime::from_timestamp_millis(millis).expect("a time").naive_utc(), utc: true };
        TimeRange::Between { from: Some(day(random.random_range(0..10))), to: Some(day(random.random_range(11..25))) }
    } else {
        TimeRange::All
    };
    Query { filters, search, range, sort: Sort { column, direction }, ..Query::all(&EVERY_KIND) }
}

/// What a reader sees of a name through a veil.
fn seen(veil: &Veil, value: &Value) -> Value {
    match value {
        Value::Text(text) if !text.is_empty() => Value::Text(veil.pseudonym(&text_key(text))),
        other => other.clone(),
    }
}

/// Makes a question one that can be asked through a veil, and has it ask for pseudonyms.
fn asked_through(random: &mut StdRng, veil: &Veil, mut query: Query, rows: &Rows) -> Query {
    let covered = |column: &Column| cover(&EVERY_KIND, column);
    if covered(query.sort.column).is_some() {
        query.sort = Query::default_sort(&EVERY_KIND);
    }
    query.filters.retain(|filter| covered(filter.column) != Some(Cover::Prose) || matches!(filter.test, Test::Empty(_)));
    for filter in query.filters.iter_mut().filter(|filter| covered(filter.column) == Some(Cover::Names)) {
        let place = EVERY_KIND.stored().position(|column| column.key == filter.column.key).expect("a column");
        let Some(values) = rows.values().collect::<Vec<_>>().choose(random).copied() else { continue };
        let Value::Text(pseudonym) = seen(veil, &values[place]) else { continue };
        let half = pseudonym.len() / 2 + 1;
        match &mut filter.test {
            Test::Is(texts) | Test::Not(texts) => texts.push(pseudonym.to_lowercase()),
            Test::Starts(text) if random.random() => *text = pseudonym.chars().take(half).collect(),
            Test::Contains(text) if random.random() => *text = pseudonym.chars().skip(half).collect(),
            _ => {}
        }
    }
    query
}

/// Rows as they are now, and segments that tell of them.
struct World {
    rows: Rows,
    snapshot: Snapshot,
    folder: tempfile::TempDir,
    cache: Arc<Cache>,
    files: u32,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { rows: Rows::new(), snapshot: Snapshot::default(), folder, cache: Arc::new(Cache::new(200_000)), files: 0 }
    }

    /// Stores, changes and removes some, as one who follows would be told of it.
    fn change(&mut self, random: &mut StdRng, most: u32, many: bool) {
        let mut builder = Builder::new(&EVERY_KIND);
        let known: Vec<i64> = self.rows.keys().copied().collect();
        let mut touched = Vec::new();
        for _ in 0..random.random_range(1..=most) {
            let id = match known.choose(random) {
                Some(id) if random.random_bool(0.1) => *id,
                _ => {
                    EventId::first(Timestamp::saturating(random.random_range(0..30))).get()
                        + random.random_range(0..if many { 5_000 } else { 40 })
                }
            };
            touched.push(id);
            if random.random_bool(0.05) {
                self.rows.remove(&id);
            } else {
                self.rows.insert(id, EVERY_KIND.stored().map(|column| value(random, column, many)).collect());
            }
        }
        touched.sort_unstable();
        touched.dedup();
        for id in touched {
            for held in &mut self.snapshot.held {
                if let Some(row) = held.segment.row(id).expect("reads") {
                    Arc::make_mut(&mut held.dead).insert(row);
                }
            }
            if let Some(values) = self.rows.get(&id) {
                builder.push(id, values.clone());
            }
        }
        if !builder.is_empty() {
            self.hold(random, builder.finish());
        }
        if self.snapshot.held.len() > 4 || random.random_bool(0.2) {
            let from = random.random_range(0..self.snapshot.held.len().max(1));
            let merged: Vec<_> = self.snapshot.held.drain(from..).map(|held| (held.segment, held.dead)).collect();
            if let Some(segment) = merge(&merged).expect("merges") {
                self.hold(random, segment);
            }
        }
    }

    /// In memory, or in a file.
    fn hold(&mut self, random: &mut StdRng, segment: Segment) {
        let segment = if random.random() {
            let path = self.folder.path().join(self.files.to_string());
            self.files += 1;
            segment.write(&path).expect("writes");
            Segment::open(&path, &EVERY_KIND, &self.cache).expect("opens")
        } else {
            segment
        };
        self.snapshot.held.push(Held::new(segment));
    }

    fn check(&self, query: Query, veil: Option<&Arc<Veil>>, limit: usize) {
        let resolved = ResolvedQuery::new(query, Timestamp::MIN).expect("resolves").veiled(veil.cloned()).expect("can be asked");
        let veil = veil.map(|veil| &**veil);
        let (query, question) = (&resolved.query, Question::new(&resolved));
        let meant: Vec<(i64, &Vec<Value>)> = self
            .rows
            .iter()
            .map(|(id, values)| (*id, values))
            .filter(|(id, values)| {
                resolved.ids().contains(id)
                    && searched(values, &query.search, veil)
                    && query.filters.iter().all(|filter| {
                        let place = EVERY_KIND.stored().position(|column| column.key == filter.column.key);
                        let value = place.map_or(Value::Number(0), |place| values[place].clone());
                        let hidden = veil.filter(|_| cover(&EVERY_KIND, filter.column) == Some(Cover::Names));
                        passes(&filter.test, &hidden.map_or_else(|| value.clone(), |veil| seen(veil, &value)), *id)
                    })
            })
            .collect();
        for (id, values) in &self.rows {
            assert_eq!(question.accepts(*id, values), meant.iter().any(|(one, _)| one == id), "{query:?} of {id} {values:?}");
        }
        assert_eq!(self.snapshot.count(&question).expect("counts"), meant.len() as u64, "{query:?}");

        // Every page, forwards.
        let column = EVERY_KIND.stored().position(|column| column.key == query.sort.column.key);
        let kind = query.sort.column.kind;
        let mut expected: Vec<Place> = meant
            .iter()
            .map(|(id, values)| Place { key: column.map_or_else(Vec::new, |at| sort_key(kind, &key(&values[at])).to_vec()), id: *id })
            .collect();
        expected.sort();
        if query.sort.direction == Direction::Descending {
            expected.reverse();
        }
        let order = Order { column, direction: query.sort.direction };
        let (mut found, mut behind): (Vec<Place>, Option<Place>) = (Vec::new(), None);
        loop {
            let page = self.snapshot.page(&question, order, behind.as_ref(), limit).expect("a page");
            found.extend(page.iter().cloned());
            behind = page.last().cloned();
            if page.len() < limit {
                break;
            }
        }
        assert_eq!(found, expected, "{query:?}");

        // The values of each column.
        for (at, column) in EVERY_KIND.stored().enumerate() {
            let mut counts: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
            for (_, values) in &meant {
                *counts.entry(key(&values[at]).into_owned()).or_default() += 1;
            }
            let mut expected: Vec<_> = counts.into_iter().collect();
            expected.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            let (values, there) = self.snapshot.values(&question, at, usize::MAX).expect("values");
            let found: Vec<_> = values.iter().map(|counted| (key(&counted.value).into_owned(), counted.rows)).collect();
            assert_eq!(found, expected, "{} of {query:?}", column.key);
            assert_eq!(there, expected.len());
            let (top, there) = self.snapshot.values(&question, at, 3).expect("values");
            assert_eq!((&top[..], there), (&values[..values.len().min(3)], values.len()), "{} of {query:?}", column.key);
        }

        // Groups, with the average of the column `number`.
        let number = EVERY_KIND.stored().position(|column| column.key == "number").expect("a column");
        for by in [vec![0], vec![3, 1], vec![8, 9]] {
            let mut expected: BTreeMap<Vec<Vec<u8>>, (u64, i64, i128, u64)> = BTreeMap::new();
            for (id, values) in &meant {
                let group = expected.entry(by.iter().map(|at| key(&values[*at]).into_owned()).collect()).or_default();
                let number = if let Value::Number(number) = values[number] { Some(number).filter(|number| *number >= 0) } else { None };
                *group = (group.0 + 1, group.1.max(*id), group.2 + i128::from(number.unwrap_or(0)), group.3 + u64::from(number.is_some()));
            }
            let mut expected: Vec<_> = expected.into_iter().collect();
            expected.sort_by_key(|(_, group)| std::cmp::Reverse(group.0));
            let (groups, there) = self.snapshot.groups(&question, &by, Some(number), 7, 1_000_000).expect("groups").expect("not too many");
            assert_eq!(there, expected.len());
            let found: Vec<_> = groups
                .iter()
                .map(|group| {
                    let keys: Vec<_> = group.values.iter().map(|value| key(value).into_owned()).collect();
                    (keys, (group.rows, group.last, group.sum, group.present))
                })
                .collect();
            assert_eq!(found, expected[..expected.len().min(7)], "{by:?} of {query:?}");
            if expected.len() > 1 {
                assert!(self.snapshot.groups(&question, &by, None, 7, expected.len() - 1).expect("groups").is_err());
            }
        }

        // By time.
        let bounds: Vec<i64> = [0, 3, 4, 11, 40].map(|millis| EventId::first(Timestamp::saturating(millis)).get()).to_vec();
        let expected: Vec<u64> =
            bounds.windows(2).map(|ids| meant.iter().filter(|(id, _)| (ids[0]..ids[1]).contains(id)).count() as u64).collect();
        assert_eq!(self.snapshot.histogram(&question, &bounds).expect("a histogram"), expected, "{query:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn every_question_finds_what_a_plain_reading_finds(seed: u64) {
        let random = &mut StdRng::seed_from_u64(seed);
        let mut world = World::new();
        let mut asked: Vec<Query> = Vec::new();
        for _ in 0..random.random_range(1..6) {
            world.change(random, 60, false);
            // What segments remember of a question is not told any more once other rows are dead.
            for query in asked.iter().rev().take(2) {
                world.check(query.clone(), None, 20);
            }
            for _ in 0..8 {
                let query = question(random, &world.rows);
                asked.push(query.clone());
                world.check(query.clone(), None, random.random_range(1..20));
                let veil = Arc::new(Veil::new(&random.random()));
                world.check(asked_through(random, &veil, query, &world.rows), Some(&veil), random.random_range(1..20));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]
    #[test]
    fn so_it_does_where_values_are_many(seed: u64) {
        let random = &mut StdRng::seed_from_u64(seed);
        let mut world = World::new();
        for _ in 0..2 {
            world.change(random, 3_000, true);
            for _ in 0..4 {
                let query = question(random, &world.rows);
                world.check(query.clone(), None, 1_000);
                let veil = Arc::new(Veil::new(&random.random()));
                world.check(asked_through(random, &veil, query, &world.rows), Some(&veil), 1_000);
            }
        }
    }
}
