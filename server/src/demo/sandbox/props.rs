//! What there is to try in the sandbox: operations that wait, credential sets, and a notification rule. Made once; what somebody has done
//! with them since stays done.

use super::{CONNECTORS, Sandbox};
use crate::demo::estate::Estate;
use crate::event::Event;
use crate::identity::{Actor, Trail};
use crate::notifications::NotificationDesk;
use crate::operations::operation_desk::{Asker, OperationDesk, RequesterKind};
use crate::store::operations::NewOperation;
use chrono::{DateTime, Timelike};
use vigia_app::model::{
    ApiError, Channel, CredentialSet, ErrorKind, NotificationRule, Occasion, OperationStatus, Priority, Target, Timestamp,
};

/// Where it is kept what was made.
const SPACE: &str = "demo";
const MADE: &str = "made";
const OPERATIONS: &str = "operations";
const SETS: &str = "sets";
const RULE: &str = "rule";

const CHANGE: &str = "Change password";
/// Name of the rule, and whom it tells.
const FAILURES: (&str, &str) = ("Failures (demo)", "operations-centre@meridiano.example");
/// Sets: name, device names begin with, user name, every so many days, whether they need an approval.
const CREDENTIAL_SETS: [(&str, &str, &str, u32, bool); 2] =
    [("Oracle production (demo)", "srv-ora-", "root", 30, false), ("Domain controllers (demo)", "dc-", "MERIDIANO\\svc-adsync", 7, true)];
/// Where the windows of the sets open.
const ZONE: chrono_tz::Tz = chrono_tz::Europe::Lisbon;

impl Sandbox {
    /// Makes what has not been made yet.
    pub async fn fill(&self, desk: &OperationDesk<'_>, rules: &NotificationDesk<'_>) -> Result<(), ApiError> {
        let now = desk.store.operations().clock().await?;
        let made = desk.store.kept().all(SPACE).await?;
        let is_made = |what: &str| made.iter().any(|(key, _)| key == what);
        if !is_made(OPERATIONS) {
            operations(desk, now).await?;
            keep(desk, OPERATIONS, Some(MADE)).await?;
        }
        if !is_made(SETS) {
            let asker = Asker { actor: Actor::vigia(), kind: RequesterKind::Task, person: String::new() };
            for set in CREDENTIAL_SETS {
                desk.save_set(&asker, credential_set(set, window(now))).await?;
            }
            keep(desk, SETS, Some(MADE)).await?;
        }
        // Made-up failures are not sent to a mail server that somebody has set.
        if !is_made(RULE) && rules.delivery.mailbox().is_some() {
            rules.save(rule(), &Actor::vigia()).await?;
            keep(desk, RULE, Some(MADE)).await?;
        }
        Ok(())
    }

    /// Removes the sets whose credentials all belong to the sandbox, and the rule; what remains of them in reports stays.
    pub async fn empty(desk: &OperationDesk<'_>, rules: &NotificationDesk<'_>, actor: &Actor) -> Result<(), ApiError> {
        let asker = Asker::user(actor.clone());
        let ours = |set: &CredentialSet| set.credentials.iter().all(|target| CONNECTORS.contains(&target.connector.as_str()));
        for set in desk.sets().await?.into_iter().filter(ours) {
            desk.remove_set(&asker, &set.name).await?;
        }
        match rules.remove(FAILURES.0, actor).await {
            Err(error) if error.kind == ErrorKind::NotFound => {}
            other => other?,
        }
        for what in [OPERATIONS, SETS, RULE] {
            keep(desk, what, None).await?;
        }
        Ok(())
    }
}

async fn keep(desk: &OperationDesk<'_>, what: &str, value: Option<&str>) -> Result<(), ApiError> {
    desk.store.kept().set(SPACE, vec![(what.to_owned(), value.map(str::to_owned))]).await.map_err(ApiError::from)
}

/// Has the company's operations that wait carried out here. All or none; those that are there already are left alone.
async fn operations(desk: &OperationDesk<'_>, now: Timestamp) -> Result<(), ApiError> {
    let mut new = Vec::new();
    for event in crate::demo::pending(crate::demo::SEED, now) {
        let awaits = event.get("status").plain() == OperationStatus::AwaitingApproval.name();
        let [device, username, credential_type, operation, who] =
            ["device", "username", "credential_type", "operation", "requester"].map(|key| event.get(key).plain());
        let connector = CONNECTORS[usize::from(awaits)].to_owned();
        let target = Target { device, username, credential_type, connector, parameters: Vec::new() };
        let plan = desk.setup.plan(&target, &operation).map_err(|(field, wrong)| ApiError::invalid(field, wrong))?;
        let approve_by = awaits.then(|| desk.approve_by(event.time, now));
        let asked_by = who.clone();
        new.push(NewOperation {
            event: Event { attempts: Vec::new(), ..event },
            plan,
            priority: Priority::Normal,
            approve_by,
            who,
            asked_by,
        });
    }
    let trail = Trail::new("Creation", "Password operation").on(format!("{} operations of the demo", new.len())).changing();
    desk.identity.record(trail, &Actor::vigia()).await?;
    desk.store.operations().enqueue(new, now).await.map_err(ApiError::from).map(drop)
}

/// Three hours, half a day after the first start: until then nothing moves that nobody has moved.
fn window(now: Timestamp) -> (u16, u16) {
    const HOUR: u16 = 60;
    let clock = DateTime::from_timestamp_millis(now.millis()).unwrap_or_default().with_timezone(&ZONE);
    let from = (u16::try_from(clock.hour()).unwrap_or_default() + 12) % 24 * HOUR;
    (from, (from + 3 * HOUR) % (24 * HOUR))
}

fn credential_set((name, devices, username, every_days, approval): (&str, &str, &str, u32, bool), window: (u16, u16)) -> CredentialSet {
    let estate = Estate::new();
    let of = |credential: &crate::demo::estate::Credential| {
        let device = &estate.devices[credential.device];
        (device.name.starts_with(devices) && credential.username == username).then(|| Target {
            device: device.name.clone(),
            username: username.to_owned(),
            credential_type: credential.of_type.to_owned(),
            connector: CONNECTORS[0].to_owned(),
            parameters: Vec::new(),
        })
    };
    CredentialSet {
        name: name.to_owned(),
        operation: CHANGE.to_owned(),
        credentials: estate.credentials.iter().filter_map(of).collect(),
        every_days,
        window,
        zone: ZONE.name().to_owned(),
        approval,
        enabled: true,
        next: None,
    }
}

fn rule() -> NotificationRule {
    NotificationRule::of(FAILURES.0.to_owned(), Occasion::OperationFailed, Channel::Email { to: vec![FAILURES.1.to_owned()] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_far_from_the_first_start_whenever_that_is() {
        let at =
            |text: &str| Timestamp::from_millis(DateTime::parse_from_rfc3339(text).expect("a time").timestamp_millis()).expect("a time");
        // In summer the clock of Lisbon is an hour ahead.
        for (start, window_) in [
            ("2026-11-26T02:10:00Z", (14 * 60, 17 * 60)),
            ("2026-11-26T14:59:59Z", (2 * 60, 5 * 60)),
            ("2026-07-26T09:30:00Z", (22 * 60, 60)),
        ] {
            assert_eq!(window(at(start)), window_, "{start}");
        }
    }
}
