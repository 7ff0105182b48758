//! Having changed what somebody could still use: through the queue of operations, each credential by the connector that a route leads to.

use super::service::ExposureService;
use crate::digest::hashed;
use crate::fold::key;
use crate::identity::Trail;
use crate::index::Known;
use crate::operations::operation_desk::{Asker, OperationDesk};
use crate::operations::setup::Asked;
use crate::pseudonyms::veil;
use crate::store::ResolvedQuery;
use crate::store::operations::{Enqueued, NewOperation};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use vigia_app::model::{
    ApiError, Cell, ChangeAsked, ChangeProgress, ChangeRequest, EventId, Exposure, FailedChange, OperationStatus, Query, SeenCredential,
    Target, Test, Timestamp, Viewer, codec,
};
use vigia_app::reports::{PASSWORD_CHANGES, PASSWORD_OPERATION};
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// Where it is kept what was asked for last, by the person whose credentials they are.
const SPACE: &str = "exposure-asked";
/// What the tags of operations begin with that were asked for together.
const TAG: &str = "changes-";
/// And how much of their digest follows.
const TAG_TEXT: usize = 12;
/// Operations that are stored in one transaction.
const CHUNK: usize = 500;
/// How an operation stands that will change the password by itself.
const UNDER_WAY: [OperationStatus; 3] = [OperationStatus::AwaitingApproval, OperationStatus::Scheduled, OperationStatus::Running];

/// See the module.
pub struct ExposureDesk<'a> {
    pub service: &'a ExposureService,
    pub operations: OperationDesk<'a>,
}

/// What became of a credential that was asked for.
enum Place {
    /// It was asked for before under the same idempotency key.
    Known(EventId),
    /// Its place among the operations that are asked for.
    Asked(usize),
}

/// What was asked for together, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    tag: String,
    at: Timestamp,
    by: String,
    /// The idempotency key, hashed; empty for none.
    #[serde(default)]
    request: String,
}

impl ExposureDesk<'_> {
    /// What somebody has seen, as [`ExposureService::of_person`] has it, with how far its changes are, and for who may have them made, by what.
    ///
    /// # Errors
    /// As there.
    pub async fn of_person(&self, viewer: &Viewer, user: &str, until: Option<Timestamp>) -> Result<Exposure, ApiError> {
        let mut exposure = self.service.of_person(viewer, user, until).await?;
        if viewer.role >= crate::operations::operation_desk::role() {
            for seen in exposure.credentials.iter_mut().filter(|seen| seen.unchanged > 0) {
                seen.way = Some(self.way(seen).map(|target| target.connector));
            }
        }
        // Through a veil nobody is known by a name under which something was kept.
        if veil(self.operations.store, viewer).await?.is_none() {
            exposure.progress = self.progress(viewer, user).await?;
        }
        Ok(exposure)
    }

    /// Asks for a change of each credential that somebody has seen and that was not changed since, in the order of the list. With an idempotency key,
    /// once for each.
    ///
    /// # Errors
    /// Where nothing was done at all: nothing is left to change, or more than was confirmed.
    pub async fn change_all(
        &self,
        asker: &Asker,
        viewer: &Viewer,
        wanted: &ChangeRequest,
        idempotency: Option<&str>,
    ) -> Result<Vec<ChangeAsked>, ApiError> {
        let exposure = self.service.of_person(viewer, &wanted.user, wanted.until).await?;
        let left: Vec<SeenCredential> = exposure.credentials.into_iter().filter(|seen| seen.unchanged > 0).collect();
        if left.is_empty() {
            return Err(ApiError::invalid("user", sentence!("exposure.nothing-left")));
        }
        if left.len() > wanted.count as usize {
            return Err(ApiError::invalid("count", sentence!("exposure.more", count = left.len(), confirmed = wanted.count)));
        }
        let now = self.operations.store.operations().clock().await?;
        let request = idempotency.map(|key| hashed(&[&asker.actor.username, "change-all", key])).unwrap_or_default();
        let before = self.kept(&wanted.user).await?.filter(|kept| !request.is_empty() && kept.request == request);
        // Whoever asks for the same at the same time asks for the same operations: what makes them is how things stand, not who asks.
        let (changes, mut keys) = (self.service.operations().await?, Vec::with_capacity(left.len()));
        for seen in &left {
            let last = self.last_change(&changes, seen, None).await?.map(|id| id.to_string()).unwrap_or_default();
            keys.push(hashed(&["change-all", &key(&seen.device), &key(&seen.username), &last]));
        }
        let all = hashed(&keys.iter().map(String::as_str).chain([&*key(&wanted.user)]).collect::<Vec<_>>());
        let tag = format!("{TAG}{}", all.get(..TAG_TEXT).unwrap_or(&all));
        let (mut asked, mut operations) = (Vec::with_capacity(left.len()), Vec::new());
        for (seen, own) in left.iter().zip(keys) {
            let known = match &before {
                Some(before) => self.last_change(&changes, seen, Some(&before.tag)).await?,
                None => None,
            };
            let place = match known {
                Some(known) => Ok(Place::Known(known)),
                None if self.under_way(viewer, seen).await? => Err(sentence!("exposure.under-way")),
                None => self.operation(asker, seen, now, &tag, own).map(|operation| {
                    operations.push(operation);
                    Place::Asked(operations.len() - 1)
                }),
            };
            asked.push((seen, place));
        }
        self.record(asker, wanted, &operations, left.len()).await?;
        let mut stored = Vec::with_capacity(operations.len());
        let mut operations = operations.into_iter().peekable();
        if operations.peek().is_some() {
            self.keep(&wanted.user, Kept { tag, at: now, by: asker.actor.username.clone(), request }).await?;
        }
        while operations.peek().is_some() {
            let some = operations.by_ref().take(CHUNK).collect();
            stored.extend(self.operations.store.operations().enqueue(some, now).await?);
        }
        let result = |place: Result<Place, Sentence>| {
            let stored = |place: usize| stored.get(place).map(|(Enqueued::New(id) | Enqueued::Known(id))| *id);
            match place? {
                Place::Known(id) => Ok(id),
                Place::Asked(place) => stored(place).ok_or_else(|| sentence!("operation.not-stored")),
            }
        };
        let asked = asked.into_iter().map(|(seen, place)| ChangeAsked {
            device: seen.device.clone(),
            username: seen.username.clone(),
            result: result(place),
        });
        Ok(asked.collect())
    }

    /// Who asked for what, and of how many credentials nothing could be asked.
    async fn record(&self, asker: &Asker, wanted: &ChangeRequest, operations: &[NewOperation], all: usize) -> Result<(), ApiError> {
        let trail = Trail::new("Creation", "Password operation").on(match operations.len() {
            1 => "1 operation".to_owned(),
            many => format!("{many} operations"),
        });
        let trail = if operations.is_empty() { trail } else { trail.changing() };
        let trail = trail.note("Operation", PASSWORD_CHANGES[0]).note("Credentials seen by", &*wanted.user);
        let trail = trail.note("Seen before", wanted.until.map(Timestamp::rfc3339).unwrap_or_default());
        let trail = trail.note("Not changed since", all.to_string()).note("Confirmed", wanted.count.to_string());
        self.operations.identity.record(trail, &asker.actor).await
    }

    /// Keeps what was asked for last, before it is: progress of nothing is better than none of something.
    async fn keep(&self, user: &str, kept: Kept) -> Result<(), ApiError> {
        let kept = serde_json::to_string(&kept).unwrap_or_default();
        Ok(self.operations.store.kept().set(SPACE, vec![(key(user).into_owned(), Some(kept))]).await?)
    }

    /// What was asked for last of somebody's credentials.
    async fn kept(&self, user: &str) -> Result<Option<Kept>, ApiError> {
        let kept = self.operations.store.kept().get(SPACE, &key(user)).await?;
        Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()))
    }

    /// What would change a credential: the first route that leads somewhere, of the systems that told of it.
    fn way(&self, seen: &SeenCredential) -> Result<Target, Sentence> {
        let mut wrong = None;
        let none = [String::new()];
        let types = if seen.credential_types.is_empty() { &none[..] } else { &seen.credential_types };
        for source in &seen.sources {
            for credential_type in types {
                let values = [source, PASSWORD_CHANGES[0], &seen.device, &seen.username, credential_type, ""].map(str::to_owned);
                match self.operations.setup.route(&Asked::of(&values, &[])) {
                    Ok(plan) => {
                        return Ok(Target {
                            device: seen.device.clone(),
                            username: seen.username.clone(),
                            credential_type: credential_type.clone(),
                            connector: plan.connector,
                            parameters: plan.parameters,
                        });
                    }
                    Err(why) => drop(wrong.get_or_insert(why)),
                }
            }
        }
        Err(wrong.unwrap_or_else(|| sentence!("connector.no-route")))
    }

    fn operation(&self, asker: &Asker, seen: &SeenCredential, now: Timestamp, tag: &str, own: String) -> Result<NewOperation, Sentence> {
        let target = self.way(seen)?;
        let mut operation = self.operations.prepared(asker, &target, PASSWORD_CHANGES[0], now, now).map_err(|error| error.message)?;
        operation.event.set("tags", tag);
        operation.event.source_id = own;
        Ok(operation)
    }

    /// The last operation that changes its password, or was to; of those with a tag, or of all.
    async fn last_change(&self, known: &Known, seen: &SeenCredential, tag: Option<&str>) -> Result<Option<EventId>, ApiError> {
        let query = changes_of(seen).and_then(|query| match tag {
            Some(tag) => query.narrowed("tags", Test::Is(vec![tag.to_owned()])),
            None => Some(query),
        });
        let Some(query) = query else { return Ok(None) };
        let ids = known.ids(&ResolvedQuery::new(query, Timestamp::MIN)?).await?.ok_or_else(|| self.service.not_yet())?;
        Ok(ids.into_iter().max().and_then(EventId::from_i64))
    }

    /// Whether the password will be changed by itself.
    async fn under_way(&self, viewer: &Viewer, seen: &SeenCredential) -> Result<bool, ApiError> {
        let under_way = Test::Is(UNDER_WAY.map(|status| status.name().to_owned()).to_vec());
        let Some(query) = changes_of(seen).and_then(|query| query.narrowed("status", under_way)) else { return Ok(false) };
        Ok(self.operations.reports.count(viewer, ResolvedQuery::new(query, Timestamp::MIN)?).await? > 0)
    }

    /// How far the changes are that were asked for last.
    async fn progress(&self, viewer: &Viewer, user: &str) -> Result<Option<ChangeProgress>, ApiError> {
        let Some(Kept { tag, at, by, .. }) = self.kept(user).await? else { return Ok(None) };
        let Some(mut query) = Query::all(&PASSWORD_OPERATION).narrowed("tags", Test::Is(vec![tag.clone()])) else { return Ok(None) };
        let of_tag = codec::encode(&query);
        let (values, _) = self.operations.reports.values(viewer, PASSWORD_OPERATION.key, "status", &of_tag).await?;
        let counts: HashMap<OperationStatus, u64> =
            values.into_iter().filter_map(|(status, rows)| Some((OperationStatus::parse(&status.plain())?, rows))).collect();
        let statuses = OperationStatus::ALL.into_iter().filter_map(|status| Some((status, *counts.get(&status)?))).collect();
        query.columns = ["device", "username", "message"].into_iter().filter_map(|key| PASSWORD_OPERATION.column(key)).collect();
        query.limit = ChangeProgress::FAILED as u16;
        let failed = query.narrowed("status", Test::Is(vec![OperationStatus::Error.name().to_owned()]));
        let failed = match failed {
            Some(failed) => self.operations.reports.page(viewer, PASSWORD_OPERATION.key, &codec::encode(&failed)).await?.rows,
            None => Vec::new(),
        };
        let failed = failed.into_iter().map(|row| {
            let [device, username, message] = [0, 1, 2].map(|at| row.cells.get(at).map(Cell::plain).unwrap_or_default());
            FailedChange { id: row.id, device, username, message }
        });
        Ok(Some(ChangeProgress { tag, at, by, statuses, failed: failed.collect() }))
    }
}

/// The operations that change a credential's password.
fn changes_of(seen: &SeenCredential) -> Option<Query> {
    let is = |text: &str| if text.is_empty() { Test::Empty(true) } else { Test::Is(vec![text.to_owned()]) };
    let conditions = [
        ("device", is(&seen.device)),
        ("username", is(&seen.username)),
        ("operation", Test::Is(PASSWORD_CHANGES.map(str::to_owned).to_vec())),
    ];
    conditions.into_iter().try_fold(Query::all(&PASSWORD_OPERATION), |query, (key, test)| query.narrowed(key, test))
}
