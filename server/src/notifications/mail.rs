//! E-mail: through a server that the settings name, or into a mailbox of this machine.

use super::mailbox::Mailbox;
use super::message::Message;
use super::undelivered::Undelivered;
use lettre::message::Mailbox as Address;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Tokio1Executor};
use std::fmt;
use std::net::IpAddr;
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
        if is_readable(url) {
            return Err("smtp would send mails, and the password, readable over the network; write smtps://USER:PASSWORD@HOST, or \
                        smtp://USER:PASSWORD@HOST?tls=required. Without TLS, only a server on this machine is sent to: smtp://127.0.0.1"
                .to_owned());
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let transport = transport.map_err(|_| "smtp is not an address of a mail server; write smtps://USER:PASSWORD@HOST".to_owned())?;
        let from = address(from).map_err(|_| "mail_from is not a mail address; write it as in ops@example.com".to_owned())?;
        Ok(Self::Server { transport: Box::new(transport.timeout(Some(PATIENCE)).build()), from })
    }

    /// Hands a message over.
    ///
    /// # Errors
    /// Why it was not taken.
    pub(super) async fn send(&self, to: &[String], message: &Message) -> Result<(), Undelivered> {
        let (transport, from) = match self {
            Self::Server { transport, from } => (transport, from),
            Self::Mailbox(mailbox) => {
                return mailbox.put(to, message).map_err(|error| Undelivered::Mailbox(error.to_string()));
            }
        };
        let mut mail = lettre::Message::builder()
            .from(from.clone())
            .subject(format!("[Vigia] {}", message.subject))
            .message_id(Some(format!("<{}@{}>", message.id, from.email.domain())))
            .header(ContentTransferEncoding::QuotedPrintable)
            .header(ContentType::TEXT_PLAIN);
        for recipient in to {
            mail = mail.to(address(recipient)?);
        }
        let mail = mail.body(message.text.clone()).map_err(|error| Undelivered::Unwritable(error.to_string()))?;
        transport.send(mail).await.map(drop).map_err(|error| Undelivered::MailServer(error.to_string()))
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

/// Whether what is sent could be read on its way: without TLS, or with TLS only where the server offers it, to another machine.
fn is_readable(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !scheme.eq_ignore_ascii_case("smtp") || query.split('&').any(|pair| pair == "tls=required") {
        return false;
    }
    let server = place.split('/').next().unwrap_or_default();
    let server = server.rsplit_once('@').map_or(server, |(_, server)| server);
    let host = match server.strip_prefix('[').and_then(|server| server.split_once(']')) {
        Some((host, _)) => host,
        None => server.split(':').next().unwrap_or_default(),
    };
    !host.eq_ignore_ascii_case("localhost") && !host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A mail address.
///
/// # Errors
/// That it is not one.
pub(super) fn address(text: &str) -> Result<Address, Undelivered> {
    text.parse().map_err(|_| Undelivered::Recipient(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mail_goes_to_another_machine_without_tls() {
        for readable in [
            "smtp://mail.example.com",
            "smtp://ana:secret@mail.example.com:25/",
            "smtp://mail.example.com?tls=opportunistic",
            "SMTP://192.0.2.7:587",
            "smtp://localhost@192.0.2.7",
        ] {
            let wrong = Mailer::new(readable, "vigia@example.com").expect_err(readable);
            assert!(wrong.contains("tls=required") && !wrong.contains("secret"), "{wrong}");
        }
        for safe in [
            "smtps://ana:secret@mail.example.com",
            "smtp://mail.example.com?tls=required",
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
            "smtp://[::1]:25",
        ] {
            assert!(Mailer::new(safe, "vigia@example.com").is_ok(), "{safe}");
        }
    }
}
