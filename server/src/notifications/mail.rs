//! E-mail: through a server that the settings name, or into a mailbox of this machine.

use super::mailbox::Mailbox;
use super::message::Message;
use lettre::message::Mailbox as Address;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Tokio1Executor};
use std::fmt;
use std::time::Duration;

/// How long one command of the conversation may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where e-mails go. `Debug` shows no password.
#[derive(Clone)]
pub enum Mailer {
    Server {
        transport: Box<AsyncSmtpTransport<Tokio1Executor>>,
        from: Address,
    },
    /// Nowhere else.
    Mailbox(Mailbox),
}

impl Mailer {
    /// `url` is `smtps://USER:PASSWORD@HOST` or `smtp://...?tls=required`; see the setting smtp.
    ///
    /// # Errors
    /// What is wrong, and what would be right, to follow the name of the setting; without the URL's text, which may hold a password.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let transport = transport.map_err(|_| "smtp is not an address of a mail server; write smtps://USER:PASSWORD@HOST".to_owned())?;
        let from = address(from).map_err(|wrong| format!("mail_from {wrong}"))?;
        Ok(Self::Server { transport: Box::new(transport.timeout(Some(PATIENCE)).build()), from })
    }

    /// Hands a message over.
    ///
    /// # Errors
    /// A sentence for administrators.
    pub(super) async fn send(&self, to: &[String], message: &Message) -> Result<(), String> {
        let (transport, from) = match self {
            Self::Server { transport, from } => (transport, from),
            Self::Mailbox(mailbox) => {
                return mailbox.put(to, message).map_err(|error| format!("The mailbox did not take it: {error}."));
            }
        };
        let mut mail = lettre::Message::builder()
            .from(from.clone())
            .subject(format!("[Vigia] {}", message.subject))
            .message_id(Some(format!("<{}@{}>", message.id, from.email.domain())))
            .header(ContentTransferEncoding::QuotedPrintable)
            .header(ContentType::TEXT_PLAIN);
        for recipient in to {
            mail = mail.to(address(recipient).map_err(|wrong| format!("{recipient:?} {wrong}."))?);
        }
        let mail = mail.body(message.text.clone()).map_err(|error| format!("The message cannot be written: {error}."))?;
        transport.send(mail).await.map(drop).map_err(|error| format!("The mail server did not take it: {error}."))
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server { from, .. } => f.debug_struct("Server").field("from", &from.to_string()).finish_non_exhaustive(),
            Self::Mailbox(mailbox) => mailbox.fmt(f),
        }
    }
}

/// A mail address; what is wrong with it, without a full stop.
pub(super) fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|_| "is not a mail address; write it as in ops@example.com".to_owned())
}
