//! Speaking to OpenBao: signing in, asking, and what its refusals mean.

use crate::error_classes;
use crate::openbao_errors::flatten;
use crate::operations::outcome::Failure;
use crate::operations::setup::kind::{self, AppRole};
use crate::outgoing::http::{Answer, Gate, Http, NoAnswer};
use crate::secret::{Secret, SecretFile};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use vigia_app::model::ErrorClass;

const TOKEN: HeaderName = HeaderName::from_static("x-vault-token");
const NAMESPACE: HeaderName = HeaderName::from_static("x-vault-namespace");
/// OpenBao wants it from its own agents' clients, where so configured.
const REQUEST: HeaderName = HeaderName::from_static("x-vault-request");

/// How far an attempt has come: what a failure means for the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was changed yet.
    Before,
    /// This request changes it.
    Change,
    /// It was changed, as OpenBao says; this is about seeing that it was.
    After,
}

/// What an attempt signs its requests with.
pub struct Token {
    secret: Secret,
    /// It was there before this attempt, and may have ended since.
    old: bool,
}

/// How Vigia signs in.
enum Auth {
    File(SecretFile),
    AppRole { settings: AppRole, session: Mutex<Option<(Secret, Instant)>> },
}

pub struct Api {
    http: Http,
    namespace: Option<HeaderValue>,
    auth: Auth,
}

impl Api {
    pub fn new(settings: &kind::OpenBao) -> Result<Self, String> {
        let uri: Uri = settings.address.parse().map_err(|_| format!("address: {:?} is not an address", settings.address))?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(format!("address: {uri} has a path; write https:// and the host name alone"));
        }
        let namespace =
            settings.namespace.as_ref().map(|name| HeaderValue::from_str(name).map_err(|_| "namespace: is not a name".to_owned()));
        let auth = match (&settings.token_file, &settings.approle) {
            (Some(file), None) => Auth::File(file.clone()),
            (None, Some(approle)) => Auth::AppRole { settings: approle.clone(), session: Mutex::default() },
            _ => return Err("needs one way to sign in".to_owned()),
        };
        let http = Http::new(&uri, settings.ca.as_deref(), Gate::Open).map_err(|wrong| format!("address: {wrong}"))?;
        Ok(Self { http, namespace: namespace.transpose()?, auth })
    }

    /// The token to ask with: from its file, or from the last sign-in while that lasts.
    pub async fn sign_in(&self, until: Instant) -> Result<Token, Failure> {
        match &self.auth {
            Auth::File(file) => {
                let secret = file.read().map_err(|wrong| Failure::new(ErrorClass::Configuration, wrong))?;
                Ok(Token { secret, old: false })
            }
            Auth::AppRole { session, .. } => {
                let kept = session.lock().unwrap_or_else(PoisonError::into_inner).clone();
                match kept.filter(|(_, ends)| *ends > Instant::now()) {
                    Some((secret, _)) => Ok(Token { secret, old: true }),
                    None => self.sign_in_anew(until).await,
                }
            }
        }
    }

    async fn sign_in_anew(&self, until: Instant) -> Result<Token, Failure> {
        #[derive(Deserialize)]
        struct SignedIn {
            auth: Auth,
        }
        #[derive(Deserialize)]
        struct Auth {
            client_token: String,
            lease_duration: u64,
        }
        let self::Auth::AppRole { settings, session } = &self.auth else {
            return Err(Failure::new(ErrorClass::CredentialRejected, "The token was refused."));
        };
        let secret_id = settings.secret_id_file.read().map_err(|wrong| Failure::new(ErrorClass::Configuration, wrong))?;
        let body = json!({ "role_id": settings.role_id, "secret_id": secret_id.expose() });
        let path = format!("auth/{}/login", settings.mount);
        let answer =
            self.send(None, Method::POST, &path, body.to_string(), until).await.map_err(|lost| not_answered(lost, Stage::Before))?;
        let answer = accepted(answer, Stage::Before)?;
        let signed_in: SignedIn = serde_json::from_slice(&answer.body).map_err(|_| unreadable(Stage::Before))?;
        let secret = Secret::new(signed_in.auth.client_token);
        // 0 is for ever; two thirds of the time, so that it does not end in the middle of an attempt.
        let lasts = match signed_in.auth.lease_duration {
            0 => Duration::from_secs(60 * 60),
            seconds => Duration::from_secs(seconds.min(24 * 60 * 60)) * 2 / 3,
        };
        *session.lock().unwrap_or_else(PoisonError::into_inner) = Some((secret.clone(), Instant::now() + lasts));
        Ok(Token { secret, old: false })
    }

    /// Asks; with a token of an earlier sign-in that is refused, once more with a new one.
    pub async fn ask(&self, token: &mut Token, method: Method, path: &str, stage: Stage, until: Instant) -> Result<Answer, Failure> {
        let send = async |secret: &Secret| {
            let body = if method == Method::GET { String::new() } else { "{}".to_owned() };
            self.send(Some(secret), method.clone(), path, body, until).await.map_err(|lost| not_answered(lost, stage))
        };
        let mut answer = send(&token.secret).await?;
        // Refused before anything was done: the same words are said for a token that has ended.
        if answer.status == StatusCode::FORBIDDEN && token.old {
            *token = self.sign_in_anew(until).await?;
            answer = send(&token.secret).await?;
        }
        accepted(answer, stage)
    }

    async fn send(&self, token: Option<&Secret>, method: Method, path: &str, body: String, until: Instant) -> Result<Answer, NoAnswer> {
        let mut request = Request::builder().method(method).uri(format!("/v1/{path}")).header(REQUEST, "true");
        if let Some(namespace) = &self.namespace {
            request = request.header(NAMESPACE, namespace);
        }
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(token.expose()).map_err(|_| NoAnswer::Refused("The token is not a token.".to_owned()))?;
            value.set_sensitive(true);
            request = request.header(TOKEN, value);
        }
        let request = request.body(body);
        self.http.ask(request.map_err(|_| NoAnswer::Refused(format!("{path:?} is not a path.")))?, until).await
    }
}

/// The field `data` of an answer.
pub fn data<T: DeserializeOwned>(answer: &Answer, stage: Stage) -> Result<T, Failure> {
    #[derive(Deserialize)]
    struct Whole<T> {
        data: T,
    }
    serde_json::from_slice::<Whole<T>>(&answer.body).map(|whole| whole.data).map_err(|_| unreadable(stage))
}

fn unreadable(stage: Stage) -> Failure {
    failure(stage, ErrorClass::Other, "The answer is not one of OpenBao's: check the connector's address.".to_owned())
}

/// A failure that means what it means at this stage: once the change was made, or may have been, nothing that follows undoes that.
fn failure(stage: Stage, class: ErrorClass, message: String) -> Failure {
    match stage {
        Stage::Before | Stage::Change => Failure::new(class, message),
        Stage::After => Failure::new(
            ErrorClass::Inconclusive,
            format!("OpenBao said that it changed the password, but that could not be verified: {message}"),
        ),
    }
}

fn not_answered(lost: NoAnswer, stage: Stage) -> Failure {
    let (class, message) = match lost {
        NoAnswer::Refused(message) => (ErrorClass::Configuration, message),
        NoAnswer::NotReached(message) => (ErrorClass::Connectivity, message),
        NoAnswer::Lost(message) if stage == Stage::Before => (ErrorClass::Unavailable, message),
        NoAnswer::Lost(message) => (ErrorClass::Inconclusive, message),
    };
    failure(stage, class, message)
}

/// The answer, if it is one of success.
fn accepted(answer: Answer, stage: Stage) -> Result<Answer, Failure> {
    #[derive(Deserialize)]
    struct Refusal {
        errors: Vec<String>,
    }
    if answer.status.is_success() {
        return Ok(answer);
    }
    let refusal = serde_json::from_slice::<Refusal>(&answer.body).map(|refusal| refusal.errors.join("\n")).unwrap_or_default();
    let said = flatten(&refusal);
    let status = answer.status;
    let class = match (status.as_u16(), error_classes::of_message(&said)) {
        (300..400, _) => {
            return Err(failure(
                stage,
                ErrorClass::Configuration,
                "OpenBao pointed elsewhere (a standby?); name the active server.".to_owned(),
            ));
        }
        // Sealed, in standby, or above a quota.
        (412 | 429 | 472 | 473 | 503, _) => ErrorClass::Unavailable,
        (403, ErrorClass::Other) => ErrorClass::PermissionDenied,
        (404, ErrorClass::Other) => ErrorClass::NotFound,
        // Something between Vigia and OpenBao gave up waiting.
        (502 | 504, _) if stage == Stage::Change => ErrorClass::Inconclusive,
        (502 | 504, _) => ErrorClass::Unavailable,
        (_, class) => class,
    };
    let said = if said.is_empty() { "no reason was given".to_owned() } else { said };
    Err(failure(stage, class, format!("OpenBao refused (HTTP status {}): {said}", status.as_u16())))
}
