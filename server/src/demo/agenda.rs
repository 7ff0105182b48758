//! The agenda: how many events of each report are still to come, and those that are planned already, in order.

use super::plan::{BACKUPS, OPERATIONS, Planned, REPORTS, TRAILS, VIEWS, What};
use std::collections::BinaryHeap;

pub(super) struct Agenda {
    heap: BinaryHeap<Planned>,
    /// How many events each report gets.
    quota: [u64; REPORTS],
    planned: [u64; REPORTS],
    order: u64,
    now: i64,
}

impl Agenda {
    /// The quotas depend on nothing but the two numbers: whenever it is run, the same source ids come out.
    pub(super) fn new(events: u64, backups: u64, now: i64) -> Self {
        let mut quota = [0; REPORTS];
        quota[OPERATIONS] = events / 100 * 14 + events % 100 * 14 / 100;
        quota[VIEWS] = events / 100 * 30 + events % 100 * 30 / 100;
        quota[BACKUPS] = backups;
        quota[TRAILS] = events - quota[OPERATIONS] - quota[VIEWS] - quota[BACKUPS];
        Self { heap: BinaryHeap::new(), quota, planned: [0; REPORTS], order: 0, now }
    }

    pub(super) fn now(&self) -> i64 {
        self.now
    }

    pub(super) fn quota(&self, report: usize) -> u64 {
        self.quota[report]
    }

    pub(super) fn planned(&self, report: usize) -> u64 {
        self.planned[report]
    }

    /// Plans an event, unless its report has had all it gets.
    pub(super) fn plan(&mut self, time: i64, what: What) {
        let report = what.report();
        if self.planned[report] < self.quota[report] {
            self.planned[report] += 1;
            self.order += 1;
            self.heap.push(Planned { time: time.max(0), order: self.order, what });
        }
    }

    /// The next event, if it is before this time.
    pub(super) fn take_before(&mut self, time: i64) -> Option<Planned> {
        let next = self.heap.peek()?;
        if next.time < time { self.heap.pop() } else { None }
    }
}
