//! Starting the server on a million rows: time to the first answer, and memory when nothing happens.

use super::process;
use super::table::Table;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const STARTS: usize = 5;

/// `database` is one with a million rows.
pub fn measure(table: &mut Table, database: &Path) {
    let url = format!("sqlite://{}", database.display());
    let mut times = Vec::new();
    let mut memory = 0;
    for _ in 0..STARTS {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        let start = Instant::now();
        let mut server = Command::new(env!("CARGO_BIN_EXE_vigia"))
            .args(["serve", "--listen", &address.to_string(), "--database", &url])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        while !answers(address) {
            std::thread::sleep(Duration::from_millis(1));
        }
        times.push(start.elapsed());
        std::thread::sleep(Duration::from_secs(1));
        memory = process::usage(server.id()).map_or(0, |usage| usage.memory_kb / 1024);
        server.kill().and_then(|()| server.wait()).expect("stops");
    }
    times.sort_unstable();
    table.row(
        "start",
        "process start to first answer of /readyz, 1 M rows",
        format!("median {} ms", times[STARTS / 2].as_millis()),
        "300 ms",
    );
    table.row("start", "resident memory, idle", format!("{memory} MB"), "60 MB");
}

fn answers(address: std::net::SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let mut answer = [0; 12];
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer.ends_with(b"200")
}
