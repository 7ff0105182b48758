//! The rules as administrators keep them. What is changed is in the audit trail before it is changed.

use super::Delivery;
use super::mail::address;
use super::message;
use super::progress::{self, KeptRule, Progress};
use super::sightings;
use crate::identity::{Actor, Identity, Trail, random_bytes, random_text};
use crate::outgoing::signature::PREFIX;
use crate::store::Store;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use vigia_app::model::{ApiError, Channel, ErrorClass, ErrorKind, NotificationRule, NotificationState, Occasion};
use vigia_app::sentence;

/// Most rules.
pub const MAX_RULES: usize = 200;
/// Longest text of a rule, in bytes.
const MAX_TEXT: usize = 256;
/// Longest URL, in bytes.
const MAX_URL: usize = 2_048;

/// See the module.
pub struct NotificationDesk<'a> {
    pub store: &'a dyn Store,
    pub identity: &'a Identity,
    pub delivery: &'a Delivery,
}

impl NotificationDesk<'_> {
    /// By name.
    pub async fn rules(&self) -> Result<Vec<NotificationState>, ApiError> {
        let mut states = Vec::new();
        for (_, KeptRule { rule, .. }) in progress::rules(self.store).await? {
            let progress = progress::of(self.store, &rule.name).await?;
            let (sent, problem, retry) =
                progress.map(|(_, progress)| (progress.sent, progress.problem, progress.retry)).unwrap_or_default();
            let problem = problem.map(|problem| problem.sentence().said().into_owned()).unwrap_or_default();
            states.push(NotificationState { rule, sent, problem, retry });
        }
        Ok(states)
    }

    /// Adds a rule, which tells from now on, or changes the one of the same name. Returns the secret of a webhook that had none.
    pub async fn save(&self, rule: NotificationRule, actor: &Actor) -> Result<Option<String>, ApiError> {
        self.check(&rule)?;
        let known = progress::rules(self.store).await?;
        let was = known.iter().find(|(_, known)| known.rule.name.eq_ignore_ascii_case(&rule.name));
        if was.is_none() && known.len() >= MAX_RULES {
            return Err(ApiError::invalid("name", sentence!("rule.too-many", most = MAX_RULES)));
        }
        // A secret belongs to its receiver: another address gets another.
        let same = was.filter(|(_, was)| was.rule.channel == rule.channel).map(|(_, was)| was.secret.clone());
        let (secret, new) = match (&rule.channel, same) {
            (Channel::Email { .. }, _) => (String::new(), None),
            (Channel::Webhook { .. }, Some(secret)) => (secret, None),
            (Channel::Webhook { .. }, None) => {
                let secret = format!("{PREFIX}{}", BASE64_STANDARD.encode(random_bytes::<32>()?));
                (secret.clone(), Some(secret))
            }
        };
        let to = match &rule.channel {
            Channel::Email { to } => to.join(", "),
            Channel::Webhook { url } => url.clone(),
        };
        let trail = Trail::new(if was.is_some() { "Update" } else { "Creation" }, "Notification rule").on(&rule.name).changing();
        self.identity.record(trail.note("To", to).note("Enabled", if rule.enabled { "Yes" } else { "No" }), actor).await?;
        let now = self.store.operations().clock().await?;
        let is_new = was.is_none_or(|(_, was)| !was.rule.enabled || was.rule.occasion != rule.occasion);
        let (name, starts) = (rule.name.clone(), rule.enabled && is_new);
        if starts && sightings::report(rule.occasion).is_some() {
            sightings::begin(self.store, now).await?;
        }
        let kept = progress::keep_rule(self.store, was.map(|(text, _)| text.as_str()), &KeptRule { rule, secret }).await;
        if !kept? {
            let words = sentence!("rule.changed");
            return Err(ApiError::invalid("name", words));
        }
        let progress = progress::of(self.store, &name).await?;
        let next = match &progress {
            _ if starts => Some(Progress { sent: progress.as_ref().and_then(|(_, progress)| progress.sent), ..Progress::new(now) }),
            // Whoever changes a rule that could not tell wants it tried at once.
            Some((_, progress)) if progress.retry.or(progress.look).is_some() => {
                Some(Progress { retry: None, look: None, ..progress.clone() })
            }
            _ => None,
        };
        if let Some(next) = next {
            progress::keep(self.store, &name, progress.as_ref().map(|(text, _)| text.as_str()), &next).await?;
        }
        Ok(new)
    }

    pub async fn remove(&self, name: &str, actor: &Actor) -> Result<(), ApiError> {
        self.one(name).await?;
        self.identity.record(Trail::new("Deletion", "Notification rule").on(name).changing(), actor).await?;
        progress::forget(self.store, name).await.map_err(ApiError::from)
    }

    /// Sends a message that says that it is a test.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`], with the reason, where it did not get there.
    pub async fn test(&self, name: &str, actor: &Actor) -> Result<(), ApiError> {
        let rule = self.one(name).await?;
        self.identity.record(Trail::new("Read", "Notification rule").on(&rule.rule.name).note("Action", "Test"), actor).await?;
        let now = self.store.operations().clock().await?;
        let message = message::test(format!("msg_{}", random_text::<16>()?), now, &rule.rule.name, &self.delivery.base);
        self.delivery.send(&rule, &message).await.map_err(|problem| ApiError::new(ErrorKind::Unavailable, problem.sentence()))
    }

    async fn one(&self, name: &str) -> Result<KeptRule, ApiError> {
        let mut known = progress::rules(self.store).await?.into_iter().map(|(_, rule)| rule);
        let error = || ApiError {
            field: Some("name".to_owned()),
            ..ApiError::new(ErrorKind::NotFound, sentence!("rule.unknown", name = format!("{name:?}")))
        };
        known.find(|known| known.rule.name.eq_ignore_ascii_case(name)).ok_or_else(error)
    }

    fn check(&self, rule: &NotificationRule) -> Result<(), ApiError> {
        let name = rule.name.as_str();
        if name.is_empty() || name.len() > 64 || name.trim() != name || name.chars().any(char::is_control) {
            return Err(ApiError::invalid("name", sentence!("rule.no-name")));
        }
        if rule.device.len() > MAX_TEXT {
            return Err(ApiError::invalid("device", sentence!("request.long", most = MAX_TEXT)));
        }
        if rule.source.len() > MAX_TEXT {
            return Err(ApiError::invalid("source", sentence!("request.long", most = MAX_TEXT)));
        }
        of_occasion(rule)?;
        if let Some(wrong) = rule.error_classes.iter().find(|class| ErrorClass::parse(class).is_none()) {
            let known = ErrorClass::ALL.map(ErrorClass::name).join(", ");
            return Err(ApiError::invalid("error_classes", sentence!("request.error-class", class = format!("{wrong:?}"), known = known)));
        }
        match &rule.channel {
            Channel::Email { .. } if self.delivery.mailer.is_none() => Err(ApiError::invalid("channel.to", sentence!("rule.no-mail"))),
            Channel::Email { to } if to.is_empty() || to.len() > NotificationRule::MAX_RECIPIENTS => {
                let words = sentence!("rule.recipients", most = NotificationRule::MAX_RECIPIENTS);
                Err(ApiError::invalid("channel.to", words))
            }
            Channel::Email { to } => {
                let wrong = to.iter().find_map(|recipient| address(recipient).err());
                wrong.map_or(Ok(()), |wrong| Err(ApiError::invalid("channel.to", wrong.sentence())))
            }
            Channel::Webhook { url } if url.len() > MAX_URL => {
                Err(ApiError::invalid("channel.url", sentence!("request.long", most = MAX_URL)))
            }
            Channel::Webhook { url } => self.delivery.to(url).map(drop).map_err(|wrong| ApiError::invalid("channel.url", wrong.sentence())),
        }
    }
}

/// Says what a rule has that is none of its occasion's, or has not that is.
fn of_occasion(rule: &NotificationRule) -> Result<(), ApiError> {
    let occasion = rule.occasion;
    let texts = [
        ("device", !rule.device.is_empty(), occasion.has_devices()),
        ("error_classes", !rule.error_classes.is_empty(), occasion.has_classes()),
        ("source", !rule.source.is_empty(), occasion == Occasion::SourceSilent),
    ];
    if let Some((field, ..)) = texts.into_iter().find(|(_, is_there, may)| *is_there && !may) {
        return Err(ApiError::invalid(field, sentence!("rule.none-of-it", occasion = occasion.key())));
    }
    let numbers = [
        ("risk", rule.risk.map(u16::from), Occasion::RiskyView, u16::from(NotificationRule::MAX_RISK)),
        ("hours", rule.hours, Occasion::SourceSilent, NotificationRule::MAX_HOURS),
        ("days", rule.days, Occasion::NobodyReviewed, NotificationRule::MAX_DAYS),
    ];
    for (field, number, of, most) in numbers {
        match number {
            Some(number) if of == occasion && (1..=most).contains(&number) => {}
            _ if of == occasion => return Err(ApiError::invalid(field, sentence!("rule.number", occasion = occasion.key(), most = most))),
            Some(_) => return Err(ApiError::invalid(field, sentence!("rule.none-of-it", occasion = occasion.key()))),
            None => {}
        }
    }
    Ok(())
}
