//! The real server as a process that can be killed.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Vigia {
    database: String,
    address: SocketAddr,
    /// Further arguments of `serve`.
    settings: Vec<String>,
    /// Where it is to die; see `vigia::crash`.
    crash_at: Option<&'static str>,
    process: Option<Child>,
    /// Where its warnings go, rather than to those of the tests.
    log: Option<PathBuf>,
    /// The folder of its index.
    index: tempfile::TempDir,
}

impl Vigia {
    /// One that does not run yet.
    pub fn new(database: &str) -> Self {
        let index = tempfile::tempdir().expect("a folder");
        Self {
            database: database.to_owned(),
            address: free_address(),
            settings: Vec::new(),
            crash_at: None,
            process: None,
            log: None,
            index,
        }
    }

    /// With further arguments of `serve`.
    pub fn with(mut self, settings: &[&str]) -> Self {
        self.settings.extend(settings.iter().map(|setting| (*setting).to_owned()));
        self
    }

    /// Has the next start write its warnings into a file.
    pub fn log_to(&mut self, file: PathBuf) {
        self.log = Some(file);
    }

    /// Has the next start die at this place; `None` for nowhere.
    pub fn crash_at(&mut self, place: Option<&'static str>) {
        self.crash_at = place;
    }

    /// Whether it has died where it was to.
    pub fn has_crashed(&mut self) -> bool {
        let ended = self.process.as_mut().and_then(|process| process.try_wait().expect("a child"));
        ended.is_some_and(|status| {
            assert_eq!(status.signal(), Some(9), "the server ended by itself");
            true
        })
    }

    /// Where its index is kept.
    pub fn index_folder(&self) -> &Path {
        self.index.path()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The text of a new token of this scope.
    pub fn token(&self, scope: &str) -> String {
        let made = self.command().args(["token", "create", &format!("test-{scope}"), "--scope", scope]).output().expect("runs");
        let said = String::from_utf8_lossy(&made.stdout).into_owned();
        let token = said.split_whitespace().find(|word| word.starts_with("vigia_"));
        token.unwrap_or_else(|| panic!("no token: {said}{}", String::from_utf8_lossy(&made.stderr))).to_owned()
    }

    /// Starts it, waits until it answers, and says how long that took.
    pub async fn start(&mut self) -> Duration {
        let listen = self.address.to_string();
        let mut command = self.command();
        command.envs(self.crash_at.map(|place| ("CRASH_AT", place)));
        let level = if self.log.is_some() { "warn" } else { "error" };
        command.args(["serve", "--log", level, "--listen", &listen]).args(&self.settings).stdout(Stdio::null());
        if let Some(log) = &self.log {
            command.stderr(std::fs::File::create(log).expect("a file"));
        }
        let mut process = command.spawn().expect("starts");
        let started = Instant::now();
        while tokio::net::TcpStream::connect(self.address).await.is_err() {
            if self.crash_at.is_some() && process.try_wait().expect("a child").is_some() {
                break;
            }
            assert!(process.try_wait().expect("a child").is_none(), "the server ended by itself");
            assert!(started.elapsed() < PATIENCE, "the server does not answer");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        self.process = Some(process);
        started.elapsed()
    }

    /// Ends it without a chance to do anything about it.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("killed");
            process.wait().expect("gone");
        }
    }

    /// Asks it to end in order, and returns when it has ended, however.
    pub fn stop(&mut self) {
        if let Some(process) = &mut self.process {
            // One that is gone already needs no signal.
            let _ = rustix::process::kill_process(rustix::process::Pid::from_child(process), rustix::process::Signal::TERM);
            process.wait().expect("gone");
        }
    }

    /// `vigia` with this one's database.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
        // Nothing of this machine's own settings.
        command.env_remove("DATABASE_URL").env_remove("VIGIA_CONFIG").current_dir(std::env::temp_dir());
        command.env("VIGIA_DATABASE", &self.database).env("VIGIA_INDEX_FOLDER", self.index.path());
        command
    }
}

impl Drop for Vigia {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An address on the loopback where nobody listens yet.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}
