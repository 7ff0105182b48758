//! Tests of `vigia db copy`: from every kind of database to every kind.

use crate::{samples, server::Server};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use vigia::event::Event;
use vigia::store::copy::{CopyError, copy};
use vigia::store::operations::{Change, Claim, Ending, Enqueued, Finish, Hold, Limits, NewOperation, Plan};
use vigia::store::quarantine::Refused;
use vigia::store::tokens::{ApiToken, Scope};
use vigia::store::whole::Whole;
use vigia::store::{self, ResolvedQuery, Store, User};
use vigia_app::model::{Action, Attempt, Priority, Query, Role, Timestamp};
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

async fn fill(store: &Arc<dyn Store>) {
    for report in reports::ALL {
        store.append(samples::events(report, 3_000, 1)).await.expect("stored");
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
    let user = |name: &str, disabled| User {
        username: name.into(),
        name: "Ana Lima".into(),
        role: Role::Auditor,
        password_hash: "$argon2id$...".into(),
        disabled,
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
    fill_queue(store).await;
}

/// An operation that awaits approval, one that is running, and one that was carried out and restarted.
async fn fill_queue(store: &Arc<dyn Store>) {
    let start = Timestamp::saturating(samples::START);
    let operation = |name: &str, approve_by| {
        let mut event = Event::new(&PASSWORD_OPERATION, &"vigia".into(), name, start);
        event.set("device", "SRV-db-1").set("operation", "Change password");
        let parameters = vec![("role".into(), "\"app\"".into())];
        let plan = Plan { connector: "bao".into(), parameters, credential: name.into(), max_tries: 3 };
        NewOperation { event, plan, priority: Priority::High, approve_by, who: "ana".into() }
    };
    let new = vec![operation("waits", Some(Timestamp::MAX)), operation("runs", None), operation("ran", None)];
    let enqueued = store.operations().enqueue(new, start).await.expect("stored");
    let jobs = store.operations().claim(claim(), start).await.expect("taken").jobs;
    assert_eq!(jobs.len(), 2);
    let end = Finish {
        hold: Hold { id: jobs[1].id, fence: jobs[1].fence },
        at: start,
        ending: Ending::Success { verified: "signed in".into() },
        message: String::new(),
        template: "rotate".into(),
        version: "2".into(),
        log: vec!["a line".into(), String::new(), "another".into()],
    };
    store.operations().finish(vec![end]).await.expect("ended");
    assert_eq!(enqueued[2], Enqueued::New(jobs[1].id));
    let restart = Change {
        action: Action::Restart,
        ids: vec![jobs[1].id],
        at: start,
        who: "ana".into(),
        note: "once more".into(),
        request: "key".into(),
    };
    store.operations().change(restart).await.expect("restarted");
}

fn claim() -> Claim {
    let limits = Limits { total: 9, device: 9 };
    Claim { executor: "e".into(), connectors: vec!["bao".into()], want: 9, limits, lease: Timestamp::MAX }
}

/// Everything there is to compare.
async fn everything(store: &Arc<dyn Store>) -> (Vec<Vec<Whole>>, String) {
    let transfer = store.transfer();
    let mut events = Vec::new();
    for report in reports::ALL {
        events.push(transfer.events_after(report, -1, 100_000).await.expect("events"));
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
    fill(&source).await;
    let mut verified = 0;
    copy(&*source, &*target, &mut |step| verified += usize::from(matches!(step, store::copy::Step::Verified { .. })))
        .await
        .expect("copied");
    assert_eq!(verified, 9);
    let (a, b) = (everything(&source).await, everything(&target).await);
    assert_eq!(a.0.iter().map(Vec::len).sum::<usize>(), 12_005);
    assert_eq!(a.0.iter().flatten().filter(|event| event.queued.is_some()).count(), 3);
    assert!(a.0 == b.0, "every event is the same");
    assert_eq!(a.1, b.1);

    // The copy works like what it was made of.
    let search = Query { search: "srv-db-77".into(), ..Query::all(&PASSWORD_OPERATION) };
    let found = target.page(ResolvedQuery::new(search, Timestamp::MIN).expect("resolves")).await.expect("a page");
    assert_eq!(found.rows.len(), 1);
    let again = target.append(samples::events(&AUDIT_TRACKING, 3_000, 1)).await.expect("an answer");
    assert_eq!((again.stored, again.duplicate), (0, 3_000), "what was copied is known");
    let more = target.append(samples::events(&AUDIT_TRACKING, 3_000, 2)).await.expect("an answer");
    assert_eq!(more.stored, 3_000);
    let line = Refused { source: "s".into(), format: "f".into(), reason: "r".into(), detail: String::new(), original: "new".into() };
    assert_eq!(target.quarantine().add(vec![line], Timestamp::MIN).await.expect("kept"), 1);

    let jobs = target.operations().claim(claim(), Timestamp::saturating(samples::START)).await.expect("taken").jobs;
    assert_eq!(jobs.iter().map(|job| (&*job.plan.credential, job.attempt)).collect::<Vec<_>>(), [("ran", 2)], "the queue goes on");

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
    fill(&source_store).await;
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
        if error.contains("holds data already") {
            // The one before was killed when all was done, on its way out.
            break None;
        }
        assert!(!error.contains("vigia:"), "{error}");
        kills += 1;
    };
    assert!(kills > 0);
    if let Some(said) = said {
        assert!(said.contains("password-operation: 3005 records, equal on both sides") && said.contains("hold the same"), "{said}");
    }
    let (source, target) = (open(&source).await, open(&target).await);
    assert!(everything(&source).await == everything(&target).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_to_postgres_that_was_killed_goes_on() {
    goes_on("sqlite", "postgres").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_to_sqlite_that_was_killed_goes_on() {
    goes_on("postgres", "sqlite").await;
}
