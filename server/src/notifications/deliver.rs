//! Getting a message to where its rule sends it.

use super::mailbox::Mailbox;
use super::message::Message;
use super::progress::KeptRule;
use super::undelivered::Undelivered;
use crate::outgoing::Allowed;
use crate::outgoing::http::{Gate, Http};
use crate::outgoing::signature::Key;
use hyper::Uri;
use std::time::Duration;
use tokio::time::Instant;
use vigia_app::model::Channel;

pub use super::mail::Mailer;

/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The ways out of this server that the settings allow.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    /// `None` where the settings name no mail server.
    pub mailer: Option<Mailer>,
    /// Where webhooks may go.
    pub hosts: Vec<Allowed>,
    /// Where people reach Vigia, for links.
    pub base: String,
}

impl Delivery {
    /// Where mails are kept, where they go nowhere else.
    pub fn mailbox(&self) -> Option<&Mailbox> {
        match &self.mailer {
            Some(Mailer::Mailbox(mailbox)) => Some(mailbox),
            _ => None,
        }
    }

    /// Sends a message; it is safe to send it again.
    ///
    /// # Errors
    /// Why it did not get there.
    pub(super) async fn send(&self, rule: &KeptRule, message: &Message) -> Result<(), Undelivered> {
        match &rule.rule.channel {
            Channel::Email { to } => match &self.mailer {
                Some(mailer) => mailer.send(to, message).await,
                None => Err(Undelivered::NoMailServer),
            },
            Channel::Webhook { url } => self.post(url, &rule.secret, message).await,
        }
    }

    /// The way to a receiver, and the path to ask it for.
    ///
    /// # Errors
    /// Why it cannot be asked.
    pub(super) fn to(&self, url: &str) -> Result<(Http, String), Undelivered> {
        let uri: Uri = url.parse().map_err(|_| Undelivered::NoAddress(url.to_owned()))?;
        let http = Http::new(&uri, None, Gate::Only(self.hosts.clone()))?;
        Ok((http, uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()))
    }

    async fn post(&self, url: &str, secret: &str, message: &Message) -> Result<(), Undelivered> {
        let (http, path) = self.to(url)?;
        let key = Key::parse(secret).ok_or(Undelivered::NoSecret)?;
        let request = key.request(&path, &message.id, message.at, message.json.to_string()).map_err(Undelivered::NotSent)?;
        let answer = http.ask(request, Instant::now() + PATIENCE).await?;
        if answer.status.is_success() { Ok(()) } else { Err(Undelivered::Status(answer.status.as_u16())) }
    }
}
