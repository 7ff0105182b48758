//! Timings, and the table they are printed in.

use std::time::{Duration, Instant};

#[derive(Default)]
pub struct Table(Vec<[String; 4]>);

impl Table {
    pub fn row(&mut self, part: &str, what: impl Into<String>, figure: impl Into<String>, target: impl Into<String>) {
        let row = [part.to_owned(), what.into(), figure.into(), target.into()];
        eprintln!("  {} | {} | {}", row[1], row[2], row[3]);
        self.0.push(row);
    }

    #[expect(clippy::print_stdout, reason = "the table is what the benchmark is for")]
    pub fn print(&self) {
        println!("| part | what | measured | target |\n|---|---|---|---|");
        for [part, what, figure, target] in &self.0 {
            println!("| {part} | {what} | {figure} | {target} |");
        }
    }
}

/// Sorted durations of the runs of something.
pub struct Timings(Vec<Duration>);

impl Timings {
    /// Runs `work` `runs` times after a few that do not count.
    pub async fn of<F: Future<Output = ()>>(runs: usize, mut work: impl FnMut(usize) -> F) -> Self {
        let mut timings = Vec::with_capacity(runs);
        for run in 0..runs + 3 {
            let start = Instant::now();
            work(run).await;
            if run >= 3 {
                timings.push(start.elapsed());
            }
        }
        Self::new(timings)
    }

    pub fn new(mut timings: Vec<Duration>) -> Self {
        timings.sort_unstable();
        Self(timings)
    }

    pub fn percentile(&self, percent: usize) -> f64 {
        self.0[(self.0.len() - 1) * percent / 100].as_secs_f64() * 1000.0
    }

    pub fn words(&self) -> String {
        format!("p50 {:.2} ms, p99 {:.2} ms", self.percentile(50), self.percentile(99))
    }
}
