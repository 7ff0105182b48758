//! Tests of work in the background, on a database of their own.

use super::*;
use crate::identity::{Actor, Identity};
use crate::store::open;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
use tokio::sync::Semaphore;
use vigia_app::model::{Direction, JobState, Timestamp};
use vigia_app::reports::AUDIT_TRACKING;

const TICK: Duration = Duration::from_millis(10);
const HOUR: Duration = Duration::from_secs(3_600);

struct House {
    store: Arc<dyn Store>,
    _folder: tempfile::TempDir,
}

/// A server at work.
struct Running {
    jobs: Jobs,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
        Self { store: open(&url, Duration::from_secs(60)).await.expect("a store"), _folder: folder }
    }

    fn server(&self, jobs: Vec<Job>) -> Running {
        let jobs = Jobs::new(self.store.clone(), crate::clock::system(), jobs);
        let stop = CancellationToken::new();
        Running { task: tokio::spawn(jobs.clone().run(stop.clone())), jobs, stop }
    }

    async fn states(&self, jobs: &Jobs) -> Vec<JobState> {
        let identity = Identity::new(self.store.clone(), crate::clock::system());
        JobDesk { jobs, identity: &identity }.states().await.expect("an answer")
    }

    async fn run_now(&self, jobs: &Jobs, name: &str) -> Result<(), vigia_app::model::ApiError> {
        let identity = Identity::new(self.store.clone(), crate::clock::system());
        JobDesk { jobs, identity: &identity }.run_now(name, &Actor::command_line("ana")).await
    }
}

impl Running {
    async fn stopped(self) {
        self.stop.cancel();
        self.task.await.expect("no panic");
    }
}

/// Waits until something is so.
async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !so().await {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(TICK).await;
    }
}

/// A job that counts its runs.
fn counting(every: Duration, on: On) -> (Job, Arc<AtomicU32>) {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let job = Job::every("counting", "Counts.", every, on, move || {
        let counted = counted.clone();
        async move {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    });
    (job, runs)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_panics_or_fails_is_told_and_done_again() {
    let house = House::new().await;
    let runs = Arc::new(AtomicU32::new(0));
    // Each run waits to be let end, so that each is seen.
    let ends = Arc::new(Semaphore::new(0));
    let parts = (runs, ends.clone());
    let job = Job::every("moody", "Fails, panics, and then goes well.", TICK, On::Each, move || {
        let (runs, ends) = parts.clone();
        async move {
            ends.acquire().await?.forget();
            match runs.fetch_add(1, Ordering::SeqCst) {
                0 => anyhow::bail!("no disk"),
                1 => panic!("no hands"),
                _ => Ok(()),
            }
        }
    });
    let (other, others) = counting(TICK, On::Each);
    let server = house.server(vec![job, other]);
    for (failures, error) in [(1, "no disk"), (2, "It panicked: no hands"), (0, "")] {
        ends.add_permits(1);
        until(error, async || {
            let state = house.states(&server.jobs).await.remove(0);
            state.last.is_some_and(|last| (state.failures, last.error.as_str()) == (failures, error))
        })
        .await;
    }
    assert!(others.load(Ordering::SeqCst) > 2, "another job has nothing to do with it");
    server.stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_on_all_the_time_is_begun_again_when_it_ends() {
    let house = House::new().await;
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let job = Job::always("listening", "Listens.", Duration::from_secs(5), move |stop| {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            assert!(run > 0, "the first one panics");
            stop.cancelled().await;
            Ok(())
        }
    });
    let server = house.server(vec![job]);
    until("it is begun again", async || runs.load(Ordering::SeqCst) == 2).await;
    let state = house.states(&server.jobs).await.remove(0);
    assert!(state.running.is_some() && state.last.is_some_and(|last| last.error.contains("the first one panics")));
    let refused = house.run_now(&server.jobs, "listening").await.expect_err("it runs");
    assert!(refused.message.to_string().contains("all the time"), "{refused:?}");
    server.stopped().await;
    assert_eq!(runs.load(Ordering::SeqCst), 2, "it ended with the server");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_servers_one_does_it_and_the_next_when_that_one_stops() {
    let house = House::new().await;
    let (job, first) = counting(TICK, On::One);
    let one = house.server(vec![job]);
    until("the first has the lead", async || first.load(Ordering::SeqCst) > 2).await;
    let (job, second) = counting(TICK, On::One);
    let other = house.server(vec![job]);
    tokio::time::sleep(20 * TICK).await;
    assert_eq!(second.load(Ordering::SeqCst), 0);
    let seen = house.states(&other.jobs).await.remove(0);
    assert!(seen.one && seen.last.is_some() && seen.next.is_none(), "the other server knows how it went: {seen:?}");
    one.stopped().await;
    let done = first.load(Ordering::SeqCst);
    until("the second takes over", async || second.load(Ordering::SeqCst) > 2).await;
    assert_eq!(first.load(Ordering::SeqCst), done);
    other.stopped().await;
}

/// Where the lead is kept, as somebody else left it.
async fn led(house: &House, seconds: i64) {
    let now = house.store.operations().clock().await.expect("a clock").millis();
    let held = format!(r#"{{"server":"gone 1","token":1,"until":{}}}"#, now + seconds * 1_000);
    house.store.kept().set(lead::KEY.0, vec![(lead::KEY.1.to_owned(), Some(held))]).await.expect("kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lead_of_a_server_that_is_gone_is_taken_when_its_time_is_over() {
    for (seconds, taken) in [(-1, true), (20, false), (3_600, true)] {
        let house = House::new().await;
        led(&house, seconds).await;
        let (job, runs) = counting(TICK, On::One);
        let server = house.server(vec![job]);
        if taken {
            until("the lead is taken", async || runs.load(Ordering::SeqCst) > 0).await;
        }
        tokio::time::sleep(30 * TICK).await;
        assert_eq!(runs.load(Ordering::SeqCst) > 0, taken, "{seconds} seconds are left, and no lease is longer than 30");
        server.stopped().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_again_does_not_do_everything_again() {
    let house = House::new().await;
    let kept = async || house.store.kept().get(run::RUNS, "counting").await.expect("an answer");
    for (runs, after) in [(1, 0), (0, 0), (1, 2 * 3_600_000), (1, -3_600_000)] {
        if let Some(kept) = kept().await {
            // As if the last run had been some time ago, or were still to come for a clock that was set back.
            let mut last: run::LastRun = serde_json::from_str(&kept).expect("a run");
            last.run.began = Timestamp::saturating(last.run.began.millis() - after);
            let kept = serde_json::to_string(&last).expect("JSON");
            house.store.kept().set(run::RUNS, vec![("counting".to_owned(), Some(kept))]).await.expect("kept");
        }
        let before = kept().await;
        let (job, counted) = counting(HOUR, On::One);
        let server = house.server(vec![job]);
        until("its state is known", async || house.states(&server.jobs).await[0].next.is_some()).await;
        // On a machine that is busy it may take longer; that it is not done too often shows a little later.
        until("it is done", async || counted.load(Ordering::SeqCst) >= runs).await;
        until("it is kept", async || runs == 0 || kept().await != before).await;
        tokio::time::sleep(5 * TICK).await;
        assert_eq!(counted.load(Ordering::SeqCst), runs, "{after} ms later");
        server.stopped().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_done_now_on_whichever_server_somebody_asks() {
    let house = House::new().await;
    let (job, first) = counting(HOUR, On::One);
    let one = house.server(vec![job]);
    until("once at the start", async || first.load(Ordering::SeqCst) == 1).await;
    house.run_now(&one.jobs, "counting").await.expect("asked");
    until("at the one that does it", async || first.load(Ordering::SeqCst) == 2).await;
    let (job, second) = counting(HOUR, On::One);
    let other = house.server(vec![job]);
    house.run_now(&other.jobs, "counting").await.expect("asked");
    until("at another one", async || first.load(Ordering::SeqCst) == 3).await;
    assert_eq!(second.load(Ordering::SeqCst), 0);
    let unknown = house.run_now(&one.jobs, "counted").await.expect_err("there is none");
    assert_eq!((unknown.field.as_deref(), unknown.message.to_string().as_str()), (Some("name"), "There is no job \"counted\"."));
    let rows = house.store.rows().rows_within(&AUDIT_TRACKING, 0..i64::MAX, Direction::Ascending, 10).await.expect("rows");
    assert_eq!(rows.len(), 2, "both are on record");
    one.stopped().await;
    other.stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_server_stops_a_run_may_end_within_its_grace() {
    for (grace, ends) in [(Duration::from_secs(10), 1), (Duration::ZERO, 0)] {
        let house = House::new().await;
        let [begun, ended] = [(); 2].map(|()| Arc::new(AtomicU32::new(0)));
        let counted = (begun.clone(), ended.clone());
        let job = Job::every("slow", "Takes its time.", HOUR, On::Each, move || {
            let (begun, ended) = counted.clone();
            async move {
                begun.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(20 * TICK).await;
                ended.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        });
        let server = house.server(vec![job.with_grace(grace)]);
        until("it has begun", async || begun.load(Ordering::SeqCst) == 1).await;
        server.stopped().await;
        tokio::time::sleep(30 * TICK).await;
        assert_eq!(ended.load(Ordering::SeqCst), ends);
    }
}
