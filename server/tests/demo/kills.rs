//! The server and whatever it has started is killed (SIGKILL) while it changes a password.

use crate::newcomer::Newcomer;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::time::Duration;

/// How often; `KILLS` in the environment says otherwise.
const KILLS: u32 = 6;
const ACCOUNT: (&str, &str) = ("srv-ora-03", "SYS");

/// Kills every process that works in the folder of this demo; those of other tests have other folders.
fn kill_scripts(newcomer: &Newcomer) {
    let folder = newcomer.demo();
    let folder = folder.to_str().expect("text").as_bytes();
    for entry in std::fs::read_dir("/proc").expect("processes").filter_map(Result::ok) {
        let command = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(rustix::process::Pid::from_raw);
        if let (true, Some(pid)) = (command.windows(folder.len()).any(|part| part == folder), pid) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_being_changed_when_everything_is_killed_is_not_lost() {
    let kills = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let (device, username) = ACCOUNT;
    let mut dice = StdRng::seed_from_u64(7);
    let mut newcomer = Newcomer::new().await;
    for kill in 1..=kills {
        let id = newcomer.create("Change password", device, username).await;
        newcomer.until(&id, "Running").await;
        tokio::time::sleep(Duration::from_millis(dice.random_range(0..3_500))).await;
        newcomer.server.kill();
        kill_scripts(&newcomer);
        // Whatever the device takes now, the vault has it.
        let record = newcomer.record(device, username);
        let known: Vec<_> = record.as_object().expect("a record").values().filter_map(|password| password.as_str()).collect();
        assert!(known.iter().any(|password| newcomer.signs_in(device, username, password)), "kill {kill}: the vault has {}", known.len());
        newcomer.start().await;
        newcomer.until(&id, "Success").await;
        assert!(newcomer.signs_in(device, username, &newcomer.password(device, username)), "kill {kill}");
    }
}
