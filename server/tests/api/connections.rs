//! Connections as they come: more than there are places, unfinished heads, clients that do not read.

use crate::harness::{Server, Setup};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use vigia::doors;
use vigia::http::Limits;

const DOORS: doors::Limits = doors::Limits { all: 8, per_address: 8, asking: 8, known_give_way: true };
const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
/// Long enough for a slow machine, and shorter than anything that is waited for by mistake.
const SOON: Duration = Duration::from_secs(5);

async fn serving(limits: Limits) -> (Server, SocketAddr) {
    let assets = vec![("large.bin", vec![7; 16 << 20])];
    let server = Server::with(Setup { limits: Some(limits), assets, ..Setup::default() }).await;
    let address = server.url.trim_start_matches("http://").parse().expect("an address");
    (server, address)
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("connects")
}

/// What comes until the other side is done, or has cut it.
async fn rest(connection: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let _ = timeout(SOON, connection.read_to_end(&mut all)).await.expect("the server closes the connection");
    all
}

/// Whether a request over this connection is answered within a second, to its end.
async fn is_answered(connection: &mut TcpStream) -> bool {
    connection.write_all(HEALTH).await.expect("sends");
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(1), async {
        while !answer.ends_with(b"\r\n\r\nok\n") {
            match connection.read_buf(&mut answer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    });
    read.await.is_ok() && answer.starts_with(b"HTTP/1.1 200 OK")
}

#[tokio::test]
async fn more_idle_connections_than_there_are_places_keep_nobody_from_an_answer() {
    let (_server, address) = serving(Limits { doors: DOORS, ..Limits::default() }).await;
    let mut idle = Vec::new();
    for _ in 0..40 {
        idle.push(connect(address).await);
    }
    let mut new = connect(address).await;
    assert!(is_answered(&mut new).await, "a new client is answered within a second");
    assert!(rest(&mut idle[0]).await.is_empty(), "the one that waited longest gave way");
    let mut more = Vec::new();
    for _ in 0..7 {
        more.push(connect(address).await);
    }
    assert!(is_answered(&mut new).await, "one that has asked before keeps its place while others have not");
}

#[tokio::test]
async fn where_all_are_being_answered_a_new_one_is_refused_and_they_are_not_cut() {
    let (_server, address) = serving(Limits { doors: DOORS, ..Limits::default() }).await;
    let mut busy = Vec::new();
    for _ in 0..DOORS.all {
        let mut client = connect(address).await;
        client.write_all(b"GET /large.bin HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.expect("sends");
        client.read_exact(&mut [0; 15]).await.expect("an answer begins");
        busy.push(client);
    }
    assert!(rest(&mut connect(address).await).await.is_empty(), "there is no place");
    for client in &mut busy {
        assert!(rest(client).await.len() > 16 << 20, "all of the answer");
    }
    assert!(is_answered(&mut connect(address).await).await, "there are places again");
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_and_a_silent_connection_is_not() {
    let limits = Limits { head: Duration::from_millis(50), ..Limits::default() };
    let (_server, address) = serving(limits).await;
    let mut silent = connect(address).await;
    let mut unfinished = connect(address).await;
    unfinished.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-").await.expect("sends");
    let mut second = connect(address).await;
    assert!(is_answered(&mut second).await);
    second.write_all(b"GET /heal").await.expect("sends");
    rest(&mut unfinished).await;
    rest(&mut second).await;
    assert!(is_answered(&mut silent).await, "it has as long as an idle one");
}

#[tokio::test]
async fn a_connection_that_is_silent_for_too_long_is_cut_before_its_first_request_and_after() {
    let (_server, address) = serving(Limits { idle: Duration::from_millis(50), ..Limits::default() }).await;
    let (mut first, mut second) = (connect(address).await, connect(address).await);
    assert!(is_answered(&mut second).await);
    assert!(rest(&mut first).await.is_empty());
    rest(&mut second).await;
}

#[tokio::test]
async fn of_heads_that_do_not_end_only_so_many_are_held() {
    let limits = Limits { doors: doors::Limits { all: 64, per_address: 64, asking: 4, known_give_way: true }, ..Limits::default() };
    let (_server, address) = serving(limits).await;
    let mut unfinished = Vec::new();
    for _ in 0..12 {
        let mut client = connect(address).await;
        client.write_all(format!("GET /{}", "x".repeat(20_000)).as_bytes()).await.expect("sends");
        unfinished.push(client);
    }
    for client in &mut unfinished[..4] {
        assert!(rest(client).await.is_empty(), "it gave way");
    }
    assert!(is_answered(&mut connect(address).await).await);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_before_it_is_held() {
    let (_server, address) = serving(Limits::default()).await;
    let mut client = connect(address).await;
    let head = format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-large: {}", "x".repeat(80_000));
    let _ = client.write_all(head.as_bytes()).await;
    let answer = rest(&mut client).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431 "), "{}", String::from_utf8_lossy(&answer));
}

/// A client with a small buffer of its own, that has asked for 16 MiB.
async fn reader(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(64 << 10).expect("a small buffer");
    let mut client = socket.connect(address).await.expect("connects");
    client.write_all(b"GET /large.bin HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.expect("sends");
    client
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_and_one_that_reads_slowly_is_not() {
    let stalled = Duration::from_millis(400);
    let (_server, address) = serving(Limits { stalled, ..Limits::default() }).await;
    let (mut never, mut slowly) = (reader(address).await, reader(address).await);
    let (mut read, mut buffer, start) = (0, vec![0; 256 << 10], std::time::Instant::now());
    loop {
        match slowly.read(&mut buffer).await {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) => panic!("cut after {read} bytes: {error}"),
        }
        // Slowly enough that the whole takes longer than a client may stand still.
        if start.elapsed() < 3 * stalled {
            sleep(Duration::from_millis(20)).await;
        }
    }
    assert!(read > 16 << 20, "{read} bytes are not the whole");
    assert!(start.elapsed() > 2 * stalled, "slower than one that stands still may be: {:?}", start.elapsed());
    let rest = rest(&mut never).await.len();
    assert!(rest < 16 << 20, "{rest} bytes: it was not cut");
}

#[tokio::test]
async fn when_the_server_stops_an_unfinished_head_does_not_hold_it_up() {
    let (mut server, address) = serving(Limits::default()).await;
    let mut unfinished = connect(address).await;
    unfinished.write_all(b"GET /heal").await.expect("sends");
    assert!(is_answered(&mut connect(address).await).await, "so the other is inside, too");
    server.stop.take().expect("not stopped yet").send(()).expect("runs");
    timeout(SOON, server.stopped).await.expect("stops soon").expect("stops");
}
