//! Servers that a test starts, and what it finds out about programs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server that ends with its test.
pub struct Server(Child);

impl Server {
    /// Starts it and waits until it takes connections.
    pub async fn start(mut command: Command, address: SocketAddr) -> Self {
        let name = format!("{command:?}");
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
        let started = Instant::now();
        while tokio::net::TcpStream::connect(address).await.is_err() {
            assert!(process.try_wait().expect("a child").is_none(), "{name} ended by itself");
            assert!(started.elapsed() < Duration::from_secs(60), "{name} does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self(process)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where a program is; `None`, and a word about it, where one of them is not installed.
pub fn installed<const N: usize>(programs: [&str; N]) -> Option<[PathBuf; N]> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
        .collect();
    let find = |program: &str| folders.iter().map(|folder| folder.join(program)).find(|path| path.exists());
    if let Some(missing) = programs.iter().find(|program| find(program).is_none()) {
        eprintln!("SKIPPED: {missing} is not installed; `scripts/setup.sh test` installs it.");
        return None;
    }
    Some(programs.map(|program| find(program).expect("was there a moment ago")))
}

/// Makes an authority and a certificate of a server that has this name or address: `ca.pem`, `server.crt` and `server.key` of the folder.
pub fn certify(folder: &Path, name: &str) {
    let key = || rcgen::KeyPair::generate().expect("a key");
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "An authority of a test");
    let authority = rcgen::CertifiedIssuer::self_signed(parameters, key()).expect("an authority");
    let own = key();
    let parameters = rcgen::CertificateParams::new(vec![name.to_owned()]).expect("a name");
    let certificate = parameters.signed_by(&own, &authority).expect("a certificate");
    for (file, pem) in [("ca.pem", authority.pem()), ("server.crt", certificate.pem()), ("server.key", own.serialize_pem())] {
        std::fs::write(folder.join(file), pem).expect("written");
    }
}

/// Runs a program to its end; whether it ended well.
pub fn ends_well(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).envs(environment.iter().copied()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().expect(program).success()
}
