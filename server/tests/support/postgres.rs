//! A PostgreSQL server of the tests' own, on a free port of the loopback; it goes when the process goes, however that ends.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use vigia::store;

const PASSWORD: &str = "only-for-tests";
const TEMPLATE: &str = "vigia_template";

/// Makes a server in a folder of its own, says where, and removes both when nobody holds its input open any more.
const SCRIPT: &str = r#"
set -eu
bin=$1 port=$2
umask 077
folder=$(mktemp -d -t vigia-postgres.XXXXXX)
echo "$3" >"$folder/password"
finish() { kill -CONT "$(head -n 1 "$folder/data/postmaster.pid")" 2>/dev/null || :; "$bin/pg_ctl" stop -D "$folder/data" -m immediate >/dev/null 2>&1 || :; rm -rf "$folder"; }
trap finish EXIT
{
  "$bin/initdb" -D "$folder/data" -U vigia --pwfile="$folder/password" -A scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync
  printf '%s\n' "listen_addresses = '127.0.0.1'" "port = $port" "unix_socket_directories = ''" "max_connections = 300" \
    "wal_level = minimal" "max_wal_senders = 0" "$4" >>"$folder/data/postgresql.conf"
  "$bin/pg_ctl" start -w -t 60 -D "$folder/data" -l "$folder/log"
} >"$folder/start" 2>&1 || { cat "$folder/start" "$folder/log" >&2; exit 1; }
echo "$folder"
cat >/dev/null
"#;

/// A running server.
pub struct Server {
    port: u16,
    folder: PathBuf,
    databases: AtomicU32,
    watcher: Child,
    /// The server stops when this is closed.
    open: Option<ChildStdin>,
}

impl Server {
    /// The server of this process, started by whoever asks first.
    pub fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    /// Starts one that nobody else uses.
    ///
    /// # Panics
    /// With a sentence, where there is no PostgreSQL.
    pub fn start() -> Self {
        // What power loss would do is not what these tests are about.
        Self::with("fsync = off\nfull_page_writes = off")
    }

    /// Starts one that waits for the disk, like one that somebody depends on.
    pub fn durable() -> Self {
        Self::with("shared_buffers = 512MB\nmax_wal_size = 4GB")
    }

    /// Starts one that may have standbys, whose commits can be made to wait for them.
    pub fn replicating() -> Self {
        Self::with("fsync = off\nfull_page_writes = off\nwal_level = replica\nmax_wal_senders = 2")
    }

    /// Starts one that puts every statement down.
    pub fn telling() -> Self {
        Self::with("fsync = off\nfull_page_writes = off\nlog_statement = all")
    }

    /// What it has put down so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).expect("a log")
    }

    fn with(settings: &str) -> Self {
        let bin = binaries();
        // Between looking for a free port and using it another process may take it.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
            let mut watcher = as_postgres("sh");
            watcher.args(["-c", SCRIPT, "sh"]).arg(&bin).arg(port.to_string()).arg(PASSWORD).arg(settings);
            watcher.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            // Ctrl-C is for the tests; the server goes when they are gone.
            std::os::unix::process::CommandExt::process_group(&mut watcher, 0);
            let mut watcher = watcher.spawn().expect("sh starts");
            let open = watcher.stdin.take().expect("an input");
            let mut said = String::new();
            BufReader::new(watcher.stdout.take().expect("an output")).read_line(&mut said).expect("a line");
            let folder = PathBuf::from(said.trim());
            if folder.is_absolute() {
                let server = Self { port, folder, databases: AtomicU32::new(0), watcher, open: Some(open) };
                server.make_template();
                return server;
            }
            let _ = watcher.wait();
        }
        panic!("PostgreSQL in {} does not start; try its initdb and pg_ctl by hand", bin.display());
    }

    /// URL of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://vigia:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// URL of a fresh database of Vigia's.
    pub async fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
        self.url(&name)
    }

    /// Runs a statement as the server's administrator.
    pub async fn run(&self, sql: &str) {
        self.run_in("postgres", sql).await;
    }

    /// The same, in a database.
    pub async fn run_in(&self, database: &str, sql: &str) {
        let (client, connection) =
            tokio_postgres::connect(&self.url(database), tokio_postgres::NoTls).await.expect("the server can be reached");
        let connection = tokio::spawn(connection);
        client.batch_execute(sql).await.expect(sql);
        drop(client);
        let _ = connection.await;
    }

    /// Where it listens on the loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops all of its processes: it takes connections, and says nothing on any, until what is returned is dropped.
    pub fn freeze(&self) -> Frozen {
        let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("a running server");
        let first = file.lines().next().and_then(|line| line.parse().ok()).and_then(Pid::from_raw).expect("a process");
        // It makes no further ones from here on.
        let mut frozen = Frozen(vec![first]);
        kill_process(first, Signal::STOP).expect("stopped");
        let parent = |stat: &str| stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse::<i32>().ok());
        for process in std::fs::read_dir("/proc").expect("processes").flatten() {
            let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
            if parent(&stat) == Some(first.as_raw_nonzero().get())
                && let Some(child) = process.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw)
            {
                let _ = kill_process(child, Signal::STOP);
                frozen.0.push(child);
            }
        }
        frozen
    }

    /// Ends every connection and every transaction at once, and starts the server again.
    pub fn restart(&self) {
        let data = self.folder.join("data");
        let mut restart = as_postgres(binaries().join("pg_ctl"));
        restart.arg("restart").arg("-D").arg(&data).args(["-m", "immediate", "-w", "-l"]).arg(self.folder.join("log"));
        let done = restart.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("pg_ctl starts");
        assert!(done.success(), "the server starts again");
    }

    /// A database that has the schema, to make the others from.
    fn make_template(&self) {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(async {
                    self.run(&format!("CREATE DATABASE {TEMPLATE}")).await;
                    let store = store::open(&self.url(TEMPLATE), Duration::from_secs(60)).await.expect("a fresh store opens");
                    store.append(Vec::new()).await.expect("partitions are made");
                    drop(store);
                });
            });
        });
        // What was connected to it goes with the runtime; the server may need a moment to see it.
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The processes of a server that is stopped; they go on when this is dropped.
pub struct Frozen(Vec<Pid>);

impl Drop for Frozen {
    fn drop(&mut self) {
        for process in &self.0 {
            let _ = kill_process(*process, Signal::CONT);
        }
    }
}

/// A server that nobody shares ends with its test.
impl Drop for Server {
    fn drop(&mut self) {
        self.open = None;
        let _ = self.watcher.wait();
    }
}

/// The folder of `initdb` and `pg_ctl`.
fn binaries() -> PathBuf {
    let configured =
        Command::new("pg_config").arg("--bindir").output().ok().map(|output| String::from_utf8_lossy(&output.stdout).trim().into());
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort_by_key(|path| path.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok()));
    let path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    debian
        .into_iter()
        .rev()
        .chain(configured)
        .chain(path)
        .find(|folder: &PathBuf| folder.join("initdb").exists())
        .expect("These tests need PostgreSQL 15 or newer, and there is none: run scripts/setup.sh test, or install `postgresql`.")
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let id = Command::new("id").arg("-u").output().expect("id");
    if id.stdout.trim_ascii() != b"0" {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program).current_dir("/");
    command
}
