//! Has another system carry an operation out, by a request signed as in [Standard Webhooks](https://www.standardwebhooks.com).
//!
//! It answers at once with what came of it, or with 202 that it will call back, with the ticket that the request gave it.

use super::Connector;
use crate::operations::outcome::{Failure, Outcome};
use crate::operations::reported::Reported;
use crate::operations::setup::kind;
use crate::operations::task::Task;
use crate::operations::turn::{NoTicket, Turn};
use crate::outgoing::Allowed;
use crate::outgoing::http::{Answer, Gate, Http, NoAnswer};
use crate::outgoing::signature::Key;
use crate::secret::SecretFile;
use async_trait::async_trait;
use hyper::Uri;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;
use vigia_app::model::{ErrorClass, Timestamp};

/// Most of what a system says in a refusal that is kept, in bytes.
const LONGEST_REASON: usize = 500;

pub(super) struct Webhook {
    http: Http,
    path: String,
    secret: SecretFile,
    answer_within: Duration,
    timeout: Duration,
    public_url: String,
}

impl Webhook {
    pub(super) fn new(settings: &kind::Webhook, timeout: Duration, public_url: &str) -> Result<Self, String> {
        let uri: Uri = settings.url.parse().map_err(|_| format!("url: {:?} is not an address", settings.url))?;
        let mut allowed = settings.allow.clone();
        if let (Some(host), true) = (uri.host(), allowed.is_empty()) {
            allowed.push(Allowed::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|wrong| format!("url: {wrong}"))?);
        }
        let http = Http::new(&uri, settings.ca.as_deref(), Gate::Only(allowed)).map_err(|wrong| format!("url: {wrong}"))?;
        Key::read(&settings.secret_file).map_err(|wrong| format!("secret_file: {wrong}"))?;
        Ok(Self {
            http,
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            secret: settings.secret_file.clone(),
            answer_within: settings.answer_within.0,
            timeout,
            public_url: public_url.to_owned(),
        })
    }

    async fn ask(&self, turn: &Turn<'_>) -> Result<Outcome, Failure> {
        let until = Instant::now() + self.timeout;
        let key = Key::read(&self.secret).map_err(|wrong| Failure::new(ErrorClass::Configuration, wrong))?;
        let ticket = turn.ticket().await.map_err(|none| match none {
            NoTicket::Lost => Failure::new(ErrorClass::Other, "Somebody else has taken the operation."),
            NoTicket::Store(error) => Failure::new(ErrorClass::Unavailable, format!("Nothing was sent: {error}")),
            NoTicket::Random => Failure::new(ErrorClass::Unavailable, "Nothing was sent: the system gave no random bytes."),
        })?;
        let body = self.body(turn, &ticket);
        // Each attempt is a message of its own; `key` in it is the same until the operation is restarted.
        let id = format!("op_{}-{}", turn.job.key, turn.job.attempt);
        let request = key.request(&self.path, &id, turn.start, body);
        let request = request.map_err(|wrong| Failure::new(ErrorClass::Configuration, wrong))?;
        let answer = self.http.ask(request, until).await.map_err(|none| match none {
            NoAnswer::Refused(message) => Failure::new(ErrorClass::Configuration, message),
            NoAnswer::NotReached(message) => Failure::new(ErrorClass::Connectivity, message),
            NoAnswer::Lost(message) => Failure::new(ErrorClass::Inconclusive, message),
        })?;
        self.read(turn, &answer)
    }

    fn body(&self, turn: &Turn<'_>, ticket: &str) -> String {
        let job = turn.job;
        let callback = json!({
            "url": format!("{}/api/v1/operations/{}/attempts/{}", self.public_url, job.id, job.attempt),
            "ticket": ticket,
            "until": self.until(turn).rfc3339(),
        });
        let mut data = json!(Task::of(job));
        data["callback"] = callback;
        json!({ "type": "operation.attempt", "timestamp": turn.start.rfc3339(), "data": data }).to_string()
    }

    fn until(&self, turn: &Turn<'_>) -> Timestamp {
        let wait = i64::try_from(self.answer_within.as_millis()).unwrap_or(i64::MAX);
        Timestamp::saturating(turn.start.millis().saturating_add(wait))
    }

    fn read(&self, turn: &Turn<'_>, answer: &Answer) -> Result<Outcome, Failure> {
        let status = answer.status.as_u16();
        let class = match status {
            202 => {
                turn.log.line("The other system has taken the operation and will call back.");
                return Ok(Outcome::Later { until: self.until(turn) });
            }
            200 => {
                let reported: Reported = serde_json::from_slice(&answer.body).map_err(|error| {
                    let message = format!("The answer (HTTP status 200) does not say what came of it: {error}.");
                    Failure::new(ErrorClass::Inconclusive, message)
                })?;
                return Ok(reported.outcome(turn.log));
            }
            201..300 => {
                let message = format!("HTTP status {status} is neither a result (200) nor the word that one follows (202).");
                return Err(Failure::new(ErrorClass::Inconclusive, message));
            }
            401 => ErrorClass::CredentialRejected,
            403 => ErrorClass::PermissionDenied,
            408 | 425 | 429 | 503 => ErrorClass::Unavailable,
            300..500 => ErrorClass::Configuration,
            // It may have begun.
            _ => ErrorClass::Inconclusive,
        };
        let said = String::from_utf8_lossy(&answer.body);
        let said = said.trim();
        let said = &said[..said.floor_char_boundary(LONGEST_REASON)];
        let what = if (300..400).contains(&status) { "pointed elsewhere, which is not followed" } else { "refused" };
        Err(Failure::new(class, format!("The other system {what} (HTTP status {status}): {said}").trim_end_matches([':', ' '])))
    }
}

#[async_trait]
impl Connector for Webhook {
    async fn run(&self, turn: &Turn<'_>) -> Outcome {
        self.ask(turn).await.unwrap_or_else(Outcome::from)
    }

    fn limit(&self) -> Duration {
        self.timeout
    }
}
