//! Downloads over a connection, where another layer has its own mind about lengths.

use super::*;
use axum::Router;
use axum::routing::get;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

/// Serves a source to everyone who connects, and tells how each download ended.
async fn served(download: Download, source: Arc<dyn Source>) -> (SocketAddr, UnboundedReceiver<Ended>) {
    let (told, ended) = unbounded_channel();
    let answer = async move |method: Method, headers: HeaderMap| {
        let ended: Ending = Box::new(move |how| told.send(how).expect("somebody listens"));
        respond(&download, Sending { source, speed: None, ended, guard: None }, &method, &headers).await.expect("is read")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(answer))).await });
    (address, ended)
}

/// Head and body of the answer to a request: its method, and its headers.
async fn exchanged(address: SocketAddr, method: &str, headers: &str) -> (String, Vec<u8>) {
    let mut connection = asked(address, method, headers).await;
    let mut answer = Vec::new();
    timeout(PATIENCE, connection.read_to_end(&mut answer)).await.expect("in time").expect("is read");
    let end = memchr::memmem::find(&answer, b"\r\n\r\n").expect("a head");
    (String::from_utf8(answer[..end].to_vec()).expect("text").to_ascii_lowercase(), answer[end + 4..].to_vec())
}

async fn asked(address: SocketAddr, method: &str, headers: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.expect("is connected");
    let request = format!("{method} / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{headers}\r\n");
    connection.write_all(request.as_bytes()).await.expect("is sent");
    connection
}

async fn next(ended: &mut UnboundedReceiver<Ended>) -> Ended {
    timeout(PATIENCE, ended.recv()).await.expect("in time").expect("is told")
}

#[tokio::test]
async fn lengths_are_right_on_the_wire() {
    let kept = Kept::new(3 << 20);
    let (address, mut ended) = served(kept.download.clone(), kept.source().await).await;

    let (head, body) = exchanged(address, "GET", "").await;
    assert!(head.contains("200 ok") && head.contains("content-length: 3145728") && !head.contains("transfer-encoding"), "{head}");
    assert!(body == kept.bytes);
    assert_eq!(next(&mut ended).await, Ended { sent: 3 << 20, complete: true });

    let (head, body) = exchanged(address, "GET", "Range: bytes=1000000-1999999\r\n").await;
    assert!(head.contains("206 partial") && head.contains("content-length: 1000000"), "{head}");
    assert!(body == kept.bytes[1_000_000..2_000_000]);
    assert_eq!(next(&mut ended).await, Ended { sent: 1_000_000, complete: true });

    let (head, body) = exchanged(address, "GET", "Range: bytes=0-9,20-29\r\n").await;
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    assert_eq!(next(&mut ended).await, Ended { sent: 20, complete: true });

    let (head, body) = exchanged(address, "HEAD", "").await;
    assert!(head.contains("200 ok") && head.contains("content-length: 3145728") && body.is_empty(), "{head}");

    let (head, body) = exchanged(address, "GET", "If-None-Match: *\r\n").await;
    assert!(head.contains("304 not modified") && !head.contains("content-length") && body.is_empty(), "{head}");

    let (head, _) = exchanged(address, "GET", "Range: bytes=3145728-\r\n").await;
    assert!(head.contains("416 range not") && head.contains("content-range: bytes */3145728"), "{head}");
    assert!(ended.is_empty(), "nothing was sent of the file");
}

#[tokio::test]
async fn nobody_takes_for_whole_what_broke_off() {
    let source = MadeUp::failing(1000, Failure::Error);
    let (address, mut ended) = served(described(2000 * PIECE, [1; 32]), Arc::new(source)).await;
    let mut connection = asked(address, "GET", "").await;
    let mut answer = Vec::new();
    // The connection is closed or reset; either way the length that was promised is not reached.
    let _ = timeout(PATIENCE, connection.read_to_end(&mut answer)).await.expect("in time");
    let head = memchr::memmem::find(&answer, b"\r\n\r\n").expect("a head");
    assert!(String::from_utf8_lossy(&answer[..head]).contains("content-length: 2048000"));
    assert!(answer.len() < 1_500_000, "{}", answer.len());
    assert_eq!(next(&mut ended).await, Ended { sent: 1000 * PIECE, complete: false });
}

#[tokio::test]
async fn a_client_that_goes_away_is_noticed_and_one_that_stands_still_is_waited_for() {
    let source = MadeUp::default();
    let read = Arc::clone(&source.read);
    let (address, mut ended) = served(described(1 << 40, [1; 32]), Arc::new(source)).await;
    let mut connection = asked(address, "GET", "").await;
    connection.read_exact(&mut [0; 4096]).await.expect("is read");
    // Nothing more is read than the buffers on the way take.
    let mut before = u64::MAX;
    while before != read.load(Ordering::Relaxed) {
        before = read.load(Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(before < 64 << 10, "{before} KB are on the way");
    drop(connection);
    let how = next(&mut ended).await;
    assert!(!how.complete && how.sent >= 4096 - PIECE && how.sent <= read.load(Ordering::Relaxed) * PIECE, "{how:?}");
    assert!(ended.is_empty());
}
