//! Tests for what only a PostgreSQL server can do, or do wrong.

use crate::queries::ask;
use crate::samples;
use crate::server::Server;
use std::sync::Arc;
use std::time::Duration;
use vigia::event::Event;
use vigia::store::{self, Store, StoreError};
use vigia_app::model::{Direction, Query, Timestamp};
use vigia_app::reports::{self, AUDIT_TRACKING};

pub async fn open(url: &str) -> Arc<dyn Store> {
    store::open(url, Duration::from_secs(60)).await.expect("a store")
}

async fn refusal(url: &str) -> String {
    match store::open(url, Duration::from_secs(1)).await {
        Ok(_) => panic!("it should be refused"),
        Err(error) => error.to_string(),
    }
}

fn database(url: &str) -> &str {
    url.rsplit_once('/').expect("a URL").1
}

pub fn event(source: &str, id: &str, at: Timestamp) -> Event {
    let mut event = Event::new(&AUDIT_TRACKING, &source.into(), id, at);
    event.set("operation", "Login");
    event
}

#[tokio::test]
async fn what_is_no_database_of_ours_is_refused_with_a_sentence() {
    let server = Server::shared();
    let ours = server.database().await;
    let wrong = ours.replace("only-for-tests", "s3cret");
    let said = refusal(&wrong).await;
    assert!(said.contains("Check user and password") && !said.contains("s3cret"), "{said}");
    assert!(refusal(&server.url("nowhere")).await.contains("CREATE DATABASE"));
    let nobody = refusal("postgres://vigia:s3cret@127.0.0.1:1/vigia").await;
    assert!(nobody.contains("cannot be reached") && !nobody.contains("s3cret"), "{nobody}");

    server.run("CREATE DATABASE other_program").await;
    server.run_in("other_program", "CREATE TABLE notes (text text)").await;
    assert!(refusal(&server.url("other_program")).await.contains("tables of another program"));

    server.run("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0").await;
    assert!(refusal(&server.url("latin")).await.contains("needs UTF8"));

    server.run_in(database(&ours), "UPDATE vigia_schema SET version = 999").await;
    assert!(refusal(&ours).await.contains("written by a newer Vigia (schema 999"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_make_the_schema_once() {
    let server = Server::shared();
    server.run("CREATE DATABASE started_at_once").await;
    let url = server.url("started_at_once");
    let stores = tokio::join!(open(&url), open(&url), open(&url), open(&url));
    for (number, store) in [stores.0, stores.1, stores.2, stores.3].into_iter().enumerate() {
        let appended = store.append(vec![event("a", &number.to_string(), Timestamp::saturating(samples::START))]).await.expect("stored");
        assert_eq!(appended.stored, 1);
    }
}

/// What there is of the tables of a report: columns with their types, what each index is sorted by, and how they are cut.
async fn tables(client: &tokio_postgres::Client, report: &vigia_app::model::Report) -> Vec<String> {
    const TOLD: &str = "
        SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || coalesce(l.collname, '') || ' ' || a.attnotnull
            || ' ' || coalesce(pg_get_partkeydef(c.oid), '')
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_collation l ON l.oid = a.attcollation
         WHERE c.relname ~ $1 AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
         ORDER BY 1";
    const SORTED: &str = "
        SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
         WHERE c.relname ~ $1 ORDER BY 1";
    // Partitions are called by numbers.
    let names = format!("^{}(_[a-z]+)?$", report.table);
    let mut all = Vec::new();
    for sql in [TOLD, SORTED] {
        all.extend(client.query(sql, &[&names]).await.expect("an answer").iter().map(|row| row.get::<_, String>(0)));
    }
    all
}

/// What the migrations have made is what the declaration says: types, and what each index is sorted by. A column that is added later is like
/// one that was there from the beginning.
#[tokio::test]
async fn the_schema_is_what_the_declarations_say() {
    let connected = async |url: &str| {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("connected");
        tokio::spawn(connection);
        client
    };
    let url = Server::shared().database().await;
    drop(open(&url).await);
    let (migrated, declared) = (connected(&url).await, connected(&Server::shared().database().await).await);
    declared.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.expect("empty");
    let dialect = store::schema::Dialect::Postgres;
    for report in reports::ALL {
        declared.batch_execute(&dialect.tables(report)).await.expect("made");
        let (made, said) = (tables(&migrated, report).await, tables(&declared, report).await);
        assert!(made.len() > report.stored().count(), "{made:#?}");
        assert_eq!(made, said, "{}", report.key);
        for column in report.stored() {
            // Its index goes with it.
            let anew = format!("ALTER TABLE {} DROP COLUMN \"{}\"; {}", report.table, column.key, dialect.added(report, column));
            declared.batch_execute(&anew).await.expect("added");
        }
        assert_eq!(tables(&declared, report).await, made, "{}", report.key);
    }
}

/// Eight stores, as of eight processes, each handing over what the others do, too, and something of its own; all in few
/// milliseconds of event time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_many_processes_store_at_once_is_neither_doubled_nor_lost() {
    let url = Server::shared().database().await;
    let mut processes = tokio::task::JoinSet::new();
    for process in 0..8 {
        let url = url.clone();
        processes.spawn(async move {
            let store = open(&url).await;
            let (mut stored, mut duplicate) = (0, 0);
            for batch in 0..10 {
                let at = |n: i64| Timestamp::saturating(samples::START + n % 7);
                let mut events: Vec<Event> = (0..50).map(|n| event("shared", &format!("{batch}-{n}"), at(n))).collect();
                if process % 2 == 1 {
                    events.reverse();
                }
                events.extend((0..50).map(|n| event("own", &format!("{process}-{batch}-{n}"), at(n))));
                for event in &mut events {
                    event.set("user", format!("user {batch}"));
                }
                let appended = store.append(events).await.expect("stored");
                stored += appended.stored;
                duplicate += appended.duplicate;
            }
            (stored, duplicate)
        });
    }
    let counts = processes.join_all().await;
    let (stored, duplicate): (u64, u64) = counts.into_iter().fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    assert_eq!((stored, duplicate), (8 * 500 + 500, 7 * 500));
    let store = open(&url).await;
    let mut query = Query { limit: Query::MAX_LIMIT, ..Query::all(&AUDIT_TRACKING) };
    let mut rows = 0;
    loop {
        let page = ask(&store, query.clone()).await;
        rows += page.rows.len();
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(rows, 4_500);
}

/// Appends that wait at the same time share a commit; one the database refuses must not take others with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_fails_fails_alone() {
    let server = Server::shared();
    let url = server.database().await;
    let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN IF new.source = 'poison' THEN RAISE EXCEPTION 'no'; END IF; RETURN new; END $$;
                  CREATE TRIGGER refuse BEFORE INSERT ON audit_tracking FOR EACH ROW EXECUTE FUNCTION refuse()";
    server.run_in(database(&url), refuse).await;
    let store = open(&url).await;
    let mut appends = tokio::task::JoinSet::new();
    for number in 0..40 {
        let store = store.clone();
        appends.spawn(async move {
            let source = if number % 10 == 3 { "poison" } else { "good" };
            let events = (0..5).map(|n| event(source, &format!("{number}-{n}"), Timestamp::saturating(samples::START))).collect();
            (source, store.append(events).await.map(|appended| appended.stored))
        });
    }
    for (source, result) in appends.join_all().await {
        match source {
            "poison" => assert!(matches!(result, Err(StoreError::Failed(_))), "{result:?}"),
            _ => assert_eq!(result.expect("stored"), 5),
        }
    }
    assert_eq!(ask(&store, Query { limit: 500, ..Query::all(&AUDIT_TRACKING) }).await.rows.len(), 36 * 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts_is_found_again() {
    let server = Server::start();
    let store = open(&server.database().await).await;
    let at = Timestamp::saturating(samples::START);
    store.append(vec![event("a", "1", at)]).await.expect("stored");
    ask(&store, Query::all(&AUDIT_TRACKING)).await;
    tokio::task::block_in_place(|| server.restart());
    assert_eq!(ask(&store, Query::all(&AUDIT_TRACKING)).await.rows.len(), 1, "a question finds a new connection");
    let again = store.append(vec![event("a", "1", at), event("a", "2", at)]).await.expect("stored");
    assert_eq!((again.stored, again.duplicate), (1, 1), "so do events");
    tokio::task::block_in_place(|| server.restart());
    store.add_failure("ana", at).await.expect("counted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_takes_too_long_is_stopped() {
    let url = Server::shared().database().await;
    let store = store::open(&url, Duration::from_secs(2)).await.expect("a store");
    let (mut client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connected");
    tokio::spawn(connection);
    let busy = client.transaction().await.expect("begins");
    busy.batch_execute("LOCK TABLE audit_tracking IN ACCESS EXCLUSIVE MODE").await.expect("locked");
    let rows = store.rows().rows_within(&AUDIT_TRACKING, 0..i64::MAX, Direction::Descending, 1).await;
    assert!(matches!(rows, Err(StoreError::TooSlow(2))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn months_that_are_too_old_are_dropped_whole() {
    let server = Server::shared();
    let url = server.database().await;
    let (store, other) = (open(&url).await, open(&url).await);
    let month = |months: u32| Timestamp::from(months_ago(months));
    let event = |id: &str, months| event("a", id, month(months));
    let old = || (0..30).map(|n| event(&format!("old {n}"), 4 + n % 3)).collect::<Vec<_>>();
    store.append(old()).await.expect("stored");
    let recent = (0..10).map(|n| event(&format!("recent {n}"), 1)).collect();
    other.append(recent).await.expect("stored");
    let before = month(2);
    assert_eq!(store.remove_before(&AUDIT_TRACKING, Some("b"), before, 5).await.expect("removed"), 0, "no event of this source");
    let removed = store.remove_before(&AUDIT_TRACKING, None, before, 5).await.expect("removed");
    assert_eq!(removed, 10, "the oldest month, whole");
    assert_eq!(ask(&store, Query { limit: 500, ..Query::all(&AUDIT_TRACKING) }).await.rows.len(), 30);
    assert_eq!(store.remove_before(&AUDIT_TRACKING, None, before, 1_000).await.expect("removed"), 20);
    assert_eq!(ask(&other, Query { limit: 500, ..Query::all(&AUDIT_TRACKING) }).await.rows.len(), 10);
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connected");
    tokio::spawn(connection);
    let left: i64 = client
        .query_one("SELECT count(*) FROM pg_class WHERE relname LIKE '%gone%' AND relkind IN ('r', 'p')", &[])
        .await
        .expect("a count")
        .get(0);
    assert_eq!(left, 0, "nothing is left behind");
    let again = other.append(old()).await.expect("stored: the partition is made again by who thought that it was there");
    assert_eq!((again.stored, again.duplicate), (30, 0), "what was removed can come back");
    let again = store.append(old()).await.expect("an answer");
    assert_eq!((again.stored, again.duplicate), (0, 30));
}

/// The view would lose them: what is too old goes event by event, until nobody looks back any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn months_stay_while_somebody_reads_what_was_there() {
    let server = Server::shared();
    let url = server.database().await;
    let (store, other) = (open(&url).await, open(&url).await);
    let month = |months: u32| Timestamp::from(months_ago(months));
    let events = (0..30).map(|n| event("a", &n.to_string(), month(4 + n % 3))).collect();
    store.append(events).await.expect("stored");
    let mut view = store.transfer().still().await.expect("a view");
    let count = async |store: &Arc<dyn Store>| store.transfer().events(&AUDIT_TRACKING).await.expect("counted");
    assert_eq!(other.remove_before(&AUDIT_TRACKING, None, month(2), 5).await.expect("removed"), 5, "not the whole month");
    assert_eq!(other.remove_before(&AUDIT_TRACKING, None, month(2), 10).await.expect("removed"), 10);
    // Months that nobody had an event of are made beside it.
    store.append(vec![event("a", "new", month(9))]).await.expect("stored");
    assert_eq!((crate::still::count(&mut *view, &AUDIT_TRACKING).await, count(&store).await), (30, 16));
    drop(view);
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connected");
    tokio::spawn(connection);
    let held = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.classid = 1449748329 AND l.objid = 3";
    while client.query_one(held, &[]).await.expect("an answer").get::<_, i64>(0) > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(other.remove_before(&AUDIT_TRACKING, None, month(2), 2).await.expect("removed"), 6, "months again, whole");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_still_view_may_take_longer_than_a_question() {
    let url = Server::shared().database().await;
    let store = store::open(&url, Duration::from_secs(1)).await.expect("a store");
    let mut view = store.transfer().still().await.expect("a view");
    let (mut client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connected");
    tokio::spawn(connection);
    let busy = client.transaction().await.expect("begins");
    busy.batch_execute("LOCK TABLE quarantine IN ACCESS EXCLUSIVE MODE").await.expect("locked");
    let lines = tokio::spawn(async move { view.quarantined_after(-1, 1).await });
    // Whoever asks the same at the same time gives up.
    assert!(matches!(store.transfer().quarantined_after(-1, 1).await, Err(StoreError::TooSlow(1))));
    busy.batch_execute("SELECT pg_sleep(0.3)").await.expect("slept");
    busy.rollback().await.expect("unlocked");
    assert_eq!(lines.await.expect("no panic").expect("lines"), []);
}

/// The middle of a month so many months before this one.
pub fn months_ago(months: u32) -> chrono::DateTime<chrono::Utc> {
    use chrono::Datelike as _;
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
    let middle = now.date_naive().with_day(15).expect("a day");
    middle.checked_sub_months(chrono::Months::new(months)).expect("a month").and_time(chrono::NaiveTime::MIN).and_utc()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_is_verified_as_the_url_says() {
    let server = Server::start();
    let authority = rcgen::CertifiedIssuer::self_signed(
        {
            let mut parameters = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
            parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            parameters
        },
        rcgen::KeyPair::generate().expect("a key"),
    )
    .expect("an authority");
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate =
        rcgen::CertificateParams::new(vec!["db.example".to_owned()]).and_then(|parameters| parameters.signed_by(&key, &authority));
    for (file, pem) in [("server.crt", certificate.expect("a certificate").pem()), ("server.key", key.serialize_pem())] {
        let sql = format!("COPY (SELECT unnest(string_to_array('{pem}', E'\\n'))) TO PROGRAM 'umask 077; cat > {file}'");
        server.run(&sql).await;
    }
    server.run("ALTER SYSTEM SET ssl = on").await;
    server.run("SELECT pg_reload_conf()").await;
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("ca.pem");
    std::fs::write(&root, authority.pem()).expect("written");
    let plain = server.database().await;
    let url = |parameters: &str| format!("{plain}?{}", parameters.replace("ROOT", &root.display().to_string()));
    for parameters in ["sslmode=require", "sslmode=verify-ca&sslrootcert=ROOT", "sslmode=disable"] {
        open(&url(parameters)).await;
    }
    // The certificate is of another host than 127.0.0.1; and without the root nobody vouches for it.
    for parameters in ["sslmode=verify-full&sslrootcert=ROOT", "sslmode=verify-full", "sslmode=verify-ca"] {
        let said = refusal(&url(parameters)).await;
        assert!(said.contains("certificate"), "{parameters}: {said}");
        assert!(!said.contains("only-for-tests"), "{said}");
    }
    let named = url("sslmode=verify-full&sslrootcert=ROOT&hostaddr=127.0.0.1").replace("@127.0.0.1", "@db.example");
    open(&named).await;
    let unnamed = plain.replace("@127.0.0.1", "@db.example") + "?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=/nowhere.pem";
    assert!(refusal(&unnamed).await.contains("/nowhere.pem cannot be read"));
}
