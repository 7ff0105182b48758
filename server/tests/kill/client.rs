//! A sender that does not give up.

use reqwest::StatusCode;
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::watch;

/// Events in a batch.
const BATCH: usize = 20;
/// After so many batches a client takes the next user: none has more events than can be counted.
const BATCHES_A_USER: usize = 100;

/// Sends batch after batch to one of the servers, each again and again until it is acknowledged, and returns the ids of all that were.
pub async fn send(client: usize, servers: Vec<SocketAddr>, token: String, stop: watch::Receiver<bool>) -> Vec<String> {
    send_until(client, servers, token, stop, |status, said| panic!("{status}: {said}")).await
}

/// The same where a server may refuse.
pub async fn send_until(
    client: usize,
    servers: Vec<SocketAddr>,
    token: String,
    stop: watch::Receiver<bool>,
    refused: impl Fn(StatusCode, String) + Send,
) -> Vec<String> {
    let http = crate::http::builder().timeout(Duration::from_secs(10)).build().expect("a client");
    let mut server = client;
    let mut acknowledged = Vec::new();
    for batch in 0.. {
        if *stop.borrow() {
            break;
        }
        let ids: Vec<String> = (0..BATCH).map(|event| format!("{client}-{batch}-{event}")).collect();
        let body: Vec<_> = ids.iter().enumerate().map(|(event, id)| self::event(client, batch, event, id)).collect();
        loop {
            let url = format!("http://{}/api/v1/events?source=kill", servers[server % servers.len()]);
            let answer = http.post(url).bearer_auth(&token).json(&body).send().await;
            match answer {
                Ok(answer) if answer.status().is_success() => {
                    let Ok(said) = answer.json::<serde_json::Value>().await else { continue };
                    assert_eq!(said["rejected"], 0, "{said}");
                    assert_eq!(said["stored"].as_u64().zip(said["duplicate"].as_u64()).map(|(a, b)| a + b), Some(BATCH as u64), "{said}");
                    break;
                }
                Ok(answer) => {
                    refused(answer.status(), answer.text().await.unwrap_or_default());
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                // Killed, or not up yet: another one may be.
                Err(_) => {
                    server += 1;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
        }
        acknowledged.extend(ids);
    }
    acknowledged
}

fn event(client: usize, batch: usize, event: usize, id: &str) -> serde_json::Value {
    json!({
        "report": "audit-tracking",
        "source_id": id,
        // Some of them in the same millisecond.
        "time": 1_790_000_000_000_i64 + (batch * 1_000 + client * 100 + event / 2) as i64,
        "operation": "Update",
        "entity": "Credential",
        "entity_id": id,
        "user": format!("User {client}-{}-", batch / BATCHES_A_USER),
    })
}
