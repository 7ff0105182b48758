//! Two real servers on one PostgreSQL that hangs, for both or for one of them, while an attempt is being made: never are two made at once.

use crate::house::{House, SCRIPT_FILE, until};
use crate::postgres;
use crate::vigia::Vigia;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use vigia_app::model::OperationStatus;

/// Says again and again that it goes on, and when. The first run would do so for 20 seconds, the next ones do for half a second.
const SCRIPT: &str = r#"
    rounds=20
    mkdir "$FOLDER/first" 2>/dev/null && rounds=800
    while [ $rounds -gt 0 ]; do
        echo "$$ $(date +%s%N)" >>"$FOLDER/ticks"
        sleep 0.02
        rounds=$((rounds - 1))
    done
    echo '{"result":"success","verified":"signed in"}'"#;

/// A way to a database that can fall silent: nothing goes through, and nobody is told.
struct Way {
    port: u16,
    silent: watch::Sender<bool>,
}

impl Way {
    async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let way = Self { port: listener.local_addr().expect("an address").port(), silent: watch::Sender::new(false) };
        let silent = way.silent.subscribe();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut silent = silent.clone();
                tokio::spawn(async move {
                    let _ = silent.wait_for(|silent| !silent).await;
                    let mut far = TcpStream::connect(("127.0.0.1", port)).await.expect("the database");
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => return,
                        _ = silent.wait_for(|silent| *silent) => {}
                    }
                    // Both ends stay open.
                    std::future::pending::<()>().await;
                });
            }
        });
        way
    }
}

/// When each process said that it goes on: the first time and the last.
fn ticks(house: &House) -> BTreeMap<u128, (u128, u128)> {
    let mut runs: BTreeMap<u128, (u128, u128)> = BTreeMap::new();
    for line in std::fs::read_to_string(house.path("ticks")).unwrap_or_default().lines() {
        let Some((Ok(process), Ok(at))) = line.split_once(' ').map(|(process, at)| (process.parse(), at.parse())) else { continue };
        let run = runs.entry(process).or_insert((at, at));
        run.1 = run.1.max(at);
    }
    runs
}

/// `hang` begins when the first attempt is being made, and ends when what it returns is dropped, after it was given up.
async fn never_two_at_once<T>(server: &postgres::Server, url: impl Fn(&str) -> String, hang: impl FnOnce() -> T) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("script"), SCRIPT).expect("written");
    let place = folder.path().display().to_string();
    std::fs::write(folder.path().join("connectors.toml"), SCRIPT_FILE.replace("{folder}", &place)).expect("written");
    let database = server.database().await;
    let house = House::with(folder, &database, SCRIPT_FILE).await;
    let id = house.enqueue("script", "srv-1", "app", &[]).await;
    let connectors = house.path("connectors.toml").display().to_string();
    let serve = async |database: &str| {
        let mut server = Vigia::new(database).with(&["--connectors", &connectors]);
        server.start().await;
        server
    };
    let _first = serve(&url(&database)).await;
    until("the first attempt begins", async || !ticks(&house).is_empty()).await;
    let _other = serve(&database).await;
    let hanging = hang();
    // Longer than the lease.
    tokio::time::sleep(Duration::from_secs(5)).await;
    drop(hanging);
    until("the database is back", async || house.store.operations().clock().await.is_ok()).await;
    let (status, attempts) = house.end(id).await;
    // One more where the answer to a claim came when its lease was over: of that, nothing was begun.
    assert!(status == OperationStatus::Success && attempts.len() >= 2, "{status} {attempts:?}");
    let mut runs: Vec<(u128, u128)> = ticks(&house).into_values().collect();
    runs.sort_unstable();
    assert!(matches!(runs[..], [first, second] if first.1 < second.0), "two were made at once: {runs:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_ends_before_its_lease_while_the_database_hangs() {
    let server = postgres::Server::start();
    never_two_at_once(&server, str::to_owned, || server.freeze()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_ends_before_its_lease_while_its_server_alone_is_cut_off() {
    let server = postgres::Server::start();
    let way = Way::to(server.port()).await;
    let url = |url: &str| url.replace(&format!(":{}/", server.port()), &format!(":{}/", way.port));
    never_two_at_once(&server, url, || way.silent.send_replace(true)).await;
}
