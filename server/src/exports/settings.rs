//! Who may export, as administrators set it.

use super::{ExportDesk, SPACE};
use crate::identity::{Actor, Trail};
use crate::store::{Store, StoreError};
use vigia_app::model::{ApiError, Role};

/// There while managers may export.
const MANAGERS: &str = "managers";

/// Whether managers may export.
pub(super) async fn managers(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.kept().get(SPACE, MANAGERS).await?.is_some())
}

impl ExportDesk<'_> {
    /// Whoever exports has at least this role.
    pub async fn role(&self) -> Result<Role, ApiError> {
        Ok(if managers(&**self.store).await? { Role::Manager } else { Role::Auditor })
    }

    /// Whether managers may export.
    pub async fn managers(&self) -> Result<bool, ApiError> {
        Ok(managers(&**self.store).await?)
    }

    /// Has managers export from now on, or not.
    pub async fn set(&self, to: bool, actor: &Actor) -> Result<(), ApiError> {
        let word = |yes| if yes { "Yes" } else { "No" };
        let from = managers(&**self.store).await?;
        let trail = Trail::new("Update", "Export settings").changing();
        self.identity.record(trail.note("Managers export from", word(from)).note("Managers export to", word(to)), actor).await?;
        let switch = (MANAGERS.to_owned(), to.then(|| "yes".to_owned()));
        Ok(self.store.kept().set(SPACE, vec![switch]).await?)
    }
}
