//! Creating operations.

use super::operation_desk::{Asker, OperationDesk, RequesterKind, invalid};
use crate::digest::hashed;
use crate::event::Event;
use crate::identity::trail::SOURCE;
use crate::identity::{Trail, random_text};
use crate::store::operations::{Enqueued, NewOperation};
use std::sync::Arc;
use vigia_app::model::{ApiError, Column, EventId, Kind, OperationRequest, Target, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;
use vigia_app::words::Text;
use vigia_app::{sentence, text};

/// How far ahead an operation may be scheduled, in milliseconds: two years.
pub const MAX_AHEAD: i64 = 2 * 366 * 24 * 60 * 60 * 1000;
/// A clock that is so much behind, in milliseconds, does not make "now" a time that has passed.
const SLACK: i64 = 5 * 60 * 1000;
/// Longest name of a device, user or parameter, in bytes.
pub const MAX_NAME: usize = 256;
/// The extra field that keeps what was asked for under an idempotency key.
const REQUEST: &str = "Request fingerprint";

/// Words of the report's column Operation.
pub fn operations() -> impl Iterator<Item = &'static str> {
    let choices = PASSWORD_OPERATION.column("operation").map_or(&[][..], |column: &Column| match column.kind {
        Kind::Choice { values, .. } => values,
        _ => &[],
    });
    choices.iter().map(|choice| choice.name)
}

impl OperationDesk<'_> {
    /// Creates an operation; with an idempotency key, once: whoever repeats what was done gets the same answer, whatever has come to pass since.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](vigia_app::model::ErrorKind::Invalid) names the member at fault.
    pub async fn create(&self, asker: &Asker, new: &OperationRequest, key: Option<&str>) -> Result<EventId, ApiError> {
        let request = key.map(|key| hashed(&[&asker.actor.username, "create", key]));
        if let Some(request) = &request
            && let Some(id) = self.store.operations().enqueued(SOURCE, request).await?
        {
            return self.same(id, new).await.map(|()| id);
        }
        let now = self.now().await?;
        let time = scheduled(new.schedule, now)?;
        let mut operation = self.prepared(asker, &new.target, &new.operation, time, now)?;
        operation.priority = new.priority;
        if let Some(request) = &request {
            operation.event.source_id.clone_from(request);
            operation.event.add(REQUEST, fingerprint(new));
        }
        let named = PASSWORD_OPERATION.headline_kept(&with_ids(&operation.event));
        let trail = Trail::new("Creation", "Password operation").on(named).changing();
        let trail = trail.note("Connector", &*new.target.connector).note("Schedule date", time.rfc3339());
        self.identity.record(trail, &asker.actor).await?;
        let enqueued = self.store.operations().enqueue(vec![operation], now).await?;
        match enqueued.first() {
            Some(Enqueued::New(id)) => Ok(*id),
            Some(Enqueued::Known(id)) => self.same(*id, new).await.map(|()| *id),
            None => Err(ApiError::new(vigia_app::model::ErrorKind::Internal, sentence!("operation.not-stored"))),
        }
    }

    /// Checks that what was stored under an idempotency key is what is asked for now.
    async fn same(&self, id: EventId, new: &OperationRequest) -> Result<(), ApiError> {
        let record = self.store.record(&PASSWORD_OPERATION, id).await?;
        let extra = record.and_then(|record| record.extra).unwrap_or_default();
        if extra.iter().any(|(name, value)| name == REQUEST && *value == fingerprint(new)) {
            return Ok(());
        }
        Err(ApiError::invalid("Idempotency-Key", sentence!("operation.key-used", id = id.to_string())))
    }

    /// An operation of a target, checked and ready to be stored.
    pub(crate) fn prepared(
        &self,
        asker: &Asker,
        target: &Target,
        operation: &str,
        time: Timestamp,
        now: Timestamp,
    ) -> Result<NewOperation, ApiError> {
        check(target, operation)?;
        let plan = self.setup.plan(target, operation).map_err(invalid)?;
        let source: Arc<str> = SOURCE.into();
        let id = random_text::<16>()?;
        let mut event = Event::new(&PASSWORD_OPERATION, &source, id, time);
        event
            .set("origin_ip", asker.actor.ip.filter(|_| asker.kind != RequesterKind::Set))
            .set("device", target.device.as_str())
            .set("credential_type", target.credential_type.as_str())
            .set("username", target.username.as_str())
            .set("operation", operation)
            .set("requester", asker.actor.username.as_str())
            .set("requester_kind", asker.kind.name());
        event.add("Connector", plan.connector.as_str());
        for (name, value) in &plan.parameters {
            event.add(name.as_str(), value.as_str());
        }
        let connector = self.setup.connectors.iter().find(|connector| connector.name == plan.connector);
        let approve_by = connector.filter(|connector| connector.approval).map(|_| self.approve_by(time, now));
        Ok(NewOperation { event, plan, priority: Default::default(), approve_by, who: asker.name(), asked_by: asker.person.clone() })
    }

    /// Until when an operation that is due at `time` may be approved.
    pub(crate) fn approve_by(&self, time: Timestamp, now: Timestamp) -> Timestamp {
        Timestamp::saturating(time.max(now).millis() + i64::try_from(self.setup.approve_within.as_millis()).unwrap_or(i64::MAX / 2))
    }
}

fn scheduled(schedule: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, ApiError> {
    match schedule {
        None => Ok(now),
        Some(time) if time.millis() < now.millis() - SLACK => Err(ApiError::invalid("schedule", sentence!("operation.past"))),
        Some(time) if time.millis() > now.millis() + MAX_AHEAD => Err(ApiError::invalid("schedule", sentence!("operation.ahead"))),
        Some(time) => Ok(time.max(now)),
    }
}

/// Checks what every operation needs, whatever its connector.
pub(super) fn check(target: &Target, operation: &str) -> Result<(), ApiError> {
    let name = |field: &str, value: &str, what: Text| {
        if value.trim().is_empty() {
            return Err(ApiError::invalid(format!("target.{field}"), what));
        }
        limited(&format!("target.{field}"), value)
    };
    name("device", &target.device, text!("operation.no-device"))?;
    name("username", &target.username, text!("operation.no-username"))?;
    limited("target.credential_type", &target.credential_type)?;
    for (key, value) in &target.parameters {
        limited("target.parameters", key)?;
        limited("target.parameters", value)?;
    }
    if !operations().any(|known| known == operation) {
        let known: Vec<_> = operations().collect();
        return Err(ApiError::invalid(
            "operation",
            sentence!("operation.no-operation", operation = format!("{operation:?}"), known = known.join(", ")),
        ));
    }
    Ok(())
}

fn limited(field: &str, value: &str) -> Result<(), ApiError> {
    if value.len() > MAX_NAME {
        return Err(ApiError::invalid(field, sentence!("request.long", most = MAX_NAME)));
    }
    if value.chars().any(char::is_control) {
        return Err(ApiError::invalid(field, sentence!("request.control")));
    }
    Ok(())
}

/// The event's cells with blanks for id and time, as the report's headline expects them.
fn with_ids(event: &Event) -> Vec<vigia_app::model::Cell> {
    PASSWORD_OPERATION.columns.iter().map(|column| event.get(column.key).clone()).collect()
}

fn fingerprint(new: &OperationRequest) -> String {
    hashed(&[&serde_json::to_string(new).unwrap_or_default()])
}
