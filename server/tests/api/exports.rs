//! Tests for `GET /api/v1/reports/{report}/export`: what is in the file, who may have it, what the trail says, and that it ends well or visibly not.

use crate::harness::{Server, Setup, Visitor, minutes_ago, problem};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use vigia::event::Event;
use vigia::exports::ExportLimits;
use vigia_app::model::{Cell, Column, Kind, Report, Role, Timestamp};
use vigia_app::reports::{ALL, PASSWORD_VIEW};

const VIEWS: &str = "/api/v1/reports/password-view/export";

/// Texts that another program might take for something else than text.
const HOSTILE: [&str; 14] = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "\tafter a tab",
    "\rafter a return",
    "\nafter a line",
    "'quoted'",
    "say \"hello\", they said; \"twice\"",
    "two\r\nlines",
    "\u{202e}gnp.exe",
    "bell \u{7} escape \u{1b}[31m vertical \u{b} unit \u{1f}",
    "\u{ff1d}1+1 \u{1f512} e\u{301}",
    " blanks around ",
];

/// Views with hostile texts in every column that takes one, and one of as many characters as a name may have.
fn hostile() -> Vec<Event> {
    let source: Arc<str> = "hostile".into();
    let long = "ä".repeat(256);
    (0..)
        .zip(HOSTILE.into_iter().chain([long.as_str(), "NUL\0inside"]))
        .map(|(number, text)| {
            let mut event = Event::new(&PASSWORD_VIEW, &source, format!("h{number}"), minutes_ago(1_000 + number));
            for column in PASSWORD_VIEW.columns.iter().filter(|column| !column.derived && !column.standing && column.key != "source") {
                match column.kind {
                    Kind::Text | Kind::LongText | Kind::Choice { .. } => event.set(column.key, text),
                    Kind::Flag => event.set(column.key, number % 2 == 0),
                    Kind::Ip => event.set(column.key, std::net::IpAddr::from([10, 0, 0, 9])),
                    _ => &mut event,
                };
            }
            event
        })
        .collect()
}

fn all_columns(report: &'static Report) -> String {
    report.columns.iter().map(|column| column.key).collect::<Vec<_>>().join(",")
}

/// All rows of a report as the API has them page by page, which is what an export has to have.
async fn rows(visitor: &Visitor, report: &str, query: &str) -> Vec<Value> {
    let (mut next, mut rows) = (format!("/api/v1/reports/{report}?limit=3&{query}"), Vec::new());
    loop {
        let page = visitor.json(&next).await;
        rows.extend(page["rows"].as_array().expect("rows").iter().cloned());
        match page["next"].as_str() {
            Some(address) => next = address.to_owned(),
            None => return rows,
        }
    }
}

async fn text(visitor: &Visitor, path: &str) -> String {
    let response = visitor.get(path).await;
    assert_eq!(response.status(), 200, "GET {path}");
    response.text().await.expect("all of it")
}

/// What Python's `csv` reads, with the separator.
fn python(text: &str, separator: char) -> Vec<Vec<String>> {
    let program = "import csv,io,json,sys\nfile=io.TextIOWrapper(sys.stdin.buffer,encoding='utf-8',newline='')\njson.dump(list(csv.reader(file,delimiter=sys.argv[1],strict=True)),sys.stdout)";
    let mut child = Command::new("python3")
        .args(["-c", program, &separator.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3, which scripts/setup.sh installs");
    let mut stdin = child.stdin.take().expect("piped");
    let text = text.to_owned();
    let writing = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("ends");
    writing.join().expect("no panic").expect("all is taken");
    assert!(output.status.success(), "python reads it");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The text of a cell of CSV as docs/exports.md says that it is had back.
fn unescaped(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// What CSV has for a value of the API, on a clock of UTC.
fn plain(column: &Column, row: &Value) -> String {
    match (&row[column.key], column.kind) {
        (Value::Null, _) => String::new(),
        (Value::Bool(flag), _) => Cell::Flag(*flag).plain(),
        (Value::String(text), _) => text.clone(),
        (other, _) => other.to_string(),
    }
}

#[tokio::test]
async fn every_cell_of_every_report_comes_back_in_either_format() {
    let server = Server::start().await;
    server.store.append(hostile()).await.expect("stored");
    let auditor = server.signed_in(Role::Auditor).await;
    for report in ALL {
        // Exports leave a trail themselves: of those the trail has when it begins, the export is behind.
        let now = minutes_ago(0).rfc3339();
        for sort in [format!("-{}", report.time), report.time.to_owned(), "source".to_owned(), "-source".to_owned()] {
            let query = format!("columns={}&sort={sort}&to={now}", all_columns(report));
            let expected = rows(&auditor, report.key, &query).await;
            let path = format!("/api/v1/reports/{}/export?{query}", report.key);
            let lines = text(&auditor, &format!("{path}&format=ndjson")).await;
            let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
            assert_eq!(lines, expected, "{} by {sort}", report.key);
            for (separator, byte) in [("comma", ','), ("semicolon", ';'), ("tab", '\t')] {
                let csv = python(&text(&auditor, &format!("{path}&format=csv&separator={separator}")).await, byte);
                let (head, body) = csv.split_first().expect("a head");
                assert_eq!(head.len(), report.columns.len());
                assert_eq!(body.len(), expected.len(), "{}", report.key);
                for (cells, row) in body.iter().zip(&expected) {
                    let expected: Vec<_> = report.columns.iter().map(|column| plain(column, row)).collect();
                    let cells: Vec<_> = cells.iter().map(|cell| unescaped(cell)).collect();
                    assert_eq!(cells, expected, "{}", report.key);
                }
            }
        }
    }
}

#[tokio::test]
async fn no_cell_is_a_formula() {
    let server = Server::start().await;
    server.store.append(hostile()).await.expect("stored");
    let auditor = server.signed_in(Role::Auditor).await;
    let path = format!("{VIEWS}?columns={}", all_columns(&PASSWORD_VIEW));
    for (separator, byte) in [("comma", ','), ("semicolon", ';'), ("tab", '\t')] {
        let csv = text(&auditor, &format!("{path}&format=csv&separator={separator}")).await;
        // However a program separates the cells.
        for read_with in [byte, ',', ';', '\t'] {
            for cell in python(&csv, read_with).into_iter().flatten() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}']), "{cell:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_file_says_what_it_is_and_in_which_zone() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    let response =
        auditor.get(&format!("{VIEWS}?format=csv&zone=America/Sao_Paulo&columns=date,user,emergency&bom=yes&device=srv-db-03")).await;
    let header = |name: &str| response.headers()[name].to_str().expect("ASCII").to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(header("content-disposition").starts_with("attachment; filename=\"password-view_2026-11-22T11-03-27_America-Sao_Paulo.csv\""));
    assert_eq!((header("vigia-rows").as_str(), header("cache-control").as_str()), ("1", "private, no-store, no-transform"));
    assert_eq!(
        response.text().await.expect("a text"),
        "\u{feff}Date,User,Emergency access\r\n2026-11-22T11:00:27.000-03:00,Ana Lima,Yes\r\n"
    );
}

/// The exports in the trail, newest first: what is said of each.
async fn trail(server: &Server) -> Vec<Value> {
    let admin = server.signed_in(Role::Admin).await;
    let mut told = Vec::new();
    for row in rows(&admin, "audit-tracking", "operation=Export&columns=date").await {
        let event = admin.json(&format!("/api/v1/reports/audit-tracking/{}", row["id"].as_str().expect("an id"))).await;
        let mut said = serde_json::Map::new();
        for extra in event["extra"].as_array().expect("extra") {
            said.insert(extra["name"].as_str().expect("a name").to_owned(), extra["value"].clone());
        }
        said.insert("entity".to_owned(), event["fields"]["entity_name"].clone());
        said.insert("user".to_owned(), event["fields"]["username"].clone());
        told.push(Value::Object(said));
    }
    told
}

#[tokio::test]
async fn the_trail_has_the_question_before_the_first_byte_and_the_outcome_after_the_last() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    text(&auditor, &format!("{VIEWS}?format=csv&user=Ana%20Lima&sort=device&columns=device,user")).await;
    let told = trail(&server).await;
    let (begun, ended): (Vec<_>, Vec<_>) = told.iter().partition(|one| one["Outcome"].is_null());
    let ([begun], [ended]) = (&begun[..], &ended[..]) else { panic!("two records: {told:#?}") };
    assert_eq!(begun["Query"], "user=Ana+Lima&sort=device&columns=device%2Cuser".replace('+', "%20").replace("%2C", ","));
    assert_eq!(
        (&begun["Rows"], &begun["Format"], &begun["user"], &begun["entity"]),
        (&json!("5"), &json!("csv"), &json!("auditor"), &json!("Password view"))
    );
    assert_eq!((&ended["Outcome"], &ended["Rows written"]), (&json!("Complete"), &json!("5")));
    assert_eq!(begun["Export"], ended["Export"], "which export it was is said of both");
}

#[tokio::test]
async fn whoever_asks_for_the_head_alone_is_told_how_many_rows_there_are_and_leaves_no_trail() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    let response = auditor.request("HEAD", &format!("{VIEWS}?format=csv")).send().await.expect("an answer");
    assert_eq!((response.status().as_u16(), response.headers()["vigia-rows"].as_bytes()), (200, &b"5"[..]));
    assert!(trail(&server).await.is_empty());
}

#[tokio::test]
async fn who_may_export_is_asked_of_the_server() {
    let server = Server::start().await;
    let (admin, manager) = (server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await);
    let path = format!("{VIEWS}?format=csv");
    assert_eq!(problem(manager.get(&path).await).await.0, 403);
    assert_eq!(problem(server.anonymous().get(&path).await).await.0, 401);
    let set = |managers: bool| admin.request("PUT", "/api/v1/exports/settings").json(&json!({ "managers": managers })).send();
    assert_eq!(set(true).await.expect("an answer").status(), 204);
    assert_eq!(admin.json("/api/v1/exports/settings").await, json!({ "managers": true }));
    assert_eq!(text(&manager, &path).await.lines().count(), 6);
    assert_eq!(set(false).await.expect("an answer").status(), 204);
    assert_eq!(manager.get(&path).await.status(), 403);
    let reader = server.anonymous().bearing(&server.token("reader", "read", &[]).await);
    assert_eq!(text(&reader, &path).await.lines().count(), 6);
}

#[tokio::test]
async fn a_manager_who_sees_pseudonyms_exports_pseudonyms() {
    let server = Server::start().await;
    let (admin, manager) = (server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await);
    for (path, set) in [("/api/v1/exports/settings", json!({ "managers": true })), ("/api/v1/pseudonyms", json!({ "for_managers": true }))]
    {
        assert_eq!(admin.request("PUT", path).json(&set).send().await.expect("an answer").status(), 204);
    }
    for report in ALL {
        for format in ["csv", "ndjson"] {
            let path = format!("/api/v1/reports/{}/export?format={format}&columns={}", report.key, all_columns(report));
            let file = text(&manager, &path).await;
            assert!(!file.contains("Ana Lima") && !file.contains("The admin"), "{file}");
        }
    }
    assert!(text(&manager, &format!("{VIEWS}?format=csv")).await.contains("Alias-"));
    assert_eq!(problem(manager.get(&format!("{VIEWS}?format=csv&sort=user")).await).await.0, 400);
    assert_eq!(text(&manager, &format!("{VIEWS}?format=ndjson&user=Ana%20Lima")).await, "");
}

/// So many views of pages of text, a second apart, which the report has.
async fn many(server: &Server, count: u32) {
    let source: Arc<str> = "many".into();
    let justification = "x".repeat(16 << 10);
    for from in (0..count).step_by(500) {
        let event = |number: u32| {
            let at = Timestamp::saturating(minutes_ago(100_000).millis() + i64::from(number) * 1_000);
            let mut event = Event::new(&PASSWORD_VIEW, &source, format!("m{number}"), at);
            event.set("user", format!("user{number}")).set("justification", justification.as_str());
            event
        };
        server.store.append((from..count.min(from + 500)).map(event).collect()).await.expect("stored");
    }
    let auditor = server.signed_in(Role::Auditor).await;
    let matching = async || {
        let response = auditor.request("HEAD", &format!("{VIEWS}?format=ndjson&source=many")).send().await.expect("an answer");
        response.headers()["vigia-rows"].to_str().expect("a number").to_owned()
    };
    while matching().await != count.to_string() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until the trail tells of so many outcomes, and says them.
async fn outcomes(server: &Server, count: usize) -> Vec<Value> {
    loop {
        let told: Vec<Value> = trail(server).await.into_iter().filter(|one| !one["Outcome"].is_null()).collect();
        if told.len() >= count {
            return told;
        }
    }
}

/// An answer of which the first piece was taken.
async fn begun(visitor: &Visitor, path: &str) -> reqwest::Response {
    let mut response = visitor.get(path).await;
    assert_eq!(response.status(), 200);
    assert!(response.chunk().await.expect("a piece").is_some_and(|piece| piece.starts_with(b"User")));
    response
}

#[tokio::test]
async fn a_reader_who_goes_away_leaves_an_outcome_and_gives_the_turn_back() {
    let exports = ExportLimits { at_once: 1, each: 1, patience: Duration::from_secs(60) };
    let server = Server::with(Setup { as_made: true, exports: Some(exports), ..Setup::default() }).await;
    many(&server, 3_000).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let path = format!("{VIEWS}?format=csv&columns=user,justification&source=many");
    drop(begun(&auditor, &path).await);
    let told = outcomes(&server, 1).await;
    assert_eq!(told[0]["Outcome"], "Cut off: the reader has gone");
    let written: u64 = told[0]["Rows written"].as_str().expect("a number").parse().expect("a number");
    assert!(written < 3_000, "{written} rows of 48 MB were not all on their way");
    assert_eq!(text(&auditor, &format!("{path}&user.not=user1")).await.lines().count(), 3_000, "the turn is free again");
}

#[tokio::test]
async fn beyond_those_that_may_be_made_at_a_time_others_wait_and_are_refused_with_when_to_come_again() {
    let exports = ExportLimits { at_once: 2, each: 1, patience: Duration::from_millis(50) };
    let server = Server::with(Setup { as_made: true, exports: Some(exports), ..Setup::default() }).await;
    many(&server, 3_000).await;
    let path = format!("{VIEWS}?format=csv&columns=user,justification&source=many");
    let (auditor, admin) = (server.signed_in(Role::Auditor).await, server.signed_in(Role::Admin).await);
    let own = begun(&auditor, &path).await;
    let refused = auditor.get(&path).await;
    assert_eq!(refused.headers()["retry-after"], "10");
    let (status, detail, _) = problem(refused).await;
    assert_eq!((status, detail.contains("1 of one person, 2 in all")), (429, true), "{detail}");
    // One person is not in the way of another; two are.
    let other = begun(&admin, &path).await;
    let third = server.colleague("third").await;
    assert_eq!(third.get(&path).await.status(), 429);
    drop(own);
    outcomes(&server, 1).await;
    drop(begun(&third, &path).await);
    drop(other);
}

#[tokio::test]
async fn fifty_at_once_each_have_all_rows_or_a_clear_answer() {
    let exports = ExportLimits { at_once: 4, each: 50, patience: Duration::from_secs(300) };
    let server = Server::with(Setup { exports: Some(exports), ..Setup::default() }).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let expected = text(&auditor, &format!("{VIEWS}?format=csv")).await;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let auditor = auditor.clone();
        running.spawn(async move { text(&auditor, &format!("{VIEWS}?format=csv")).await });
    }
    assert!(running.join_all().await.into_iter().all(|file| file == expected));
    assert_eq!(outcomes(&server, 51).await.len(), 51);
}

#[tokio::test]
async fn what_is_removed_stored_or_changed_meanwhile_is_as_the_documentation_says() {
    let server = Server::with(Setup { as_made: true, ..Setup::default() }).await;
    many(&server, 3_000).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let mut response = auditor.get(&format!("{VIEWS}?format=ndjson&columns=user,date,justification&source=many&sort=date")).await;
    assert_eq!(response.headers()["vigia-rows"], "3000");
    let mut file = response.chunk().await.expect("a piece").expect("a piece").to_vec();
    // As retention does it: the oldest, and here half of all. And one that is stored where the export has not been yet.
    let half = Timestamp::saturating(minutes_ago(100_000).millis() + 2_000_000);
    while server.store.remove_before(&PASSWORD_VIEW, Some("many"), half, 10_000).await.expect("removes") > 0 {}
    let mut late = Event::new(&PASSWORD_VIEW, &"many".into(), "late", Timestamp::saturating(half.millis() + 500_500));
    late.set("user", "stored later");
    server.store.append(vec![late]).await.expect("stored");
    while let Some(piece) = response.chunk().await.expect("all of it") {
        file.extend(piece);
    }
    let users: Vec<String> = String::from_utf8(file)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["user"].as_str().expect("a user").to_owned())
        .collect();
    assert!(
        users.ends_with(&(2_000..3_000).map(|number| format!("user{number}")).collect::<Vec<_>>()),
        "what stays is there, in its order, once"
    );
    assert!(!users.contains(&"stored later".to_owned()), "what is stored later is not");
    assert!(users.len() < 3_000, "what is removed before it is read is left out: {}", users.len());
    let told = outcomes(&server, 1).await;
    assert_eq!(
        (&told[0]["Outcome"], &told[0]["Rows"], &told[0]["Rows written"]),
        (&json!("Complete"), &json!("3000"), &json!(users.len().to_string()))
    );
}

#[tokio::test]
async fn who_loses_the_right_loses_the_export() {
    let server = Server::with(Setup { as_made: true, ..Setup::default() }).await;
    many(&server, 3_000).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let mut response = begun(&auditor, &format!("{VIEWS}?format=csv&columns=user,justification&source=many")).await;
    assert!(server.store.set_disabled("auditor", true).await.expect("disables"));
    let ended = loop {
        match response.chunk().await {
            Ok(Some(_)) => tokio::time::sleep(Duration::from_millis(1)).await,
            ended => break ended,
        }
    };
    assert!(ended.is_err(), "the connection is cut: nobody takes it for whole");
    assert_eq!(outcomes(&server, 1).await[0]["Outcome"], "Cut off: the reader may not export any more");
}

#[tokio::test]
async fn a_question_that_cannot_be_is_refused_with_what_would_be_right() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    for (query, field) in [
        ("", "format"),
        ("?format=docx", "format"),
        ("?format=csv&limit=5", "limit"),
        ("?format=csv&user.near=x", "user.near"),
        ("?format=csv&zone=Mars/Olympus", "zone"),
    ] {
        let (status, _, named) = problem(auditor.get(&format!("{VIEWS}{query}")).await).await;
        assert_eq!((status, named.as_deref()), (400, Some(field)), "{query}");
    }
    assert_eq!(problem(auditor.get("/api/v1/reports/nothing/export?format=csv").await).await.0, 404);
}
