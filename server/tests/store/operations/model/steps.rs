//! What may happen to a queue.

use super::super::{Action, ErrorClass, Priority};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest_state_machine::ReferenceStateMachine;

/// One thing that happens. What it happens to is chosen from what there is by then.
#[derive(Debug, Clone)]
pub enum Step {
    Enqueue(New),
    Claim {
        executor: usize,
        want: u32,
        total: u32,
        device: u32,
        connectors: usize,
    },
    Heartbeat(Index),
    Finish(Index, End),
    /// Whoever holds operations forgets them.
    Crash {
        executor: usize,
    },
    Change {
        action: Action,
        chosen: Vec<Index>,
        request: usize,
    },
    Sweep,
    /// Time passes, or a clock is set: milliseconds.
    Tick(i64),
    /// Rows from before so many milliseconds ago go.
    Remove(i64),
    Reopen,
}

#[derive(Debug, Clone)]
pub struct New {
    pub name: usize,
    pub credential: usize,
    pub device: &'static str,
    pub connector: usize,
    pub priority: Priority,
    /// Milliseconds from now.
    pub due: i64,
    pub max_tries: u32,
    /// Milliseconds from now.
    pub approve: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
pub enum End {
    Verified,
    Unverified,
    /// With the milliseconds until the next try.
    Failed(ErrorClass, Option<i64>),
}

/// Anything may happen at any time: there is nothing to remember.
pub struct Steps;

impl ReferenceStateMachine for Steps {
    type State = ();
    type Transition = Step;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Step> {
        let claim = (0..2usize, 0..6u32, 0..8u32, 0..4u32, 1..4usize).prop_map(|(executor, want, total, device, connectors)| Step::Claim {
            executor,
            want,
            total,
            device,
            connectors,
        });
        let change = (select(Action::ALL.to_vec()), prop::collection::vec(any::<Index>(), 1..4), 0..4usize)
            .prop_map(|(action, chosen, request)| Step::Change { action, chosen, request });
        prop_oneof![
            12 => new().prop_map(Step::Enqueue),
            14 => claim,
            3 => any::<Index>().prop_map(Step::Heartbeat),
            12 => (any::<Index>(), end()).prop_map(|(hold, end)| Step::Finish(hold, end)),
            1 => (0..2usize).prop_map(|executor| Step::Crash { executor }),
            6 => change,
            3 => Just(Step::Sweep),
            4 => prop_oneof![0..5_000i64, 0..5_000i64, 40_000..90_000i64, -5_000..0i64, -90_000..-40_000i64].prop_map(Step::Tick),
            1 => (0..100_000i64).prop_map(Step::Remove),
            1 => Just(Step::Reopen),
        ]
        .boxed()
    }

    fn apply((): (), _: &Step) {}
}

fn new() -> impl Strategy<Value = New> {
    let approve = prop::option::weighted(0.15, 0..60_000i64);
    let device = select(vec!["", "srv", "SRV", "other", "other"]);
    let priority = select(Priority::ALL.to_vec());
    (0..60usize, 0..8usize, device, 0..2usize, priority, -20_000..10_000i64, 1..4u32, approve).prop_map(
        |(name, credential, device, connector, priority, due, max_tries, approve)| New {
            name,
            credential,
            device,
            connector,
            priority,
            due,
            max_tries,
            approve,
        },
    )
}

fn end() -> impl Strategy<Value = End> {
    let failed = (select(ErrorClass::ALL.to_vec()), prop::option::of(0..5_000i64)).prop_map(|(class, retry)| End::Failed(class, retry));
    prop_oneof![4 => Just(End::Verified), 1 => Just(End::Unverified), 4 => failed]
}
