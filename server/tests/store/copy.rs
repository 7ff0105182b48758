//! Tests of `vigia db copy`: from every kind of database to every kind.

use crate::journal::{replica::Replica, settled};
use crate::queries::ask;
use crate::{samples, server::Server};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use vigia::event::Event;
use vigia::store::copy::{CopyError, copy};
use vigia::store::journal::JournalError;
use vigia::store::operations::{Claim, Ending, Enqueued, Finish, Hold, Job, Limits, NewOperation, Plan};
use vigia::store::quarantine::Refused;
use vigia::store::tokens::{ApiToken, Scope};
use vigia::store::value::Value;
use vigia::store::whole::Whole;
use vigia::store::{self, Store, User};
use vigia_app::model::{Attempt, ErrorClass, Priority, Query, Role, Timestamp};
use vigia_app::reports::{self, AUDIT_TRACKING, PASSWORD_OPERATION};

/// Databases of either kind; the folder goes with this.
struct Databases(tempfile::TempDir);

impl Databases {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    async fn url(&self, kind: &str) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        match kind {
            "sqlite" => format!("sqlite://{}/{}.db", self.0.path().display(), NUMBER.fetch_add(1, Ordering::Relaxed)),
            _ => Server::shared().database().await,
        }
    }

    async fn pair(&self, from: &str, to: &str) -> (String, String) {
        (self.url(from).await, self.url(to).await)
    }
}

async fn open(url: &str) -> Arc<dyn Store> {
    store::open(url, Duration::from_secs(60)).await.expect("a store")
}

/// Something of everything, with so many events of each report besides.
pub async fn fill(store: &Arc<dyn Store>, events: usize) {
    for report in reports::ALL {
        store.append(samples::events(report, events, 1)).await.expect("stored");
    }
    let start = Timestamp::saturating(samples::START);
    let mut event = Event::new(&PASSWORD_OPERATION, &"other".into(), "op-1", start);
    event.set("device", "srv-db-77").set("message", "x".repeat(5_000)).set("unknown", "kept");
    event.original = "the line".into();
    let attempt = |number| Attempt {
        end: (number == 1).then_some(start),
        executor: "openbao".into(),
        result: "Error".into(),
        error_class: "Locked".into(),
        message: "no".into(),
        ..Attempt::begun(number, start)
    };
    event.attempts = vec![attempt(1), attempt(2)];
    let far = Event::new(&PASSWORD_OPERATION, &"other".into(), "op-2", Timestamp::MAX);
    store.append(vec![event, far]).await.expect("stored");
    fill_queue(store, start).await;
    let user = |name: &str, disabled| User {
        username: name.into(),
        name: "Ana Lima".into(),
        role: Role::Auditor,
        password_hash: "$argon2id$...".into(),
        disabled,
        one_time: disabled.then_some(start),
    };
    store.add_user(user("ana", false)).await.expect("added");
    store.add_user(user("Rui", true)).await.expect("added");
    let token = ApiToken {
        name: "Segura".into(),
        hash: [7; 32],
        scope: Scope::Write,
        sources: vec!["segura".into()],
        created: start,
        created_by: "ana".into(),
        owner: "ana".into(),
        expires: None,
        revoked: Some(start),
        last_used: None,
    };
    store.tokens().add(token).await.expect("added");
    let line = |n: u32| Refused {
        source: "s".into(),
        format: "cef".into(),
        reason: "no CEF".into(),
        detail: String::new(),
        original: format!("line {n}"),
    };
    store.quarantine().add((0..30).map(line).collect(), start).await.expect("kept");
    let first = store.quarantine().list(&store::quarantine::QuarantineFilter::default(), None, 100).await.expect("lines");
    store.quarantine().remove(&[first[29].id, first[10].id]).await.expect("removed");
    store.kept().set("tail", vec![("a".into(), Some("1".into())), ("b".into(), Some("2".into()))]).await.expect("kept");
}

/// Operations that have come to stand in different ways: one is held, with a ticket, and one waits for its credential.
async fn fill_queue(store: &Arc<dyn Store>, start: Timestamp) {
    let new = |n: i64| {
        let mut event = Event::new(&PASSWORD_OPERATION, &"vigia".into(), format!("queue-{n}"), start);
        event.set("device", format!("srv-{n}")).set("operation", "Change password");
        let credential = format!("credential-{}", n / 2);
        let plan = Plan { connector: "main".into(), parameters: vec![("role".into(), "\"app\"".into())], credential, max_tries: 3 };
        NewOperation {
            event,
            plan,
            priority: Priority::High,
            approve_by: (n == 9).then_some(start),
            who: "ana".into(),
            asked_by: "ana".into(),
        }
    };
    store.operations().enqueue((0..10).map(new).collect(), start).await.expect("stored");
    let limits = Limits { total: 100, device: 1 };
    let claim = Claim { executor: "one".into(), connectors: vec!["main".into()], want: 10, limits, lease: start };
    let jobs = store.operations().claim(claim, start).await.expect("taken").jobs;
    assert_eq!(jobs.len(), 5);
    let hold = |job: &Job| Hold { id: job.id, fence: job.fence };
    assert!(store.operations().ticket(hold(&jobs[4]), [9; 32]).await.expect("held"));
    let ending = |n| match n {
        0 => Ending::Success { verified: "signed in".into() },
        _ => Ending::Failed { class: ErrorClass::Inconclusive, retry: Some(start) },
    };
    let end = |(n, job)| Finish {
        hold: hold(job),
        at: start,
        ending: ending(n),
        message: "said".into(),
        template: "rotate".into(),
        version: "2".into(),
        log: vec!["a line".into(), String::new(), "another".into()],
    };
    store.operations().finish(jobs.iter().take(2).enumerate().map(end).collect()).await.expect("ended");
}

/// Everything there is to compare; what a server finds out about events by itself is not copied.
async fn everything(store: &Arc<dyn Store>) -> (Vec<Vec<Whole>>, String) {
    let transfer = store.transfer();
    let mut events = Vec::new();
    for report in reports::ALL {
        let mut of_report = transfer.events_after(report, -1, 100_000).await.expect("events");
        for event in &mut of_report {
            event.cells =
                event.cells.drain(..).zip(report.stored()).filter(|(_, column)| !column.derived).map(|(value, _)| value).collect();
        }
        events.push(of_report);
    }
    let beside = (
        store.users().await.expect("users"),
        store.tokens().all().await.expect("tokens"),
        transfer.quarantined_after(-1, 1_000).await.expect("lines"),
        transfer.all_kept().await.expect("kept"),
        transfer.secrets().await.expect("secrets"),
    );
    (events, format!("{beside:#?}"))
}

async fn is_copied(from: &str, to: &str) {
    let databases = Databases::new();
    let (source, target) = databases.pair(from, to).await;
    let (source, target) = (open(&source).await, open(&target).await);
    fill(&source, 3_000).await;
    settled(&source).await;
    let (known, begins) = (source.journal().position().await, target.journal().position().await.expect("a position"));
    let mut follower = Replica::build(&target, begins).await;
    let mut verified = 0;
    copy(&*source, &*target, &mut |step| verified += usize::from(matches!(step, store::copy::Step::Verified { .. })))
        .await
        .expect("copied");
    assert_eq!(verified, reports::ALL.len() + 5, "each report, users, tokens, quarantine, what is kept, and secrets");
    let (a, b) = (everything(&source).await, everything(&target).await);
    assert_eq!(a.0.iter().map(Vec::len).sum::<usize>(), 3_000 * reports::ALL.len() + 13);
    assert_eq!(a.0.iter().flatten().filter(|event| event.queued.is_some()).count(), 10);
    assert!(a.0 == b.0, "every event is the same");
    assert_eq!(a.1, b.1);

    // The copy has a journal of its own: who followed the other one is told so, and who follows this one is told of everything.
    let other = target.journal().read(known.expect("a position"), 1).await.expect_err("it has other entries");
    assert!(matches!(other, JournalError::OtherJournal), "{other}");
    follower.catch_up(&target, "the copy").await;

    // The copy works like what it was made of.
    let search = Query { search: "srv-db-77".into(), ..Query::all(&PASSWORD_OPERATION) };
    assert_eq!(ask(&target, search).await.rows.len(), 1);
    let again = target.append(samples::events(&AUDIT_TRACKING, 3_000, 1)).await.expect("an answer");
    assert_eq!((again.stored, again.duplicate), (0, 3_000), "what was copied is known");
    let more = target.append(samples::events(&AUDIT_TRACKING, 3_000, 2)).await.expect("an answer");
    assert_eq!(more.stored, 3_000);
    let line = Refused { source: "s".into(), format: "f".into(), reason: "r".into(), detail: String::new(), original: "new".into() };
    assert_eq!(target.quarantine().add(vec![line], Timestamp::MIN).await.expect("kept"), 1);

    // Whoever held an operation holds it, and what waited for it has its turn.
    let (held, attempt) = target.operations().by_ticket([9; 32]).await.expect("an answer").expect("held");
    assert_eq!((attempt, target.operations().operation(held.id).await.expect("an answer").expect("queued").history.len()), (1, 2));
    let asked = Event { source_id: "queue-0".into(), ..Event::new(&PASSWORD_OPERATION, &"vigia".into(), "", Timestamp::MAX) };
    let plan = Plan { connector: "main".into(), parameters: Vec::new(), credential: "new".into(), max_tries: 1 };
    let new = NewOperation { event: asked, plan, priority: Priority::High, approve_by: None, who: "ana".into(), asked_by: "ana".into() };
    let known = target.operations().enqueue(vec![new], Timestamp::MIN).await.expect("an answer");
    assert!(matches!(known[..], [Enqueued::Known(_)]), "what was copied is known");
    let before = target.operations().counts(Timestamp::MAX).await.expect("counted");
    assert_eq!(before.running, 3);
    assert_eq!(target.operations().sweep(Timestamp::MAX, Timestamp::MIN).await.expect("swept").lost.len(), 3);

    // And nothing is ever mixed.
    let refused = copy(&*source, &*target, &mut |_| ()).await.expect_err("refused");
    assert!(matches!(refused, CopyError::NotEmpty(_)), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_begun_copy_of_another_database_is_left_alone() {
    let databases = Databases::new();
    let (source, target) = databases.pair("sqlite", "sqlite").await;
    let (source, target) = (open(&source).await, open(&target).await);
    target.kept().set("vigia.copy", vec![("from".into(), Some("another".into()))]).await.expect("kept");
    let refused = copy(&*source, &*target, &mut |_| ()).await.expect_err("refused");
    assert!(matches!(refused, CopyError::OtherCopy), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_is_copied_to_postgres() {
    is_copied("sqlite", "postgres").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_copied_to_sqlite() {
    is_copied("postgres", "sqlite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_copied_to_postgres() {
    is_copied("postgres", "postgres").await;
}

/// The program, killed again and again, each time a little later, until it comes to its end.
async fn goes_on(from: &str, to: &str) {
    let databases = Databases::new();
    let (source, target) = databases.pair(from, to).await;
    let source_store = open(&source).await;
    fill(&source_store, 3_000).await;
    drop(source_store);
    let run = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_vigia"));
        command.args(["db", "copy", "--from", &source, "--to", &target]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("starts")
    };
    let mut kills = 0;
    let said = loop {
        let mut child = run();
        std::thread::sleep(Duration::from_millis(80 * kills));
        if kills < 40 {
            child.kill().expect("killed");
        }
        let output = child.wait_with_output().expect("ended");
        if output.status.success() {
            break Some(String::from_utf8(output.stdout).expect("text"));
        }
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        if kills > 0 && error.contains("holds data already") {
            // The one before had come to its end when it was killed.
            break None;
        }
        // What is logged meanwhile names modules: `vigia::store`.
        assert!(!error.lines().any(|line| line.starts_with("vigia: ")), "{error}");
        kills += 1;
    };
    assert!(kills > 0);
    let to_its_end = said.is_some();
    if let Some(said) = said {
        assert!(said.contains("password-operation: 3012 records, equal on both sides") && said.contains("hold the same"), "{said}");
    }
    let (source, target) = (open(&source).await, open(&target).await);
    source.settle().await;
    target.settle().await;
    let ((mut of_source, kept_there), (mut of_target, kept_here)) = (everything(&source).await, everything(&target).await);
    let (read, made) = (about_databases(&mut of_source), about_databases(&mut of_target));
    assert!((of_source, kept_there) == (of_target, kept_here));
    // Each has in its trail what was done with it.
    assert!(!read.is_empty() && read.iter().all(|operation| operation == "Export"), "{read:?}");
    if to_its_end {
        assert_eq!(made.iter().filter(|operation| *operation == "Creation").count(), 1, "{made:?}");
    }
}

/// Takes the rows of the trail out that are about a database, and says what was done with it.
fn about_databases(events: &mut [Vec<Whole>]) -> Vec<String> {
    let place = |key: &str| AUDIT_TRACKING.stored().position(|column| column.key == key).expect("a column");
    let trail = reports::ALL.iter().position(|report| report.key == AUDIT_TRACKING.key).expect("a report");
    let is_about = |event: &mut Whole| event.cells[place("entity")] == Value::Text("Database".to_owned());
    let text = |value: &Value| if let Value::Text(text) = value { text.clone() } else { String::new() };
    events[trail].extract_if(.., is_about).map(|event| text(&event.cells[place("operation")])).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_to_postgres_that_was_killed_goes_on() {
    goes_on("sqlite", "postgres").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_to_sqlite_that_was_killed_goes_on() {
    goes_on("postgres", "sqlite").await;
}
