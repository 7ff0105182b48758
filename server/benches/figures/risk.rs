//! Scoring views: how many a second, on one core, and what the history takes.

use super::table::Table;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::time::{Duration, Instant};
use vigia::risk::{History, LastChange, View};
use vigia_app::model::risk::RiskSettings;

/// Of 500 users and 20,000 credentials, in ninety days.
const VIEWS: usize = 5_000_000;
const DAYS: i64 = 90 * 86_400_000;

pub fn measure(table: &mut Table) {
    let mut random = StdRng::seed_from_u64(1);
    let texts = |prefix: &str, count: usize| (0..count).map(|number| format!("{prefix}{number}.example.org")).collect::<Vec<_>>();
    let (users, devices) = (texts("user", 500), texts("device", 4_000));
    let addresses: Vec<String> = (0..2_000).map(|number| format!("10.{}.{}.{}", number % 7, number % 40, number % 250)).collect();
    let accounts = ["root", "administrator", "oracle", "backup", "deploy"];
    let (settings, mut history, mut took) = (RiskSettings::default(), History::default(), Duration::ZERO);
    for id in 0..VIEWS {
        let user = random.random_range(0..users.len());
        // Nine of ten views are of the hundred devices that the user looks after.
        let device = if random.random_range(0..10) > 0 {
            (user * 8 + random.random_range(0..100)) % devices.len()
        } else {
            random.random_range(0..devices.len())
        };
        let view = View {
            id: id as i64,
            time: id as i64 * (DAYS / VIEWS as i64),
            user: &users[user],
            actor_kind: "",
            ip: &addresses[(user * 4 + random.random_range(0..30)) % addresses.len()],
            origin: if user < 20 { "API (A2A)" } else { "Web" },
            device: &devices[device],
            credential: accounts[random.random_range(0..accounts.len())],
            emergency: random.random_range(0..200) == 0,
            governance_id: random.random_range(0..10) > 0,
        };
        let start = Instant::now();
        history.score_and_add(&view.keys(), LastChange::default(), &settings);
        took += start.elapsed();
    }
    let rate = VIEWS as f64 / took.as_secs_f64();
    let figure = format!("{rate:.0} views/s; the history takes {} MB, {} bytes a view", history.bytes() >> 20, history.bytes() / VIEWS);
    table.row("risk", format!("{VIEWS} views scored and counted"), figure, "50,000 views/s");
}
