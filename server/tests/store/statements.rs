//! What is said to PostgreSQL keeps to what Citus takes, so that the reports can be spread over several machines: of several statements in one call about
//! tables that are spread it refuses all, and it knows no list of columns that is empty. Citus itself is not here; what is said is read from the server's log.

use crate::postgres::{event, months_ago, open};
use crate::server::Server;
use vigia_app::model::Timestamp;
use vigia_app::reports::{self, AUDIT_TRACKING, PASSWORD_OPERATION};

/// The statements in a log of the server, each with the way it was said: `statement` for what is said at once, `execute` for what was prepared.
fn statements(log: &str) -> Vec<(&str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    for line in log.lines() {
        if let (Some(more), Some((_, said))) = (line.strip_prefix('\t'), found.last_mut()) {
            said.push(' ');
            said.push_str(more);
        } else if let Some((_, said)) = line.split_once(" LOG:  ") {
            let (way, said) = said.split_once(": ").unwrap_or((said, ""));
            found.push((way.split(' ').next().unwrap_or_default(), said.to_owned()));
        } else {
            found.push(("", String::new()));
        }
    }
    found.retain(|(way, _)| ["statement", "execute"].contains(way));
    found.into_iter().map(|(way, said)| (way, said.split_whitespace().collect::<Vec<_>>().join(" "))).collect()
}

fn is_about_a_report(said: &str) -> bool {
    reports::ALL.iter().any(|report| said.contains(report.table))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_of_reports_is_said_one_by_one_and_asks_for_something() {
    let server = Server::telling();
    let store = open(&server.database().await).await;
    let before = server.log().len();
    let month = |months: u32| Timestamp::from(months_ago(months));
    // Months are made; the same milliseconds are met again, before others that are there, and by an operation.
    for round in 0..3 {
        let events = (0..30).map(|n| event("a", &format!("{round} {n}"), month(4 + n % 3))).collect();
        assert_eq!(store.append(events).await.expect("stored").stored, 30);
    }
    let operation = vigia::event::Event::new(&PASSWORD_OPERATION, &"a".into(), "one", month(5));
    store.append(vec![operation]).await.expect("stored");
    assert!(store.amend(event("a", "0 0", month(4))).await.expect("amended"));
    assert!(store.has_source("a").await.expect("an answer"));
    assert_eq!(store.count_before(&AUDIT_TRACKING, Some("a"), month(2), 500).await.expect("counted"), 90);
    assert_eq!(store.count_before(&AUDIT_TRACKING, None, month(2), 500).await.expect("counted"), 90);
    store.operations().sweep(Timestamp::MIN, Timestamp::MIN).await.expect("swept");
    drop(store.transfer().still().await.expect("a view"));
    // Events go one by one, then a month, whole.
    assert_eq!(store.remove_before(&AUDIT_TRACKING, Some("a"), month(2), 5).await.expect("removed"), 5);
    store.remove_before(&PASSWORD_OPERATION, None, month(2), 500).await.expect("removed");
    while store.remove_before(&AUDIT_TRACKING, None, month(2), 500).await.expect("removed") > 0 {}

    let log = server.log();
    let said = statements(&log[before..]);
    for seen in ["ATTACH PARTITION", "DETACH PARTITION", "DROP TABLE audit_tracking", "LOCK TABLE ONLY", "FOR UPDATE", "GROUP BY m.first"] {
        assert!(said.iter().any(|(_, said)| is_about_a_report(said) && said.contains(seen)), "nothing was said with {seen}");
    }
    for (way, said) in said {
        let several = way == "statement" && said.trim_end_matches(';').contains(';');
        assert!(!(several && is_about_a_report(&said)), "several statements in one call: {said}");
        assert!(!said.to_ascii_uppercase().contains("SELECT FROM "), "an empty list of columns: {said}");
    }
}
