//! What failed alike: by class of error and device.

use super::operation_desk::{OperationDesk, text_of};
use crate::fold::text_key;
use crate::pseudonyms::veil;
use crate::store::ResolvedQuery;
use std::collections::HashMap;
use vigia_app::model::{Action, ApiError, EventId, FailureGroup, Failures, Filter, OperationStatus, Query, Row, Test, Viewer};
use vigia_app::reports::PASSWORD_OPERATION;

impl OperationDesk<'_> {
    /// The newest failures among what a query string matches, the largest group first.
    pub async fn failures(&self, viewer: &Viewer, query: &str) -> Result<Failures, ApiError> {
        let (rows, cut) = self.failed(viewer, query).await?;
        let ids: Vec<EventId> = rows.iter().map(|row| row.id).collect();
        let attempts = self.store.operations().last_attempts(ids).await?;
        let attempts: HashMap<EventId, _> = attempts.into_iter().collect();
        // What an attempt has written may name anybody.
        let covered = veil(self.store, viewer).await?.is_some();
        let standings = self.standings(viewer, PASSWORD_OPERATION.key, &rows).await?;
        let mut standings = standings.into_iter();
        let mut groups: HashMap<(Vec<u8>, Vec<u8>), FailureGroup> = HashMap::new();
        // One spelling of each device, whatever failed on it: so who reads the groups sees which are of one device.
        let mut devices: HashMap<Vec<u8>, String> = HashMap::new();
        for row in rows {
            let restarts = standings.next().is_some_and(|standing| standing.keeper.allows(Action::Restart));
            let [device, message] = [0, 1].map(|at| text_of(row.cells.get(at)));
            let attempt = attempts.get(&row.id);
            let class =
                attempt.map(|attempt| attempt.error_class.clone()).filter(|class| !class.is_empty()).unwrap_or_else(|| "Other".to_owned());
            let key = text_key(&device).into_owned();
            let device = devices.entry(key.clone()).or_insert(device);
            let group = groups.entry((text_key(&class).into_owned(), key)).or_insert_with(|| FailureGroup {
                error_class: class,
                device: device.clone(),
                message: attempt.map(|attempt| attempt.message.clone()).filter(|said| !said.is_empty() && !covered).unwrap_or(message),
                ids: Vec::new(),
                restartable: 0,
            });
            if restarts {
                group.ids.insert(group.restartable, row.id);
                group.restartable += 1;
            } else {
                group.ids.push(row.id);
            }
        }
        let mut groups: Vec<FailureGroup> = groups.into_values().collect();
        groups.sort_by(|a, b| b.ids.len().cmp(&a.ids.len()).then_with(|| b.ids.iter().max().cmp(&a.ids.iter().max())));
        Ok(Failures { groups, cut })
    }

    /// Failures, the newest first, and whether there are more.
    async fn failed(&self, viewer: &Viewer, query: &str) -> Result<(Vec<Row>, bool), ApiError> {
        let mut asked = self.reports.resolve(PASSWORD_OPERATION.key, query)?.query;
        let columns = ["device", "message"].into_iter().filter_map(|key| PASSWORD_OPERATION.column(key));
        let status = PASSWORD_OPERATION
            .column("status")
            .map(|column| Filter { column, test: Test::Is(vec![OperationStatus::Error.name().to_owned()]) });
        asked.columns = columns.collect();
        asked.filters.extend(status);
        asked.sort = Query::all(&PASSWORD_OPERATION).sort;
        (asked.limit, asked.cursor) = (Query::MAX_LIMIT, None);
        let mut rows = Vec::new();
        loop {
            let asking = ResolvedQuery::new(asked.clone(), self.now().await?)?;
            let page = self.reports.rows(viewer, asking).await?;
            rows.extend(page.rows);
            asked.cursor = page.next;
            if rows.len() >= Failures::MAX || asked.cursor.is_none() {
                let cut = asked.cursor.is_some() || rows.len() > Failures::MAX;
                rows.truncate(Failures::MAX);
                return Ok((rows, cut));
            }
        }
    }
}
