//! A server of its own for each test, with three users and a few events.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use vigia::backups::BackupSetup;
use vigia::clock::Clock;
use vigia::config::Proxies;
use vigia::event::Event;
use vigia::http::{AppState, Outfit, Recheck};
use vigia::index::{Index, State};
use vigia::ingest::{Context, Formats, Intake};
use vigia::store::quarantine::Refused;
use vigia::store::{Store, User};
use vigia_app::model::{Attempt, Role, Timestamp};
use vigia_app::reports::{AUDIT_TRACKING, PASSWORD_OPERATION, PASSWORD_VIEW};
use vigia_app::words::Words;

pub const PASSWORD: &str = "correct horse battery staple";

pub struct Server {
    pub url: String,
    pub stop: Option<oneshot::Sender<()>>,
    pub stopped: tokio::task::JoinHandle<()>,
    pub store: Arc<dyn Store>,
    state: AppState,
    folder: TempDir,
}

type Between = Box<dyn FnOnce(Arc<dyn Store>) -> Arc<dyn Store>>;

/// What a test may choose; the rest is as at a first start.
#[derive(Default)]
pub struct Setup {
    pub public_url: Option<&'static str>,
    /// Whether this machine is a proxy that is trusted.
    pub behind_proxy: bool,
    /// Files of the page, by name.
    pub assets: Vec<(&'static str, Vec<u8>)>,
    /// How notifications get out.
    pub delivery: vigia::notifications::Delivery,
    /// Another connectors file than [`CONNECTORS`].
    pub connectors: Option<&'static str>,
    /// The languages that are spoken; English alone where none are named.
    pub languages: &'static [Words],
    /// What the server says of being a demo.
    pub demo: &'static str,
    /// What the server does in the background.
    pub jobs: Vec<vigia::jobs::Job>,
    /// Another clock than one that always shows [`now`].
    pub clock: Option<Clock>,
    /// How backups are made, and where; otherwise in a folder of this server's own.
    pub backups: Option<BackupSetup>,
    /// Other limits for connections than the usual ones.
    pub limits: Option<vigia::http::Limits>,
    /// How much one person may ask at a time, if it is not the usual.
    pub questions: Option<vigia::http::Questions>,
    /// How many exports there may be, if it is not the usual.
    pub exports: Option<vigia::exports::ExportLimits>,
    /// Answers go out as they are made: they are not read whole first, and held against the document.
    pub as_made: bool,
    /// How fast one source fills the quarantine, if it is not the usual.
    pub quarantine: Option<vigia::ingest::Growth>,
    /// Puts something between the server and its store.
    pub store: Option<Between>,
}

/// 2026-11-22T14:03:27Z.
pub fn now() -> Timestamp {
    Timestamp::saturating(1_795_356_207_000)
}

pub fn minutes_ago(minutes: i64) -> Timestamp {
    Timestamp::saturating(now().millis() - minutes * 60_000)
}

impl Server {
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = store(folder.path()).await;
        Self::serving(folder, store, setup).await
    }

    /// Another server on the store of one.
    pub async fn on(other: &Self, setup: Setup) -> Self {
        Self::serving(tempfile::tempdir().expect("a temporary folder"), other.store.clone(), setup).await
    }

    async fn serving(folder: TempDir, store: Arc<dyn Store>, setup: Setup) -> Self {
        let assets = folder.path().join("assets");
        std::fs::create_dir(&assets).expect("assets");
        for (name, content) in &setup.assets {
            std::fs::write(assets.join(name), content).expect("an asset");
        }
        let is_whole = setup.store.is_none();
        let store = if let Some(between) = setup.store { between(store) } else { store };
        let clock = setup.clock.unwrap_or_else(|| Arc::new(now));
        let intake = Intake::new(store.clone(), Formats::built_in(), Context::new(clock, chrono_tz::Tz::UTC));
        let intake = setup.quarantine.map_or(intake.clone(), |growth| intake.quarantining(growth));
        let index = Index::new(folder.path().join("index"), 32 << 20);
        let outfit = Outfit {
            index: index.clone(),
            setup: connectors(setup.connectors.unwrap_or(CONNECTORS)),
            delivery: setup.delivery,
            demo: setup.demo,
            languages: setup.languages,
            questions: setup.questions.unwrap_or_default(),
            exports: setup.exports.unwrap_or_default(),
            backups: setup.backups.unwrap_or_else(|| BackupSetup { folder: folder.path().join("backups"), ..BackupSetup::default() }),
            proxies: Proxies {
                trusted: if setup.behind_proxy { vec!["127.0.0.1/32".parse().expect("a network")] } else { Vec::new() },
                ..Proxies::default()
            },
            recheck: Recheck(Duration::from_millis(10)),
            ..Outfit::default()
        };
        let public_url = setup.public_url.map(|url| url.parse().expect("a URL"));
        let follow = index.job(store.clone(), intake.context.clock.clone());
        let jobs = vigia::jobs::Jobs::new(store.clone(), intake.context.clock.clone(), setup.jobs.into_iter().chain([follow]).collect());
        tokio::spawn(jobs.clone().run(CancellationToken::new()));
        while is_whole && !matches!(index.state(), State::Ready(_)) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let state = AppState::new(intake, outfit, jobs, assets, public_url, CancellationToken::new());
        let router = vigia::http::router(state.clone()).expect("a router");
        let router = if setup.as_made { router } else { router.layer(axum::middleware::from_fn(crate::contract::keep)) };
        let listener = vigia::http::bind(([127, 0, 0, 1], 0).into()).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopping) = oneshot::channel();
        let stopped = tokio::spawn(vigia::http::run_within(listener, router, setup.limits.unwrap_or_default(), async {
            let _ = stopping.await;
        }));
        Self { url, stop: Some(stop), stopped, store, state, folder }
    }

    /// Has credential sets ask for what is due, as the server does by itself.
    pub async fn run_sets(&self) {
        self.state.operations().run_sets().await.expect("sets that can be read");
    }

    /// Has the trail tell of refusals that it leaves out, as the server does by itself.
    pub async fn tell_left_out(&self) {
        self.state.identity.record_left_out(true).await.expect("is written");
    }

    /// Has notification rules tell what there is to tell, as the server does by itself.
    pub async fn tell(&self) {
        let round = vigia::notifications::round(&*self.store, &self.state.outfit.delivery, &self.state.outfit.index).await;
        round.expect("a database that answers");
    }

    pub fn assets(&self) -> std::path::PathBuf {
        self.folder.path().join("assets")
    }

    /// The client of somebody who is not signed in.
    pub fn anonymous(&self) -> Visitor {
        let client = crate::http::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none());
        Visitor { base: self.url.clone(), client: client.build().expect("a client"), token: None }
    }

    /// The text of a new token.
    pub async fn token(&self, name: &str, scope: &str, sources: &[&str]) -> String {
        let wanted = json!({ "name": name, "scope": scope, "sources": sources });
        let response = self.signed_in(Role::Admin).await.post("/api/v1/tokens", wanted).await;
        assert_eq!(response.status(), 201, "a token {name}");
        let made: Value = response.json().await.expect("JSON");
        made["token"].as_str().expect("the text").to_owned()
    }

    /// A client that sends events for this source.
    pub async fn sender(&self, source: &str) -> Visitor {
        self.anonymous().bearing(&self.token(&format!("sender-{source}"), "write", &[source]).await)
    }

    /// Puts a line into the quarantine.
    pub async fn quarantine(&self, line: &str) {
        let (source, format) = ("test".into(), "openbao".to_owned());
        let line = Refused { source, format, reason: "not JSON".to_owned(), detail: String::new(), original: line.to_owned() };
        self.store.quarantine().add(vec![line], now()).await.expect("is kept");
    }

    pub async fn signed_in(&self, role: Role) -> Visitor {
        self.signed_in_as(role.name()).await
    }

    async fn signed_in_as(&self, username: &str) -> Visitor {
        let visitor = self.anonymous();
        let response = visitor.post("/api/v1/session", json!({ "username": username, "password": PASSWORD })).await;
        assert_eq!(response.status(), 200, "{username} signs in: {}", response.text().await.expect("a body"));
        visitor
    }

    /// Another administrator.
    pub async fn colleague(&self, username: &str) -> Visitor {
        let (username, name, role) = (username.to_owned(), "A colleague".to_owned(), Role::Admin);
        let user = User { username: username.clone(), name, role, password_hash: hash(), disabled: false, one_time: None };
        assert!(self.store.add_user(user).await.expect("stores the user"), "the name is free");
        self.signed_in_as(&username).await
    }
}

/// A client with its own cookies, or with a token.
#[derive(Clone)]
pub struct Visitor {
    base: String,
    pub client: Client,
    token: Option<String>,
}

impl Visitor {
    /// The same client, sending this token with each request.
    pub fn bearing(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method.parse().expect("a method"), format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Signs the manager in once more, and says the cookie of that session: its name and its value.
    pub async fn signing_in(&self, password: &str) -> String {
        let response = self.post("/api/v1/session", json!({ "username": "manager", "password": password })).await;
        response.headers()["set-cookie"].to_str().expect("ASCII").split(';').next().expect("a pair").to_owned()
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request("GET", path).send().await.expect("an answer")
    }

    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.request("POST", path).json(&body).send().await.expect("an answer")
    }

    pub async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "GET {path}");
        response.json().await.expect("JSON")
    }

    /// Calls a server function with its arguments as postcard.
    pub async fn call(&self, path: &str, arguments: &impl serde::Serialize) -> Response {
        let body = postcard::to_allocvec(arguments).expect("encodes");
        let request =
            self.request("POST", path).header("content-type", "application/octet-stream").header("accept", "application/octet-stream");
        request.body(body).send().await.expect("an answer")
    }
}

/// The members of a problem document that a test looks at; fails for anything else.
pub async fn problem(response: Response) -> (u16, String, Option<String>) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json", "an error of the API is a problem document ({status})");
    let body: Value = response.json().await.expect("JSON");
    assert_eq!(body["status"], status);
    assert!(body["title"].is_string() && body["type"].as_str().is_some_and(|kind| kind.starts_with("/api/docs#")), "{body}");
    let detail = body["detail"].as_str().expect("a detail").to_owned();
    assert!(detail.contains(' ') && !detail.starts_with(' '), "{detail:?} is a sentence");
    (status, detail, body["field"].as_str().map(str::to_owned))
}

async fn store(folder: &Path) -> Arc<dyn Store> {
    let url = format!("sqlite://{}", folder.join("vigia.db").display());
    let store = vigia::store::open(&url, Duration::from_secs(5)).await.expect("a store");
    for role in Role::ALL {
        let user = User {
            username: role.name().to_owned(),
            name: format!("The {role}"),
            role,
            password_hash: hash(),
            disabled: false,
            one_time: None,
        };
        assert!(store.add_user(user).await.expect("stores the user"), "the name is free");
    }
    store.append(events()).await.expect("stores the events");
    store
}

/// Connectors whose operations programs take; operations of the source `test` may be carried out again by the first.
const CONNECTORS: &str = r#"
        [connector.pam]
        kind = "pull"
        hosts = ["srv-*", "db-1"]
        attempts = 2
        parameters = { safe = "optional" }

        [connector.guarded]
        kind = "pull"
        hosts = ["srv-*"]
        approval = true

        [[route]]
        match = { source = "test" }
        connector = "pam"
    "#;

fn connectors(text: &str) -> Arc<vigia::operations::setup::Setup> {
    Arc::new(vigia::operations::setup::Setup::parse(text).expect("a connectors file"))
}

/// As weak as argon2id can be made: tests sign in often.
fn hash() -> String {
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).expect("parameters"));
    weak.hash_password(PASSWORD.as_bytes()).expect("hashes").to_string()
}

/// Five password views a minute apart, an operation that failed once, and a trail.
fn events() -> Vec<Event> {
    let source: Arc<str> = "test".into();
    let mut events: Vec<_> = (1..=5)
        .map(|minute| {
            let mut view = Event::new(&PASSWORD_VIEW, &source, format!("view-{minute}"), minutes_ago(minute));
            view.set("operation", "View password").set("user", "Ana Lima").set("device", format!("srv-db-0{minute}"));
            view.set("ip", std::net::IpAddr::from([10, 0, 0, u8::try_from(minute).expect("small")])).set("emergency", minute == 3);
            view.add("path", "secret/<b>db</b>");
            view
        })
        .collect();
    let mut operation = Event::new(&PASSWORD_OPERATION, &source, "operation-1", minutes_ago(10));
    operation.set("operation", "Change password").set("status", "Error").set("device", "srv-db-01").set("attempts", 1_u32);
    operation.set("execution_date", minutes_ago(9)).add("lease", "database/creds/x");
    operation.attempts.push(Attempt {
        end: Some(minutes_ago(9)),
        executor: "openbao".to_owned(),
        result: "Error".to_owned(),
        error_class: "Connectivity".to_owned(),
        message: "connection refused".to_owned(),
        ..Attempt::begun(1, minutes_ago(10))
    });
    events.push(operation);
    let mut trail = Event::new(&AUDIT_TRACKING, &source, "trail-1", minutes_ago(20));
    trail.set("operation", "Update").set("username", "ana").set("change", true);
    events.push(trail);
    events
}
