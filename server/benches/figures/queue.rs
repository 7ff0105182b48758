//! Operations through the queue: taken, carried out in no time, and ended, each step durable; and what it takes to find the next ones
//! among very many that are due.

use super::table::{Table, Timings};
use std::sync::Arc;
use std::time::{Duration, Instant};
use vigia::event::Event;
use vigia::store::operations::{Claim, Ending, Finish, Hold, Job, Limits, NewOperation, Plan};
use vigia::store::{self, Store};
use vigia_app::model::{Priority, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

const BATCHES: [u32; 3] = [16, 64, 256];
/// Operations carried out with each size of a batch.
const OPERATIONS: usize = 5_120;
/// Operations that are due at once.
const DUE: usize = 100_000;
const DEVICES: [usize; 3] = [1, 100, 10_000];
/// Most in flight on a device.
const LIMIT: u32 = 2;
const CLAIMS: usize = 400;
const WANT: u32 = 16;
/// Operations stored in one call.
const STEP: usize = 10_000;

/// 2026-11-01T00:00:00Z.
const START: Timestamp = match Timestamp::from_millis(1_793_491_200_000) {
    Some(start) => start,
    None => Timestamp::MIN,
};

pub async fn measure(table: &mut Table, name: &str, fresh: impl AsyncFn() -> String) {
    let open = async || store::open(&fresh().await, Duration::from_secs(60)).await.expect("a store");
    let store = open().await;
    for batch in BATCHES {
        fill(&store, &format!("batch-{batch}"), OPERATIONS, 500, START).await;
        let (start, mut done) = (Instant::now(), 0);
        while done < OPERATIONS {
            let jobs = claim(&store, batch, u32::MAX).await;
            done += jobs.len();
            finish(&store, &jobs).await;
        }
        let rate = OPERATIONS as f64 / start.elapsed().as_secs_f64();
        let what = format!("{name}: {OPERATIONS} operations taken and ended, {batch} a call, each call durable");
        table.row("queue", what, format!("{rate:.0} operations/s"), "2,000 operations/s");
    }
    drop(store);
    for devices in DEVICES {
        let store = open().await;
        fill(&store, "due", DUE, devices, START).await;
        let (mut claims, mut taken) = (Vec::with_capacity(CLAIMS), 0);
        for _ in 0..CLAIMS {
            let start = Instant::now();
            let jobs = claim(&store, WANT, LIMIT).await;
            claims.push(start.elapsed());
            taken += jobs.len();
            finish(&store, &jobs).await;
        }
        let what = format!("{name}: {WANT} wanted of {DUE} due on {devices} devices, at most {LIMIT} on each");
        let figure = format!("{} a claim, {taken} taken in {CLAIMS}", Timings::new(claims).words());
        table.row("queue", what, figure, "p99 < 100 ms");
    }
}

/// Operations that fall due within the minute after `start`.
pub(super) async fn fill(store: &Arc<dyn Store>, name: &str, count: usize, devices: usize, start: Timestamp) {
    let operation = |number: usize| {
        let time = Timestamp::saturating(start.millis() + number as i64 % 60_000);
        let mut event = Event::new(&PASSWORD_OPERATION, &"bench".into(), format!("{name}-{number}"), time);
        event.set("device", format!("srv-{:05}", number % devices)).set("username", format!("svc-{}", number % 1_000));
        event.set("operation", "Change password").set("credential_type", "Local User").set("requester", "rotation");
        let plan = Plan {
            connector: "instant".into(),
            parameters: vec![("role".into(), format!("role-{number}"))],
            credential: format!("{name}/{number}"),
            max_tries: 5,
        };
        NewOperation { event, plan, priority: Priority::Normal, approve_by: None, who: "rotation".into(), asked_by: String::new() }
    };
    for first in (0..count).step_by(STEP) {
        let new = (first..count.min(first + STEP)).map(operation).collect();
        store.operations().enqueue(new, start).await.expect("stored");
    }
}

/// Well after all are due.
fn later(seconds: i64) -> Timestamp {
    Timestamp::saturating(START.millis() + (3_600 + seconds) * 1_000)
}

async fn claim(store: &Arc<dyn Store>, want: u32, device: u32) -> Vec<Job> {
    let claim = Claim {
        executor: "bench-1".into(),
        connectors: vec!["instant".into()],
        want,
        limits: Limits { total: 10_000, device },
        lease: later(30),
    };
    store.operations().claim(claim, later(0)).await.expect("an answer").jobs
}

async fn finish(store: &Arc<dyn Store>, jobs: &[Job]) {
    let end = |job: &Job| Finish {
        hold: Hold { id: job.id, fence: job.fence },
        at: later(1),
        ending: Ending::Success { verified: format!("{} signs in on {} with the new password", job.username, job.device) },
        message: String::new(),
        template: "rotate-linux".into(),
        version: "3".into(),
        log: vec!["connected".into(), "changed".into(), "verified".into()],
    };
    store.operations().finish(jobs.iter().map(end).collect()).await.expect("ended");
}
