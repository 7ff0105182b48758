//! Where operations would go if an action was done with them: what whoever says yes to it has to see first.

use super::operation_desk::OperationDesk;
use super::setup::Asked;
use std::collections::{BTreeMap, BTreeSet};
use vigia_app::model::{Action, ApiError, Chosen, Destination, Query, Viewer};

/// What goes through a connector.
#[derive(Default)]
struct Through {
    operations: usize,
    /// In lower case: for a host, case makes no difference.
    devices: BTreeSet<String>,
}

impl OperationDesk<'_> {
    /// The connectors, by name, and the devices that they go to. Operations that the action would be refused for as they stand go nowhere.
    ///
    /// # Errors
    /// As [`OperationDesk::act`], where nothing would be done at all.
    pub async fn destinations(&self, viewer: &Viewer, action: Action, chosen: &Chosen) -> Result<Vec<Destination>, ApiError> {
        let mut found: BTreeMap<String, Through> = BTreeMap::new();
        for ids in self.chosen(viewer, chosen).await?.chunks(Query::MAX_LIMIT.into()) {
            let queued = self.store.operations().carriers_of(ids.to_vec()).await?;
            for known in self.known_of(viewer, ids.to_vec()).await? {
                if !known.status.is_some_and(|status| action.suits(status)) {
                    continue;
                }
                let asked = Asked::of(&known.asked, &[]);
                let connector = match queued.get(&known.id) {
                    Some(at) => Some(&*at.connector).filter(|_| self.setup.obstacle(&at.connector, &at.device).is_none()),
                    None => self.setup.leads(&asked).filter(|_| action == Action::Restart),
                };
                if let Some(connector) = connector {
                    let through = found.entry(connector.to_owned()).or_default();
                    through.operations += 1;
                    through.devices.insert(asked.device.to_lowercase());
                }
            }
        }
        let destination = |(connector, Through { operations, devices }): (String, Through)| Destination {
            connector,
            operations,
            devices: devices.len(),
            named: devices.into_iter().take(Destination::MAX_NAMED).collect(),
        };
        Ok(found.into_iter().map(destination).collect())
    }
}
