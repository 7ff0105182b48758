//! Links that download one backup, for tools that cannot sign in.
//!
//! Whoever has a link needs nothing else: it has 256 random bits, and the database keeps its hash alone. It opens one backup until it expires or is revoked, and only
//! while whoever asked for it is an administrator who may sign in.

use super::archive::measured::hex;
use super::{BackupError, Backups, DAY};
use crate::identity::{Actor, Trail, random_text, token_hash};
use crate::secret::Secret;
use crate::store::{Store, StoreError, User};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use vigia_app::model::{Role, Timestamp};

/// Where links are kept, by their hash in hexadecimal digits.
const SPACE: &str = "backup-links";
/// What the token of every link starts with, so that one that leaked is recognised.
const PREFIX: &str = "vigial_";
/// Digits of the hash that tell links apart.
const ID: usize = 16;
const MINUTE: i64 = 60 * 1000;
/// How long it is remembered that a link was good once, in milliseconds.
const REMEMBERED: i64 = DAY;

/// A link, without its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Tells it apart from others, and opens nothing.
    pub id: String,
    /// Of the one it is for.
    pub backup: String,
    /// Who asked for it, by the name used to sign in.
    pub requested_by: String,
    pub created: Timestamp,
    pub expires: Timestamp,
    pub revoked: bool,
    /// Whether the trail says that it was refused.
    pub told: bool,
}

/// Why a link opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum Closed {
    #[error("There is no such link")]
    Unknown,
    #[error("The link has expired")]
    Expired,
    #[error("The link was revoked")]
    Revoked,
    #[error("Whoever asked for the link is no administrator any more")]
    NotAllowed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Link {
    fn is_open(&self, now: Timestamp) -> bool {
        !self.revoked && self.expires > now
    }
}

impl Backups {
    /// Makes a link to a backup, and the token that is told this once. On return it is durable.
    ///
    /// # Errors
    /// When there is no backup of this name, or the trail cannot be written, and there is no link; or the database fails.
    pub async fn make_link(&self, name: &str, actor: &Actor) -> Result<(Link, Secret), BackupError> {
        let stored = self.known(name).await?.stored;
        let random = random_text::<32>().map_err(|error| std::io::Error::other(error.message.to_string()))?;
        let token = format!("{PREFIX}{random}");
        let (key, created) = (hex(&token_hash(&token)), (self.clock)());
        let link = Link {
            id: key[..ID].to_owned(),
            backup: stored.name,
            requested_by: actor.username.clone(),
            created,
            expires: Timestamp::saturating(created.millis() + i64::from(self.setup.policy.link_minutes) * MINUTE),
            revoked: false,
            told: false,
        };
        let trail = Trail::new("Creation", "Backup link").on(name).with_id(&*link.id).changing().note("Expires", link.expires.rfc3339());
        self.record(trail, actor).await?;
        let mut changes = self.forgettable(created).await?;
        changes.push((key, Some(serde_json::to_string(&link).map_err(std::io::Error::other)?)));
        self.store.kept().set(SPACE, changes).await?;
        Ok((link, Secret::new(token)))
    }

    /// The links that are good now, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn links(&self) -> Result<Vec<Link>, BackupError> {
        let now = (self.clock)();
        let kept = self.store.kept().all(SPACE).await?;
        let mut links: Vec<Link> = kept.iter().filter_map(|(_, kept)| read(kept)).filter(|link| link.is_open(now)).collect();
        links.sort_by_key(|link| (link.created, link.id.clone()));
        Ok(links)
    }

    /// Has a link to a backup open nothing any more; false where there is none that is good. Downloads that have begun go on.
    ///
    /// # Errors
    /// When the trail cannot be written, and the link stays; or the database fails.
    pub async fn revoke_link(&self, name: &str, id: &str, actor: &Actor) -> Result<bool, BackupError> {
        let now = (self.clock)();
        let kept = self.store.kept().all(SPACE).await?;
        let mut links = kept.into_iter().filter_map(|(key, kept)| Some((key, read(&kept)?)));
        let Some((key, link)) = links.find(|(_, link)| link.id == id && link.backup == name && link.is_open(now)) else { return Ok(false) };
        let trail = Trail::new("Revocation", "Backup link").on(name).with_id(id).changing().note("Requested by", &*link.requested_by);
        self.record(trail, actor).await?;
        let revoked = serde_json::to_string(&Link { revoked: true, ..link }).map_err(std::io::Error::other)?;
        self.store.kept().set(SPACE, vec![(key, Some(revoked))]).await?;
        Ok(true)
    }

    /// The link of a token, and who asked for it, while it may be used. The first time that one may not, the trail says so, with the address that tried.
    ///
    /// # Errors
    /// Says why it may not.
    pub async fn opened(&self, token: &str, ip: Option<IpAddr>) -> Result<(Link, User), Closed> {
        let key = hex(&token_hash(token));
        let kept = self.store.kept().get(SPACE, &key).await?;
        let kept = kept.ok_or(Closed::Unknown)?;
        let link = read(&kept).ok_or(Closed::Unknown)?;
        let closed = if link.revoked {
            Closed::Revoked
        } else if !link.is_open((self.clock)()) {
            Closed::Expired
        } else {
            let user = self.store.user(&link.requested_by).await?;
            match user.filter(|user| user.role == Role::Admin && !user.disabled) {
                Some(user) => return Ok((link, user)),
                None => Closed::NotAllowed,
            }
        };
        if !link.told
            && let Err(error) = self.tell((&key, &kept), link, &closed, ip).await
        {
            tracing::error!(%error, "that a link was refused could not be written into the audit trail");
        }
        Err(closed)
    }

    /// Has the trail say that a link was refused: once, or whoever has it could flood the trail.
    async fn tell(&self, (key, kept): (&str, &str), link: Link, why: &Closed, ip: Option<IpAddr>) -> Result<(), BackupError> {
        let actor = Actor { user: String::new(), username: link.requested_by.clone(), ip, origin: "Link", kind: None };
        let trail = Trail::new("Access denied", "Backup link").on(&*link.backup).with_id(&*link.id).note("Reason", why.to_string());
        self.record(trail, &actor).await?;
        let told = serde_json::to_string(&Link { told: true, ..link }).map_err(std::io::Error::other)?;
        // One that was revoked meanwhile stays so.
        self.store.kept().replace(SPACE, key, Some(kept), &told).await?;
        Ok(())
    }

    /// The changes that remove what expired long ago.
    async fn forgettable(&self, now: Timestamp) -> Result<Vec<(String, Option<String>)>, StoreError> {
        let is_old = |kept: &str| read(kept).is_none_or(|link| link.expires.millis() + REMEMBERED < now.millis());
        let kept = self.store.kept().all(SPACE).await?;
        Ok(kept.into_iter().filter(|(_, kept)| is_old(kept)).map(|(key, _)| (key, None)).collect())
    }
}

fn read(kept: &str) -> Option<Link> {
    serde_json::from_str(kept).ok()
}

/// There are no links, whoever made some.
pub(super) async fn forget(store: &dyn Store) -> Result<(), StoreError> {
    let kept = store.kept().all(SPACE).await?;
    store.kept().set(SPACE, kept.into_iter().map(|(key, _)| (key, None)).collect()).await
}
