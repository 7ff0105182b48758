//! Tests for the URL form of a query: what is written reads back, and what cannot be read is named.

use super::*;
use crate::model::Timestamp;
use crate::reports;
use proptest::prelude::*;

fn any_text() -> impl Strategy<Value = String> {
    // Letters of several scripts, blanks, control characters, and everything that means something in a URL.
    proptest::string::string_regex("[a-zA-Z0-9 &=+%#?/:;,.<>\"'äßçñЖ日本🔑\t\n\r\u{1b}\u{85}\u{202e}-]{1,12}")
        .expect("a valid pattern")
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("blank", |text| !text.is_empty())
}

fn any_moment() -> impl Strategy<Value = Moment> {
    (0..=Timestamp::MAX.millis(), any::<bool>()).prop_map(|(millis, utc)| Moment { utc, ..Moment::utc(Timestamp::saturating(millis)) })
}

fn any_range() -> impl Strategy<Value = (Option<Moment>, Option<Moment>)> {
    (any_moment(), any_moment(), 0..3)
        .prop_map(|(a, b, ends)| {
            let b = Moment { utc: a.utc, ..b };
            let (from, to) = if a.clock < b.clock { (a, b) } else { (b, a) };
            match ends {
                0 => (Some(from), None),
                1 => (None, Some(to)),
                _ => (Some(from), Some(to)),
            }
        })
        .prop_filter("an empty range", |range| !matches!(range, (Some(from), Some(to)) if from == to))
}

fn any_net() -> impl Strategy<Value = ipnet::IpNet> {
    prop_oneof![
        (any::<u32>(), 0..=32u8).prop_map(|(bits, prefix)| format!("{}/{prefix}", std::net::Ipv4Addr::from(bits))),
        (any::<u128>(), 0..=128u8).prop_map(|(bits, prefix)| format!("{}/{prefix}", std::net::Ipv6Addr::from(bits))),
    ]
    .prop_map(|text| parse_net(&text).expect("a network"))
}

fn any_test(column: &'static Column) -> BoxedStrategy<Test> {
    let empty = any::<bool>().prop_map(Test::Empty);
    match column.kind {
        Kind::Id => proptest::collection::hash_set(0i64..=i64::MAX, 1..3)
            .prop_map(|ids| Test::Ids(ids.into_iter().filter_map(EventId::from_i64).collect()))
            .boxed(),
        Kind::Text => prop_oneof![
            any_text().prop_map(Test::Contains),
            any_text().prop_map(Test::Starts),
            proptest::collection::hash_set(any_text(), 1..4).prop_map(|set| Test::Is(set.into_iter().collect())),
            proptest::collection::hash_set(any_text(), 1..4).prop_map(|set| Test::Not(set.into_iter().collect())),
            empty
        ]
        .boxed(),
        Kind::LongText => prop_oneof![any_text().prop_map(Test::Contains), empty].boxed(),
        Kind::Choice { values, .. } => {
            let chosen = proptest::sample::subsequence(values, 1..=values.len())
                .prop_map(|list| list.iter().map(|choice| choice.name.to_owned()).collect::<Vec<_>>());
            prop_oneof![chosen.clone().prop_map(Test::Is), chosen.prop_map(Test::Not), empty].boxed()
        }
        Kind::Time => prop_oneof![any_range().prop_map(|(from, to)| Test::Time { from, to }), empty].boxed(),
        Kind::Number | Kind::Bytes | Kind::Duration => {
            let range = (0..100i64, 0..100i64, 0..3).prop_map(|(a, b, ends)| match ends {
                0 => Test::Between { min: Some(a), max: None },
                1 => Test::Between { min: None, max: Some(a) },
                _ => Test::Between { min: Some(a.min(b)), max: Some(a.max(b)) },
            });
            prop_oneof![range, empty].boxed()
        }
        Kind::Ip => {
            let list = || proptest::collection::hash_set(any_net(), 1..3).prop_map(|set| set.into_iter().collect::<Vec<_>>());
            prop_oneof![list().prop_map(Test::InNet), list().prop_map(Test::NotInNet), empty].boxed()
        }
        Kind::Flag => any::<bool>().prop_map(Test::Flag).boxed(),
    }
}

fn any_query() -> impl Strategy<Value = Query> {
    let report = proptest::sample::select(reports::ALL.to_vec());
    report.prop_flat_map(|report| {
        let filterable: Vec<_> = report.filterable().collect();
        let filters = proptest::sample::subsequence(filterable, 0..5).prop_flat_map(|columns| {
            columns.into_iter().map(|column| any_test(column).prop_map(move |test| Filter { column, test })).collect::<Vec<_>>()
        });
        let range = prop_oneof![
            Just(TimeRange::All),
            proptest::sample::select(Preset::ALL.to_vec()).prop_map(TimeRange::Preset),
            any_range().prop_map(|(from, to)| TimeRange::Between { from, to }),
        ];
        let columns: Vec<_> = report.columns.iter().collect();
        let shown = proptest::sample::subsequence(columns.clone(), 1..=columns.len()).prop_shuffle();
        (
            prop_oneof![Just(String::new()), any_text()],
            filters,
            range,
            proptest::sample::select(vec!["UTC", "America/Sao_Paulo", "Etc/GMT+3"]),
            (proptest::sample::select(columns), any::<bool>()),
            shown,
            1..=Query::MAX_LIMIT,
            proptest::option::of("[A-Za-z0-9_-]{1,40}"),
        )
            .prop_map(move |(search, filters, range, zone, (column, descending), columns, limit, cursor)| Query {
                report,
                search,
                filters,
                range,
                zone: zone.to_owned(),
                sort: Sort { column, direction: if descending { Direction::Descending } else { Direction::Ascending } },
                columns,
                limit,
                cursor,
            })
    })
}

proptest! {
    #[test]
    fn a_query_reads_back_as_it_was_written(query in any_query()) {
        let text = encode(&query);
        prop_assert_eq!(decode(query.report, &text), Ok(query), "{}", text);
    }

    #[test]
    fn any_text_is_a_query_or_an_error_with_a_name(text in "[ -~]{0,60}|\\PC{0,30}") {
        if let Err(error) = decode(reports::ALL[0], &text) {
            prop_assert!(!error.field.is_empty() && !error.to_string().is_empty());
        }
    }
}

#[track_caller]
fn refused(text: &str, field: &str, words: &str) {
    let error = decode(&reports::PASSWORD_OPERATION, text).expect_err(text);
    assert_eq!(error.field, field, "{error}");
    assert!(error.to_string().contains(words), "{error} should say {words:?}");
}

#[test]
fn what_cannot_be_read_is_named_with_its_remedy() {
    refused("colour=red", "colour", "filter by a column: id, origin_ip");
    refused("status=Exploded", "status", "Use: Awaiting approval, Scheduled");
    refused("status.contains=Err", "status.contains", "Use: status, status.not, status.empty");
    refused("attempts.min=-1", "attempts.min", "Use 0 or a whole number");
    refused("attempts.min=5&attempts.max=2", "attempts.max", "Swap the two");
    refused("limit=0", "limit", "from 1 to 500");
    refused("limit=1000000", "limit", "from 1 to 500");
    refused("sort=nothing", "sort", "Columns are: id");
    refused("columns=device,device", "columns", "twice");
    refused("time=next-week", "time", "last-15-days");
    refused("time=today&from=2026-11-22", "time", "one or the other");
    refused("from=2026-11-22&to=2026-11-21", "to", "must be later than its start");
    refused("from=275760-09-13", "from", "1970 to 2248");
    refused("execution_date.from=2026-11-22&execution_date.to=2026-11-22", "execution_date.to", "later");
    refused("schedule_date.from=2026-11-22", "schedule_date.from", "Use time, from or to");
    for hour in ["mon", "mon-24", "mon-7", "monday-07", "mon-+7", "yesterday", ""] {
        refused(&format!("schedule_date={hour}"), "schedule_date", "mon-00 to sun-23");
    }
    refused("execution_date=mon-07", "execution_date", "is not an operator");
    refused("origin_ip=10.0.0.0/33", "origin_ip", "10.0.0.0/8");
    refused("id=12", "id", "13 letters and digits");
    refused("zone=Mars%2F..%2FOlympus", "zone", "IANA name");
    refused("q=%ff", "q", "not valid UTF-8");
    refused("q=a%00b", "q", "U+0000");
    refused("q=a&q=b", "q", "twice");
    refused(&format!("q={}", "x".repeat(513)), "q", "at most 512");
    refused(&"x".repeat(1 << 20), "query", "16384");
    refused(&"device=a&".repeat(101), "device", "at most 100");
}

#[cfg(feature = "fifth-report")]
#[test]
fn a_duration_is_asked_for_as_people_write_it() {
    let report = &reports::ACCOUNT_DISCOVERY;
    let query = decode(report, "duration.min=90s&duration.max=1h1m20s&sort=-duration").expect("a query");
    assert_eq!(query.filters[0].test, Test::Between { min: Some(90_000), max: Some(3_680_000) });
    assert_eq!(encode(&query), "duration.min=1m30s&duration.max=1h1m20s&sort=-duration");
    for (text, words) in [
        ("duration.min=90", "\"90\" is not a duration. Write 90s"),
        ("duration.min=2m&duration.max=90s", "1m30s is less than the minimum 2m. Swap"),
    ] {
        let error = decode(report, text).expect_err(text);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn several_values_of_a_column_are_one_filter() {
    let query = decode(&reports::PASSWORD_OPERATION, "status=error&status=Success&attempts.min=2&attempts.max=5").expect("a query");
    let tests: Vec<_> = query.filters.iter().map(|filter| filter.test.clone()).collect();
    assert_eq!(tests, [Test::Is(vec!["Error".into(), "Success".into()]), Test::Between { min: Some(2), max: Some(5) }]);
}
