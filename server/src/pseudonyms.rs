//! Whether managers see pseudonyms in place of names. An administrator says so; it is kept in the database, so that all servers do alike.

use crate::identity::{Actor, Identity, Trail, random_bytes};
use crate::store::{Store, StoreError};
use crate::veil::Veil;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::sync::Arc;
use vigia_app::model::{ApiError, Role, Viewer};

const SPACE: &str = "pseudonyms";
/// There while managers see pseudonyms.
const FOR_MANAGERS: &str = "for_managers";
/// What pseudonyms are made with. It stays when they are switched off: those in links and exports are good again later.
const KEY: &str = "key";

/// What a reader sees names through; `None` for one who sees them as they are, as auditors and administrators always do.
///
/// # Errors
/// When the database does not answer, or the key is not there: then nothing is shown rather than names.
pub async fn veil(store: &dyn Store, viewer: &Viewer) -> Result<Option<Arc<Veil>>, StoreError> {
    if viewer.role > Role::Manager {
        return Ok(None);
    }
    let kept = store.kept().some(SPACE, vec![FOR_MANAGERS.to_owned(), KEY.to_owned()]).await?;
    if !kept.contains_key(FOR_MANAGERS) {
        return Ok(None);
    }
    let key = kept.get(KEY).and_then(|key| BASE64_URL_SAFE_NO_PAD.decode(key).ok()?.try_into().ok());
    let key = key.ok_or_else(|| StoreError::Failed(anyhow::anyhow!("the key of pseudonyms is missing, or was changed")))?;
    Ok(Some(Arc::new(Veil::new(&key))))
}

/// Where administrators switch them on and off.
pub struct PseudonymDesk<'a> {
    pub store: &'a dyn Store,
    pub identity: &'a Identity,
}

impl PseudonymDesk<'_> {
    /// Whether managers see pseudonyms.
    pub async fn for_managers(&self) -> Result<bool, ApiError> {
        Ok(self.store.kept().get(SPACE, FOR_MANAGERS).await?.is_some())
    }

    /// Has managers see pseudonyms, or names, from the next answer on.
    pub async fn set(&self, for_managers: bool, actor: &Actor) -> Result<(), ApiError> {
        let trail = Trail::new("Update", "Pseudonyms").on(if for_managers { "Switched on" } else { "Switched off" });
        self.identity.record(trail.changing(), actor).await?;
        if for_managers {
            // Of two who switch them on for the first time, the key of one holds.
            let key = BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<{ Veil::KEY }>()?);
            self.store.kept().replace(SPACE, KEY, None, &key).await?;
        }
        let switch = (FOR_MANAGERS.to_owned(), for_managers.then(|| "yes".to_owned()));
        Ok(self.store.kept().set(SPACE, vec![switch]).await?)
    }
}
