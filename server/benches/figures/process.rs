//! What the kernel says of a process (Linux).

use std::time::Duration;

#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Time of all processors, in user mode and in the kernel.
    pub processor: Duration,
    /// Resident memory, now and at most.
    pub memory_kb: u64,
    pub peak_kb: u64,
}

/// `None` once the process is gone.
pub fn usage(process: u32) -> Option<Usage> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, which may hold anything: state, 10 numbers, then user and system time in hundredths of a second.
    let ticks: u64 = stat.rsplit(')').next()?.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kb = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    Some(Usage { processor: Duration::from_millis(ticks * 10), memory_kb: kb("VmRSS:"), peak_kb: kb("VmHWM:") })
}
