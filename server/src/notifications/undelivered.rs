//! Why a message did not get to where its rule sends it.

use crate::outgoing::http::{NoAnswer, Unusable};
use serde::{Deserialize, Serialize};
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// Kept with the rule as what happened, not as words: it is said when somebody reads it. What other programs say of a failure stands in it as
/// they said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undelivered {
    NoMailServer,
    NoSecret,
    /// Not a mail address.
    Recipient(String),
    Unwritable(String),
    Mailbox(String),
    MailServer(String),
    /// Not an address at all.
    NoAddress(String),
    NoHost(String),
    /// An address that is asked without TLS.
    Readable(String),
    /// A host that the setting `notify_hosts` does not name.
    NotAllowed(String),
    Unusable(String),
    /// The receiver's answer.
    Status(u16),
    NotSent(String),
    /// It may have arrived.
    Lost(String),
    /// As rules kept it before there were other languages.
    #[serde(untagged)]
    Said(String),
}

impl Undelivered {
    /// For administrators.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::NoMailServer => sentence!("rule.no-mail"),
            Self::NoSecret => sentence!("rule.no-secret"),
            Self::Recipient(recipient) => sentence!("rule.recipient", recipient = format!("{recipient:?}")),
            Self::Unwritable(why) => sentence!("rule.unwritable", why = why),
            Self::Mailbox(why) => sentence!("rule.mailbox", why = why),
            Self::MailServer(why) => sentence!("rule.mail-server", why = why),
            Self::NoAddress(address) => sentence!("rule.no-address", address = format!("{address:?}")),
            Self::NoHost(address) => sentence!("rule.no-host", address = address),
            Self::Readable(address) => sentence!("rule.readable", address = address),
            Self::NotAllowed(host) => sentence!("rule.not-allowed", host = host),
            Self::Unusable(why) => sentence!("rule.unusable", why = why),
            Self::Status(status) => sentence!("rule.status", status = *status),
            Self::NotSent(why) => sentence!("rule.not-sent", why = why),
            Self::Lost(why) => sentence!("rule.lost", why = why),
            Self::Said(said) => said.as_str().into(),
        }
    }
}

impl From<Unusable> for Undelivered {
    fn from(wrong: Unusable) -> Self {
        match wrong {
            Unusable::NoAddress(address) => Self::NoAddress(address.to_string()),
            Unusable::NoHost(address) => Self::NoHost(address.to_string()),
            Unusable::Readable(address) => Self::Readable(address.to_string()),
            Unusable::NotAllowed(host) => Self::NotAllowed(host),
            Unusable::Failed(why) => Self::Unusable(why),
        }
    }
}

impl From<NoAnswer> for Undelivered {
    fn from(wrong: NoAnswer) -> Self {
        match wrong {
            NoAnswer::Refused(why) | NoAnswer::NotReached(why) => Self::NotSent(why),
            NoAnswer::Lost(why) => Self::Lost(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Undelivered;

    #[test]
    fn what_is_kept_is_read_again_also_as_it_was_kept_before() {
        for undelivered in [Undelivered::NoMailServer, Undelivered::Status(503), Undelivered::NotAllowed("hooks.example.com".to_owned())] {
            let kept = serde_json::to_string(&undelivered).expect("is written");
            assert_eq!(serde_json::from_str::<Undelivered>(&kept).expect("is read"), undelivered, "{kept}");
        }
        for said in ["", "The receiver answered with the HTTP status 503."] {
            let kept = serde_json::to_string(said).expect("is written");
            let read: Option<Undelivered> = serde_json::from_str(&kept).expect("is read");
            assert_eq!(read.expect("it is there").sentence().to_string(), said);
        }
    }
}
