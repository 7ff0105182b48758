//! Users, devices and credentials that are watched: a list that auditors and administrators keep, and what is on it at a moment.
//!
//! Names are compared as the index compares them: whatever their case, and composed or not. What is begun or ended is in the audit trail before it is.

use crate::digest::hashed;
use crate::event::Event;
use crate::fold;
use crate::identity::{Actor, Identity, Trail};
use crate::store::{Store, StoreError};
use std::collections::HashMap;
use vigia_app::model::{ApiError, ErrorKind, Timestamp};
use vigia_app::sentence;
use vigia_app::story::Subject;
use vigia_app::watched::Watched;

const SPACE: &str = "watched";
/// The entity of what the trail says of it.
const ENTITY: &str = "Watch";

/// Where it is said what is watched.
pub struct WatchDesk<'a> {
    pub store: &'a dyn Store,
    pub identity: &'a Identity,
}

impl WatchDesk<'_> {
    /// All that is watched, what was begun last first.
    pub async fn all(&self) -> Result<Vec<Watched>, ApiError> {
        Ok(latest(self.store).await?)
    }

    /// Whether this is watched.
    pub async fn one(&self, subject: &Subject) -> Result<Option<Watched>, ApiError> {
        Ok(self.kept(&checked(subject.clone())?).await?.map(|(_, watched)| watched))
    }

    /// Watches from now on. What is watched already stays as it is, but for the reason.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] names what cannot be.
    pub async fn watch(&self, subject: Subject, reason: &str, actor: &Actor) -> Result<(), ApiError> {
        let (of, reason) = (checked(subject)?, reason.trim());
        if reason.len() > Watched::MAX_REASON {
            return Err(ApiError::invalid("reason", sentence!("request.long", most = Watched::MAX_REASON)));
        }
        let was = self.kept(&of).await?;
        let (trail, watched) = match &was {
            Some((_, was)) if was.reason == reason => return Ok(()),
            Some((_, was)) => {
                let trail = Trail::new("Update", ENTITY).note("Reason from", was.reason.as_str()).note("Reason to", reason);
                (trail, Watched { reason: reason.to_owned(), ..was.clone() })
            }
            None => {
                if all(self.store).await?.len() >= Watched::MOST {
                    return Err(ApiError::invalid("reason", sentence!("watched.too-many", most = Watched::MOST)));
                }
                let trail = Trail::new("Creation", ENTITY).note("From", "Not watched").note("To", "Watched").note("Reason", reason);
                let since = self.store.operations().clock().await?;
                (trail, Watched { of: of.clone(), by: actor.username.clone(), since, reason: reason.to_owned() })
            }
        };
        self.identity.record(trail.on(named(&of)).changing(), actor).await?;
        let kept = serde_json::to_string(&watched).map_err(|error| StoreError::Failed(error.into()))?;
        if !self.store.kept().replace(SPACE, &key(&of), was.as_ref().map(|(kept, _)| kept.as_str()), &kept).await? {
            return Err(ApiError::invalid("reason", sentence!("watched.changed")));
        }
        Ok(())
    }

    /// Watches no more.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for what is not watched.
    pub async fn stop(&self, subject: Subject, actor: &Actor) -> Result<(), ApiError> {
        let of = checked(subject)?;
        let Some((_, was)) = self.kept(&of).await? else {
            return Err(ApiError::new(ErrorKind::NotFound, sentence!("watched.not")));
        };
        let from = format!("Watched by {} since {}", was.by, was.since.rfc3339());
        let trail = Trail::new("Deletion", ENTITY).on(named(&of)).note("From", from).note("To", "Not watched").note("Reason", was.reason);
        self.identity.record(trail.changing(), actor).await?;
        Ok(self.store.kept().set(SPACE, vec![(key(&of), None)]).await?)
    }

    /// What is kept of it, and as what.
    async fn kept(&self, subject: &Subject) -> Result<Option<(String, Watched)>, StoreError> {
        let kept = self.store.kept().get(SPACE, &key(subject)).await?;
        kept.map(|kept| read(&kept).map(|watched| (kept, watched))).transpose()
    }
}

/// What is watched at a moment, to hold events against.
#[derive(Debug, Default)]
pub struct Lookout(HashMap<String, Timestamp>);

impl Lookout {
    /// What is watched now.
    pub async fn now(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self(all(store).await?.into_iter().map(|watched| (key(&watched.of), watched.since)).collect()))
    }

    /// Whether something that an event is about was watched when it happened.
    pub fn sees(&self, about: &[Subject], at: Timestamp) -> bool {
        !self.0.is_empty() && about.iter().any(|subject| self.0.get(&key(subject)).is_some_and(|since| *since <= at))
    }
}

/// All that is watched, what was begun last first.
pub async fn latest(store: &dyn Store) -> Result<Vec<Watched>, StoreError> {
    let mut all = all(store).await?;
    all.sort_by_key(|watched| std::cmp::Reverse(watched.since));
    Ok(all)
}

async fn all(store: &dyn Store) -> Result<Vec<Watched>, StoreError> {
    store.kept().all(SPACE).await?.iter().map(|(_, kept)| read(kept)).collect()
}

fn read(kept: &str) -> Result<Watched, StoreError> {
    serde_json::from_str(kept).map_err(|error| StoreError::Failed(anyhow::Error::from(error).context("what is watched cannot be read")))
}

/// Names as events have them: without blanks around them, and each of them there.
fn checked(subject: Subject) -> Result<Subject, ApiError> {
    let name = |field: &str, name: String| match name.trim() {
        "" => Err(ApiError::invalid(field, sentence!("watched.no-name"))),
        long if long.len() > Event::MAX_NAME => Err(ApiError::invalid(field, sentence!("request.long", most = Event::MAX_NAME))),
        name => Ok(name.to_owned()),
    };
    match subject {
        Subject::User(user) => name("user", user).map(Subject::User),
        Subject::Device(device) => name("device", device).map(Subject::Device),
        Subject::Credential { device, username } => {
            Ok(Subject::Credential { device: name("device", device)?, username: name("username", username)? })
        }
        Subject::GovernanceId(_) => Err(ApiError::invalid("user", sentence!("story.subject"))),
    }
}

/// The same for what the index takes for the same.
fn key(subject: &Subject) -> String {
    let parts = subject.parts();
    let folded: Vec<_> = parts.iter().map(|(_, name)| fold::key(name.trim())).collect();
    let all: Vec<&str> = parts.iter().zip(&folded).flat_map(|((column, _), name)| [*column, name]).collect();
    hashed(&all)
}

/// How the trail and queues of reviews name it.
pub fn named(subject: &Subject) -> String {
    match subject {
        Subject::Credential { device, username } => format!("{username} on {device}"),
        other => other.parts().into_iter().map(|(_, name)| name).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(device: &str, username: &str) -> Subject {
        Subject::Credential { device: device.to_owned(), username: username.to_owned() }
    }

    #[test]
    fn names_are_watched_whatever_their_case_from_then_on() {
        let at = |millis: i64| Timestamp::saturating(1_795_395_600_000 + millis);
        let watched = [Subject::User("José Prado".to_owned()), credential("SRV-1", "root")];
        let lookout = Lookout(watched.iter().map(|subject| (key(subject), at(0))).collect());
        let user = |name: &str| [Subject::User(name.to_owned())];
        assert!(lookout.sees(&user("JOSE\u{301} PRADO"), at(0)) && lookout.sees(&user(" josé prado"), at(5)));
        assert!(!lookout.sees(&user("José Prado"), at(-1)), "it was not watched then");
        assert!(!lookout.sees(&user("Jose Prado"), at(1)), "somebody else");
        assert!(lookout.sees(&[Subject::Device("srv-1".to_owned()), credential("srv-1", "Root")], at(1)));
        for other in [credential("srv-1", "app"), credential("root", "srv-1"), Subject::Device("srv-1".to_owned())] {
            assert!(!lookout.sees(std::slice::from_ref(&other), at(1)), "{other:?}");
        }
    }

    #[test]
    fn a_name_is_without_blanks_around_it_and_there() {
        assert_eq!(checked(credential(" srv-1 ", "root\t")).ok(), Some(credential("srv-1", "root")));
        let field = |subject| checked(subject).expect_err("it cannot be watched").field;
        assert_eq!(field(credential("srv-1", " ")).as_deref(), Some("username"));
        assert_eq!(field(Subject::Device("x".repeat(Event::MAX_NAME + 1))).as_deref(), Some("device"));
        assert_eq!(field(Subject::GovernanceId("CHG1".to_owned())).as_deref(), Some("user"));
    }
}
