//! The programs of the test: each is stopped when the test ends, however it ends.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A port nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// OpenBao's program, where `scripts/setup.sh test` puts it, or in the PATH.
pub fn bao() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let here = cache.map(|cache| cache.join("vigia/tools/openbao/bin/bao"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    here.into_iter().chain(std::env::split_paths(&path).map(|folder| folder.join("bao"))).find(|program| program.is_file())
}

/// A program that runs beside the test.
pub struct Running(Child);

impl Running {
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let log = fs::File::create(log).expect("a log");
        let errors = log.try_clone().expect("a log");
        Self(command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn().expect("starts"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn done(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("runs");
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).trim().to_owned()
}

/// A PostgreSQL of the test's own, with the superuser `root` and the password `first`.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    pub port: u16,
}

impl Postgres {
    /// `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
        let programs = versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).max()?;
        let folder = PathBuf::from(done(as_postgres("mktemp").args(["-d", "/tmp/vigia-openbao-XXXXXX"])));
        let postgres = Self { programs, folder, port: free_port() };
        let password = postgres.folder.join("password");
        done(as_postgres("sh").arg("-c").arg(format!("echo first > {}", password.display())));
        let data = postgres.folder.join("data");
        done(postgres.program("initdb").args(["-U", "root", "-A", "scram-sha-256", "--pwfile"]).arg(password).arg("-D").arg(&data));
        let options = format!("-p {} -h 127.0.0.1 -k {} -c fsync=off", postgres.port, postgres.folder.display());
        let log = postgres.folder.join("log");
        done(postgres.program("pg_ctl").args(["-w", "start", "-o", &options, "-l"]).arg(log).arg("-D").arg(data).stdout(Stdio::null()));
        Some(postgres)
    }

    /// What a statement answers, as a user with a password.
    pub fn ask(&self, user: &str, password: &str, sql: &str) -> String {
        let address = format!("host=127.0.0.1 port={} user={user} dbname=postgres", self.port);
        done(Command::new(self.programs.join("psql")).args(["-XAtq", "-d", &address, "-c", sql]).env("PGPASSWORD", password))
    }

    fn program(&self, name: &str) -> Command {
        as_postgres(self.programs.join(name).to_str().expect("a path"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.program("pg_ctl").args(["-w", "-m", "immediate", "stop", "-D"]).arg(self.folder.join("data")).output();
        let _ = as_postgres("rm").arg("-rf").arg(&self.folder).output();
    }
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &str) -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", program]).current_dir("/");
    command
}
