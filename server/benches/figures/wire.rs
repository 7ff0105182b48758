//! Events over the network into a running server: batches and single events over HTTP, lines over syslog, with the memory it takes and
//! what reading a page costs meanwhile.

use super::process;
use super::table::Table;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 16;
const BATCH: usize = 100;
const BATCHES: usize = 200;
const SINGLES: usize = 10_000;
const SINGLES_A_SECOND: u64 = 1_000;
const LINES: usize = 500_000;

/// `database` is empty; `kind` is what the table calls it.
pub fn measure(table: &mut Table, database: &str, kind: &str) {
    let server = Server::start(database);
    let reads = Reads::start(&server);
    let start = Instant::now();
    thread::scope(|scope| {
        for connection in 0..CONNECTIONS {
            let server = &server;
            scope.spawn(move || {
                let mut http = Http::connect(server.http);
                for batch in 0..BATCHES {
                    let body: Vec<String> = (0..BATCH).map(|event| self::event(connection, batch * BATCH + event)).collect();
                    let (status, answer) = http.post("/api/v1/events?source=bench", &server.write, &format!("[{}]", body.join(",")));
                    assert_eq!(status, 200, "{answer}");
                }
            });
        }
    });
    let rate = (CONNECTIONS * BATCHES * BATCH) as f64 / start.elapsed().as_secs_f64();
    let what = format!("{kind}: {CONNECTIONS} connections, batches of {BATCH} over HTTP, each durable");
    table.row("wire", what, format!("{rate:.0} events/s"), "20,000 events/s");
    let page = reads.stop();
    table.row("wire", format!("{kind}: a page of 30 meanwhile"), page, "p99 < 20 ms");

    let start = Instant::now();
    server.settle();
    let what = format!("{kind}: until the last of them is in the report");
    table.row("wire", what, format!("{:.1} s later", start.elapsed().as_secs_f64()), "");
    let mut taken = singles(&server);
    taken.sort_unstable();
    let at = |percent: usize| taken[(taken.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    let what = format!("{kind}: single events over HTTP, {SINGLES_A_SECOND} a second");
    table.row("wire", what, format!("p50 {:.2} ms, p99 {:.2} ms", at(50), at(99)), "p99 < 20 ms");

    let reads = Reads::start(&server);
    let before = server.stored();
    let start = Instant::now();
    let mut stream = TcpStream::connect(server.syslog).expect("connects");
    let mut sender = std::io::BufWriter::with_capacity(1 << 16, &mut stream);
    for line in 0..LINES {
        sender.write_all(self::line(line).as_bytes()).expect("sent");
    }
    sender.flush().expect("sent");
    drop(sender);
    while server.stored() - before < LINES as u64 {
        thread::sleep(Duration::from_millis(5));
        assert!(start.elapsed() < Duration::from_secs(120), "{} of {LINES} lines stored", server.stored() - before);
    }
    let rate = LINES as f64 / start.elapsed().as_secs_f64();
    server.settle();
    let readable = LINES as f64 / start.elapsed().as_secs_f64();
    let figure = format!("{rate:.0} lines/s durable, {readable:.0} lines/s until all are in the report");
    table.row("wire", format!("{kind}: {LINES} CEF lines over syslog (TCP)"), figure, "50,000 lines/s");
    table.row("wire", format!("{kind}: a page of 30 meanwhile"), reads.stop(), "p99 < 20 ms");
    let peak = process::usage(server.process.id()).map_or(0, |usage| usage.peak_kb / 1024);
    table.row("wire", format!("{kind}: peak memory of the server"), format!("{peak} MB"), "150 MB");
}

/// One after the other at an even pace, on as many connections as it takes to keep it.
fn singles(server: &Server) -> Vec<Duration> {
    let next = AtomicU64::new(0);
    let start = Instant::now();
    thread::scope(|scope| {
        let senders: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                scope.spawn(|| {
                    let mut http = Http::connect(server.http);
                    let mut taken = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= SINGLES as u64 {
                            return taken;
                        }
                        // Measured from when it was due: a wait for a connection counts.
                        let due = start + Duration::from_micros(number * 1_000_000 / SINGLES_A_SECOND);
                        thread::sleep(due.saturating_duration_since(Instant::now()));
                        let (status, answer) = http.post("/api/v1/events?source=single", &server.write, &event(0, number as usize));
                        assert_eq!(status, 200, "{answer}");
                        taken.push(due.elapsed());
                    }
                })
            })
            .collect();
        senders.into_iter().flat_map(|sender| sender.join().expect("a sender")).collect()
    })
}

fn event(connection: usize, number: usize) -> String {
    let time = 1_790_000_000_000_i64 + (number * 40 + connection) as i64;
    let mix = number.wrapping_mul(2_654_435_761) >> 7;
    format!(
        r#"{{"report":"audit-tracking","source_id":"{connection}-{number}","time":{time},"operation":"Update","entity":"Credential","entity_id":"{}","entity_name":"credential-{:05}","origin":"Web","user":"User {}","username":"user{}","ip":"10.0.{}.{}","change":true}}"#,
        mix % 20_000,
        mix % 20_000,
        mix % 500,
        mix % 500,
        mix % 8,
        mix % 200
    )
}

fn line(number: usize) -> String {
    let mix = number.wrapping_mul(2_654_435_761) >> 7;
    let time = 1_791_000_000_000_i64 + number as i64 * 20;
    format!(
        "<134>1 2026-11-22T10:00:00Z pam senhasegura - - - CEF:0|Segura|senhasegura|4.0|164|Password view|5|rt={time} act=View suser=user{} src=10.0.{}.{} dhost=srv-{:04} duser=root cs1Label=GMUD cs1=CHG{:06} spid={number} msg=Password viewed\n",
        mix % 500,
        mix % 8,
        mix % 200,
        mix % 2_000,
        mix % 5_000
    )
}

/// A running server, and what is needed to talk to it.
struct Server {
    process: Child,
    http: SocketAddr,
    syslog: SocketAddr,
    write: String,
    read: String,
}

impl Server {
    fn start(database: &str) -> Self {
        let free = || TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        let (http, syslog) = (free(), free());
        let command = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
            command.env("VIGIA_DATABASE", database).env("VIGIA_LOG", "error").stdout(Stdio::null());
            command
        };
        let token = |name: &str, scope: &str| {
            let made = command().stdout(Stdio::piped()).args(["token", "create", name, "--scope", scope]).output().expect("runs");
            String::from_utf8_lossy(&made.stdout).trim().to_owned()
        };
        let (write, read) = (token("bench-write", "write"), token("bench-read", "read"));
        let listener = format!("tcp://{syslog}?format=segura&source=segura");
        let process = command().args(["serve", "--listen", &http.to_string(), "--syslog", &listener]).spawn().expect("starts");
        while TcpStream::connect(http).is_err() || TcpStream::connect(syslog).is_err() {
            thread::sleep(Duration::from_millis(5));
        }
        Self { process, http, syslog, write, read }
    }

    /// Events stored so far.
    fn stored(&self) -> u64 {
        self.metric("vigia_events_stored_total ")
    }

    /// Waits until every event that was acknowledged can be read.
    fn settle(&self) {
        while self.metric("vigia_inbox_events ") > 0 {
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// What the metrics say; 0 for what they do not have.
    fn metric(&self, name: &str) -> u64 {
        let (_, metrics) = Http::connect(self.http).get("/metrics", &self.read);
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads a page again and again beside the ingest.
struct Reads {
    stop: std::sync::Arc<AtomicBool>,
    thread: thread::JoinHandle<Vec<Duration>>,
}

impl Reads {
    fn start(server: &Server) -> Self {
        let stop = std::sync::Arc::new(AtomicBool::new(false));
        let (stopped, address, token) = (stop.clone(), server.http, server.read.clone());
        let thread = thread::spawn(move || {
            let mut http = Http::connect(address);
            let mut taken = Vec::new();
            let paths = ["", "?sort=user", "?operation=Update", "?q=credential-004", "?sort=-entity_name&user=User%2017"];
            while !stopped.load(Ordering::Relaxed) {
                let path = format!("/api/v1/reports/audit-tracking{}", paths[taken.len() % paths.len()]);
                let start = Instant::now();
                let (status, answer) = http.get(&path, &token);
                assert_eq!(status, 200, "{answer}");
                taken.push(start.elapsed());
                thread::sleep(Duration::from_millis(10));
            }
            taken
        });
        Self { stop, thread }
    }

    fn stop(self) -> String {
        self.stop.store(true, Ordering::Relaxed);
        let mut taken = self.thread.join().expect("a reader");
        taken.sort_unstable();
        let at = |percent: usize| taken[(taken.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
        format!("p50 {:.2} ms, p99 {:.2} ms of {} reads", at(50), at(99), taken.len())
    }
}

/// A connection that is kept: as little of a client as there can be, for it shares the machine with the server.
struct Http(BufReader<TcpStream>);

impl Http {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("connects");
        stream.set_nodelay(true).expect("set");
        Self(BufReader::new(stream))
    }

    fn get(&mut self, path: &str, token: &str) -> (u16, String) {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"))
    }

    fn post(&mut self, path: &str, token: &str, body: &str) -> (u16, String) {
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    fn ask(&mut self, request: &str) -> (u16, String) {
        self.0.get_mut().write_all(request.as_bytes()).expect("sent");
        let (mut status, mut length, mut chunked, mut line) = (0, 0, false, String::new());
        loop {
            line.clear();
            self.0.read_line(&mut line).expect("a line");
            let head = line.trim_end().to_ascii_lowercase();
            if head.is_empty() {
                break;
            }
            if let Some(rest) = head.strip_prefix("http/1.1 ") {
                status = rest.get(..3).and_then(|status| status.parse().ok()).unwrap_or(0);
            }
            if let Some(rest) = head.strip_prefix("content-length: ") {
                length = rest.parse().unwrap_or(0);
            }
            chunked |= head == "transfer-encoding: chunked";
        }
        let mut body = Vec::new();
        while chunked {
            line.clear();
            self.0.read_line(&mut line).expect("a line");
            let size = usize::from_str_radix(line.trim(), 16).expect("a size");
            let at = body.len();
            body.resize(at + size + 2, 0);
            self.0.read_exact(&mut body[at..]).expect("a chunk");
            body.truncate(at + size);
            chunked = size > 0;
        }
        if length > 0 {
            body.resize(length, 0);
            self.0.read_exact(&mut body).expect("a body");
        }
        (status, String::from_utf8_lossy(&body).into_owned())
    }
}
