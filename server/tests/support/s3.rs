//! An S3-compatible store of the tests' own (moto, as `scripts/setup.sh test` installs it), on a free port of the loopback; it goes when the process goes, however that ends.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use vigia::backups::copies::StoreVariables;

/// How long its start may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a store, and ends it when nobody holds its input open any more.
const SCRIPT: &str = r#"
"$1" -H 127.0.0.1 -p "$2" >/dev/null 2>&1 &
cat >/dev/null
kill $!
"#;

/// A running store.
pub struct Store {
    address: SocketAddr,
    buckets: AtomicU32,
    watcher: Child,
    /// The store stops when this is closed.
    open: Option<ChildStdin>,
}

impl Store {
    /// The store of this process, started by whoever asks first. It takes every key.
    pub fn shared() -> &'static Self {
        static STORE: OnceLock<Store> = OnceLock::new();
        STORE.get_or_init(|| Self::start(&[]))
    }

    /// One that takes no key: it knows none.
    pub fn closed() -> Self {
        Self::start(&[("INITIAL_NO_AUTH_ACTION_COUNT", "0")])
    }

    fn start(settings: &[(&str, &str)]) -> Self {
        // Between looking for a free port and using it another process may take it.
        for _ in 0..5 {
            let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
            let mut watcher = Command::new("sh");
            watcher.args(["-c", SCRIPT, "sh"]).arg(program()).arg(address.port().to_string()).envs(settings.iter().copied());
            watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            // Ctrl-C is for the tests; the store goes when they are gone.
            std::os::unix::process::CommandExt::process_group(&mut watcher, 0);
            let mut watcher = watcher.spawn().expect("sh starts");
            let open = watcher.stdin.take();
            let begun = Instant::now();
            while begun.elapsed() < PATIENCE {
                if TcpStream::connect(address).is_ok() {
                    return Self { address, buckets: AtomicU32::new(0), watcher, open };
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            drop(open);
            let _ = watcher.wait();
        }
        panic!("the store did not start");
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A new bucket.
    pub async fn bucket(&self) -> String {
        let name = format!("vault-{}-{}", std::process::id(), self.buckets.fetch_add(1, Ordering::Relaxed));
        self.make(&name).await;
        name
    }

    pub async fn make(&self, bucket: &str) {
        let made = crate::http::client().put(self.url(bucket)).send().await.expect("an answer");
        assert_eq!(made.status(), 200);
    }

    /// The names of all objects in a bucket.
    pub async fn objects(&self, bucket: &str) -> Vec<String> {
        between(&self.get(&format!("{bucket}?list-type=2")).await, "<Key>", "</Key>")
    }

    /// The uploads in parts that were begun, and neither ended nor taken back.
    pub async fn uploads(&self, bucket: &str) -> Vec<String> {
        between(&self.get(&format!("{bucket}?uploads")).await, "<UploadId>", "</UploadId>")
    }

    /// The bytes of an object.
    pub async fn object(&self, bucket: &str, name: &str) -> Vec<u8> {
        // Nobody looks at the key, only that there is one.
        let asked = crate::http::client().get(self.url(&format!("{bucket}/{name}"))).header("authorization", "AWS vigia:none");
        let answer = asked.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{name}");
        answer.bytes().await.expect("bytes").to_vec()
    }

    /// Puts an object in the place of another.
    pub async fn put(&self, bucket: &str, name: &str, bytes: Vec<u8>) {
        let asked = crate::http::client().put(self.url(&format!("{bucket}/{name}"))).header("authorization", "AWS vigia:none").body(bytes);
        assert_eq!(asked.send().await.expect("an answer").status(), 200, "{name}");
    }

    async fn get(&self, path: &str) -> String {
        crate::http::client().get(self.url(path)).send().await.expect("an answer").text().await.expect("text")
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.open.take());
        let _ = self.watcher.wait();
    }
}

/// What an environment says of a store at an address.
pub fn environment(address: SocketAddr) -> Vec<(String, String)> {
    let port = address.port();
    let all = [
        ("AWS_ENDPOINT_URL", format!("http://{}:{port}", Ipv4Addr::LOCALHOST)),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
        ("AWS_ACCESS_KEY_ID", "vigia".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "hunter2".to_owned()),
    ];
    all.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// The same, read.
pub fn variables(environment: &[(String, String)]) -> StoreVariables {
    StoreVariables::of(&environment.iter().map(|(name, value)| (name.into(), value.into())).collect::<Vec<_>>())
}

fn between(text: &str, begin: &str, end: &str) -> Vec<String> {
    text.split(begin).skip(1).filter_map(|rest| Some(rest.split_once(end)?.0.to_owned())).collect()
}

/// Where `scripts/setup.sh test` puts it, or on the path.
fn program() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    let own = cache.map(|cache| cache.join("vigia/tools/moto/bin/moto_server"));
    let path =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).map(|folder| folder.join("moto_server")).collect::<Vec<_>>());
    own.into_iter().chain(path.unwrap_or_default()).find(|program| program.exists()).expect(
        "This test needs moto, and there is none: run scripts/setup.sh test, or install `moto[s3]`, `flask` and `flask-cors` with pip.",
    )
}
