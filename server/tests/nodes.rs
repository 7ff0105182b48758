//! Three real servers on one PostgreSQL behave as one.

#[path = "support/http.rs"]
mod http;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "support/postgres.rs"]
mod postgres;

use postgres::Server;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use vigia::event::Event;
use vigia::store;
use vigia_app::model::Timestamp;
use vigia_app::reports::PASSWORD_VIEW;

const PASSWORD: &str = "correct horse battery staple";
const EVENTS: usize = 500;

/// A `vigia serve` of its own; it goes with this.
struct Node {
    url: String,
    process: Child,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Node {
    async fn start(database: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        let mut serve = vigia(database);
        serve.args(["serve", "--listen", &address.to_string()]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut node = Self { url: format!("http://{address}"), process: serve.spawn().expect("starts") };
        loop {
            if http::client().get(format!("{}/readyz", node.url)).send().await.is_ok_and(|answer| answer.status() == 200) {
                return node;
            }
            assert!(node.process.try_wait().expect("a child").is_none(), "the server ended");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn vigia(database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
    command.env("VIGIA_DATABASE", database).current_dir(std::env::temp_dir());
    command
}

fn add_user(database: &str, name: &str) {
    let mut add = vigia(database);
    add.args(["user", "add", name, "--role", "manager", "--password-stdin"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut add = add.spawn().expect("starts");
    writeln!(add.stdin.take().expect("an input"), "{PASSWORD}").expect("written");
    assert!(add.wait().expect("ends").success(), "{name} is added");
}

async fn sign_in(client: &reqwest::Client, node: &Node, name: &str, password: &str) -> u16 {
    let request = client.post(format!("{}/api/v1/session", node.url)).json(&json!({ "username": name, "password": password }));
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_of_three_servers_knows_the_others_know() {
    let database = Server::shared().database().await;
    let store = store::open(&database, Duration::from_secs(60)).await.expect("a store");
    let event = |n: usize| {
        let mut event = Event::new(&PASSWORD_VIEW, &"test".into(), n.to_string(), Timestamp::saturating(1_795_000_000_000 + n as i64));
        event.set("device", format!("srv-{n}"));
        event
    };
    store.append((0..EVENTS).map(event).collect()).await.expect("stored");
    for name in ["ana", "rui", "eva"] {
        add_user(&database, name);
    }
    let (one, two, three) = tokio::join!(Node::start(&database), Node::start(&database), Node::start(&database));
    let nodes = [one, two, three];

    // Signed in on the first, known on all; a page's neighbour may be asked for anywhere.
    let client = http::builder().cookie_store(true).build().expect("a client");
    assert_eq!(sign_in(&client, &nodes[0], "ana", PASSWORD).await, 200);
    let mut path = "/api/v1/reports/password-view?limit=30&columns=device".to_owned();
    let mut devices = BTreeSet::new();
    for node in nodes.iter().cycle() {
        let answer = client.get(format!("{}{path}", node.url)).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let page: Value = answer.json().await.expect("JSON");
        for row in page["rows"].as_array().expect("rows") {
            assert!(devices.insert(row["device"].as_str().expect("a device").to_owned()), "no row comes twice");
        }
        match page["next"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(devices.len(), EVENTS);

    // Signed out on the second, unknown on all.
    let out = client.delete(format!("{}/api/v1/session", nodes[1].url)).send().await.expect("an answer");
    assert!(out.status().is_success(), "{}", out.status());
    for node in &nodes {
        let answer = client.get(format!("{}/api/v1/reports", node.url)).send().await.expect("an answer");
        assert_eq!(answer.status(), 401);
    }

    // Five wrong passwords are free, wherever they are tried.
    let client = http::client();
    for attempt in 0..5 {
        assert_eq!(sign_in(&client, &nodes[attempt % 3], "rui", "wrong").await, 401, "attempt {attempt}");
    }
    for node in &nodes {
        assert_eq!(sign_in(&client, node, "rui", PASSWORD).await, 429, "then everybody waits, everywhere");
    }

    // A server that is killed leaves the others as they were.
    let [killed, two, three] = nodes;
    drop(killed);
    let client = http::builder().cookie_store(true).build().expect("a client");
    assert_eq!(sign_in(&client, &two, "eva", PASSWORD).await, 200);
    let answer = client.get(format!("{}/api/v1/reports", three.url)).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
}
