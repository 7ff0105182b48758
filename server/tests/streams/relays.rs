//! Events through a real rsyslog and a real syslog-ng, and a log that a real logrotate rotates, with the configurations of docs/ingest.md.

use crate::house::{House, view};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use vigia::ingest::Way;

const DOCS: &str = include_str!("../../../docs/ingest.md");
/// How long a start may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// The block of the documentation that follows these words.
fn documented(words: &str) -> String {
    let behind = DOCS.split_once(words).unwrap_or_else(|| panic!("docs/ingest.md has no {words:?}")).1;
    let block = behind.lines().skip(1).skip_while(|line| line.is_empty());
    block.take_while(|line| line.is_empty() || line.starts_with("    ")).map(|line| format!("{line}\n")).collect()
}

/// The text with another one in it, which has to be there.
fn with(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "no {old:?} in {text}");
    text.replace(old, new)
}

fn program(name: &str) -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let own = cache.map(|cache| cache.join("vigia/tools/bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = own.into_iter().chain(std::env::split_paths(&path)).chain([PathBuf::from("/usr/sbin")]);
    let found = folders.map(|folder| folder.join(name)).find(|file| file.exists());
    found.unwrap_or_else(|| panic!("This test needs {name}, and there is none: run scripts/setup.sh test, or install it."))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// A process that ends with its test.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("starts"))
    }

    /// A connection to a port of this process, as soon as it listens.
    async fn connect(&mut self, port: u16) -> TcpStream {
        let start = Instant::now();
        loop {
            if let Ok(connection) = TcpStream::connect(("127.0.0.1", port)) {
                return connection;
            }
            assert!(self.0.try_wait().expect("a child").is_none(), "it ended by itself");
            assert!(start.elapsed() < PATIENCE, "nobody listens");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server that takes what comes in a format, on this port.
fn server(house: &House, format: &str, port: u16) -> Running {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
    command.args(["serve", "--log", "error", "--listen", &format!("127.0.0.1:{}", free_port())]);
    command.args(["--syslog", &format!("tcp://127.0.0.1:{port}?format={format}&source=app")]);
    command.args(["--database", &format!("sqlite://{}", house.file("vigia.db").display())]);
    command.env_clear().env("VIGIA_INDEX_FOLDER", house.file("index")).current_dir(house.folder.path());
    Running::start(&mut command)
}

fn rsyslog(house: &House, port: u16, configuration: &str) -> Running {
    let file = house.file("rsyslog.conf");
    let folder = house.folder.path().display();
    let input = format!("module(load=\"imtcp\")\ninput(type=\"imtcp\" address=\"127.0.0.1\" port=\"{port}\")\n");
    std::fs::write(&file, format!("global(workDirectory=\"{folder}\")\n{input}{configuration}")).expect("is written");
    let mut command = Command::new(program("rsyslogd"));
    command.arg("-n").arg("-f").arg(&file).arg("-i").arg(house.file("rsyslog.pid"));
    Running::start(&mut command)
}

fn syslog_ng(house: &House, configuration: &str) -> Running {
    let (file, folder) = (house.file("syslog-ng.conf"), house.folder.path().display().to_string());
    let configuration = with(configuration, "disk-buffer(", &format!("disk-buffer(dir(\"{folder}\") "));
    std::fs::write(&file, format!("@version: 3.35\n{configuration}")).expect("is written");
    let mut command = Command::new(program("syslog-ng"));
    command.args(["-F", "--no-caps", "-f"]).arg(&file).arg("-R").arg(house.file("persist"));
    command.arg("-p").arg(house.file("pid")).arg("-c").arg(house.file("control")).stderr(Stdio::null());
    Running::start(&mut command)
}

/// Events of two products as they are sent, with their devices.
fn sent(format: &str) -> (Vec<String>, Vec<&'static str>) {
    let cef = |device: &str| {
        format!(
            "CEF:0|senhasegura|senhasegura|3.3|1|Password viewed|3|rt=1795356207120 sname=Ana Lima suser=ana src=10.1.2.3 dhost={device} duser=root"
        )
    };
    let leef = |device: &str| {
        format!(
            "LEEF:1.0|BeyondTrust|BeyondInsight|23.1|PasswordRetrieve|devTime=11/22/2026 14:03:27\tusrName=ana\tsrc=10.1.2.3\tObjectType=ManagedAccount\t\
             Operation=Retrieve Password\tTarget=ManagedAccount=root System={device}"
        )
    };
    let event = |device: &str| if format == "segura" { cef(device) } else { leef(device) };
    let lines = vec![
        format!("<134>Nov 22 14:03:27 pam {}", event("a")),
        format!("<134>{}", event("b")),
        format!("<134>1 2026-11-22T14:03:27Z pam app 7 - - {}", event("c")),
        format!("<134>Nov 22 14:03:27 pam app[7]: {}", event("d")),
    ];
    (lines, vec!["a", "b", "c", "d"])
}

/// What becomes of these events behind a relay that listens on the first port and hands on to the second.
async fn come_through(format: &str, relay: impl AsyncFn(&House, u16, u16) -> Running) {
    let house = House::new().await;
    let (from, to) = (free_port(), free_port());
    let mut server = server(&house, format, to);
    drop(server.connect(to).await);
    let mut relay = relay(&house, from, to).await;
    let (lines, devices) = sent(format);
    let mut connection = relay.connect(from).await;
    connection.write_all(format!("{}\n", lines.join("\n")).as_bytes()).expect("sends");
    house.until(&devices).await;
    assert_eq!(house.quarantined().await, [], "{format}");
    // They say what they would say without a relay: not one of them is new.
    let known = house.intake.formats.get(format).expect("a format").clone();
    let mut feed = house.intake.feed(Way::Import, &known, "app");
    lines.iter().for_each(|line| feed.line(line).expect("is read"));
    let appended = feed.store().await.expect("stores").appended;
    assert_eq!((appended.stored, appended.duplicate), (0, 4), "{format}");
}

#[tokio::test]
async fn events_come_through_rsyslog_as_documented() {
    let documented = documented("60-vigia.conf`:");
    for format in ["segura", "beyondtrust"] {
        come_through(format, async |house, from, to| rsyslog(house, from, &with(&documented, "\"1514\"", &format!("\"{to}\"")))).await;
    }
}

#[tokio::test]
async fn events_come_through_an_rsyslog_that_rewrites_them() {
    for format in ["segura", "beyondtrust"] {
        come_through(format, async |house, from, to| {
            let forward =
                format!("action(type=\"omfwd\" target=\"127.0.0.1\" port=\"{to}\" protocol=\"tcp\" TCP_Framing=\"octet-counted\")\n");
            rsyslog(house, from, &forward)
        })
        .await;
    }
}

#[tokio::test]
async fn events_come_through_syslog_ng_as_documented_and_as_it_rewrites_them() {
    let documented = documented("conf.d/vigia.conf`:");
    let rewriting = with(&with(&documented, " flags(no-parse)", ""), " template(\"${MESSAGE}\")", "");
    for configuration in [documented, rewriting] {
        for format in ["segura", "beyondtrust"] {
            come_through(format, async |house, from, to| {
                let configuration = with(&configuration, "port(1515)", &format!("ip(\"127.0.0.1\") port({from})"));
                syslog_ng(house, &with(&configuration, "port(1514)", &format!("port({to})")))
            })
            .await;
        }
    }
}

fn tail(house: &House, log: &Path) -> Running {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
    command.args(["tail", "--log", "error", "--format", "vigia", "--source", "app"]).arg(log).env_clear();
    command.args(["--database", &format!("sqlite://{}", house.file("vigia.db").display())]);
    Running::start(&mut command)
}

#[tokio::test]
async fn a_log_that_logrotate_rotates_is_read_whole() {
    let documented = documented("logrotate, with files that are kept");
    let renaming =
        with(&with(&documented, "        copytruncate\n", ""), "        compress\n", "        compress\n        delaycompress\n");
    let dated = with(&documented, "daily\n", "daily\n        dateext\n        dateformat -%Y%m%d-%s\n");
    let followed = [(&documented, 6), (&renaming, 6), (&dated, 5)].map(|(configuration, events)| is_read_whole(configuration, events));
    futures_util::future::join_all(followed).await;
}

/// Of so many events, all are read of a log that is rotated so, once while it is followed and then for each further one while it is not.
async fn is_read_whole(configuration: &str, events: usize) {
    let house = House::new().await;
    let folder = house.file("log");
    std::fs::create_dir(&folder).expect("a folder");
    let (log, file) = (folder.join("app.log"), house.file("logrotate.conf"));
    std::fs::write(&file, with(configuration, "/var/log/app/app.log", &log.display().to_string())).expect("is written");
    let write = |device: &str| {
        let mut log = std::fs::OpenOptions::new().append(true).create(true).open(&log).expect("opens");
        log.write_all(format!("{}\n", view(device)).as_bytes()).expect("writes");
    };
    let rotate = || {
        let mut rotate = Command::new(program("logrotate"));
        let rotated = rotate.arg("-f").arg("-s").arg(house.file("state")).arg(&file).output().expect("runs");
        assert!(rotated.status.success(), "{rotated:?}");
    };
    let devices = &["a", "b", "c", "d", "e", "f"][..events];
    write("a");
    let running = tail(&house, &log);
    house.until(&devices[..1]).await;
    write("b");
    rotate();
    write("c");
    house.until(&devices[..3]).await;
    drop(running);
    write("d");
    for device in &devices[4..] {
        rotate();
        write(device);
    }
    let _running = tail(&house, &log);
    house.until(devices).await;
    assert_eq!(house.quarantined().await, [], "{configuration}");
}
